"""Several brands' sites beside each other: whose name is whose, who may set up which, and two who save at once."""

import asyncio
from typing import Any

import pytest

from ombud.portal.services import new_site, open_secret
from ombud.shared.crypto import KeyMissing, KeyRing
from tests.portal.test_rules import site as made_up
from tests.portal.test_settings import PNG
from tests.site import Site


@pytest.fixture
async def ada(site: Site) -> Any:
    return await site.browser(await site.desk.person("Ada", role="administrator"))


async def sites(browser: Any) -> dict[int, dict[str, Any]]:
    return {one["brand_id"]: one for one in (await browser.get("/portal/sites")).json()["items"]}


async def put(browser: Any, brand: int, **change: Any) -> Any:
    version = (await sites(browser))[brand]["version"]
    return await browser.patch(f"/portal/sites/{brand}", {"version": version, **change})


@pytest.mark.parametrize(
    "change", [{"key": "coffee"}, {"host": "help.coffee.example"}, {"host": "HELP.coffee.example"}]
)
async def test_name_or_host_of_another_brands_site_is_taken(ada: Any, site: Site, change: dict[str, str]) -> None:
    young = await site.desk.brand("Young")
    assert (await put(ada, 1, key="coffee", host="help.coffee.example")).status_code == 200
    answer = await put(ada, young, **change)
    assert (answer.status_code, answer.json()["code"]) == (409, "site_taken")
    # its own again is no conflict, and what was given up is free
    assert (await put(ada, 1, key="coffee", host=None)).status_code == 200
    assert (await put(ada, young, host="help.coffee.example")).status_code == 200


async def test_two_brands_that_want_one_name_at_once_get_it_once(ada: Any, site: Site) -> None:
    young = await site.desk.brand("Young")
    for brand in (1, young):
        await put(ada, brand, is_on=True)
    answers = await asyncio.gather(*(put(ada, brand, key="coffee") for brand in (1, young)))
    assert sorted(one.status_code for one in answers) == [200, 409]


async def test_two_who_save_one_version_at_once_save_it_once(ada: Any, site: Site) -> None:
    body = {"version": 0, "is_on": True}
    keys = ("one", "two", "three")
    answers = await asyncio.gather(*(ada.patch("/portal/sites/1", body | {"key": key}) for key in keys))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    kept = next(one.json()["key"] for one in answers if one.status_code == 200)
    assert (await sites(ada))[1]["key"] == kept
    assert await site.desk.sql("select count(*) from event_new where kind = 'help_site_changed'") == 1


async def test_form_of_another_brand_or_of_another_kind_is_refused(ada: Any, site: Site) -> None:
    young = await site.desk.brand("Young")
    other, chat = await site.desk.channel("form", brand=young), await site.desk.channel("chat")
    for channel in (other, chat):
        answer = await put(ada, 1, form_channel_id=channel)
        assert (answer.status_code, answer.json()["fields"]) == (400, {"form_channel_id": "unknown"})
    own = await site.desk.channel("form")
    assert (await put(ada, 1, form_channel_id=own)).json()["form_channel_id"] == own


async def test_brand_that_one_does_not_see_has_no_site_for_them(ada: Any, site: Site) -> None:
    young = await site.desk.brand("Young")
    limited = await site.browser(await site.desk.person("Lim", role="administrator", brands=[young]))
    assert set(await sites(limited)) == {young}
    for answer in (
        await limited.patch("/portal/sites/1", {"version": 0, "is_on": True}),
        await limited.post("/portal/sites/1/jwt-secret"),
        await limited.delete("/portal/sites/1/logo"),
        await ada.patch("/portal/sites/999", {"version": 0}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await site.desk.sql("select count(*) from portal_site") == 0


@pytest.mark.parametrize("role", ["supervisor", "agent", "read_only", "partner"])
async def test_site_is_set_up_by_administrators_alone(site: Site, role: str) -> None:
    browser = await site.browser(await site.desk.person("Lu", role=role))
    for answer in (
        await browser.get("/portal/sites"),
        await browser.patch("/portal/sites/1", {"version": 0, "is_on": True}),
        await browser.post("/portal/sites/1/jwt-secret"),
    ):
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [
        ("l.png", b"", 400),
        ("l.png", b"GIF89a" + b"\x00" * 9, 422),
        ("l.png", b"<html>", 422),
        ("l.png", PNG + b"\x00" * 600_000, 413),
        ("../../" + "x" * 300 + "\u202e.png", PNG, 200),
    ],
)
async def test_logo_is_a_small_picture_by_its_bytes(ada: Any, name: str, data: bytes, status: int) -> None:
    await put(ada, 1, is_on=True)
    answer = await ada.client.post("/api/v1/portal/sites/1/logo", files={"file": (name, data)})
    assert answer.status_code == status, answer.text
    if status == 200:
        assert (await ada.delete("/portal/sites/1/logo")).status_code == 204
    assert (await sites(ada))[1]["logo_url"] is None


async def test_logo_without_a_file_is_refused(ada: Any) -> None:
    answer = await ada.client.post("/api/v1/portal/sites/1/logo", data={"file": "no file"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("brand", "taken", "key"),
    [
        ("Lanjia Appliances & Co.", set(), "lanjia-appliances-co"),
        ("兰家", set(), "brand-7"),
        ("😀", set(), "brand-7"),
        ("Café 24", set(), "caf-24"),
        ("x" * 60, set(), "x" * 30),
        ("a" * 29 + " b", set(), "a" * 29),
        ("Coffee", {"coffee"}, "coffee-7"),
    ],
)
def test_site_that_was_never_set_up_has_a_name_for_addresses(brand: str, taken: set[str], key: str) -> None:
    fresh = new_site(7, brand, taken)
    assert (fresh.key, fresh.is_on, fresh.has_portal, fresh.version) == (key, False, False, 0)


def test_secret_of_one_brand_opens_for_no_other() -> None:
    keys = KeyRing(b"k" * 32)
    sealed = keys.seal(b"secret", place="portal_site.jwt_secret.1")
    assert open_secret(made_up(1, jwt_secret=sealed), keys) == "secret"
    assert open_secret(made_up(1), keys) == ""
    for wrong, ring in ((made_up(2, jwt_secret=sealed), keys), (made_up(1, jwt_secret=sealed), KeyRing(b"x" * 32))):
        with pytest.raises(KeyMissing):
            open_secret(wrong, ring)


async def test_viewers_given_at_once_are_those_of_one_of_both(ada: Any, site: Site) -> None:
    made = (await ada.post("/organisations", {"name": "Shop"})).json()["id"]
    path = f"/organisations/{made}/portal-viewers"
    lists = (["a@x.example", "b@x.example"], ["c@x.example"])
    await asyncio.gather(*(ada.put(path, {"addresses": one}) for one in lists))
    assert (await ada.get(path)).json()["addresses"] in lists
    await ada.put(path, {"addresses": [" C@x.example ", "c@X.example", "  "]})
    assert (await ada.get(path)).json()["addresses"] == ["c@x.example"]
    for wrong in (["a@b, c@d"], ["a b@c"], ["<a@b>"], ["a@b\nBcc: c@d"]):
        assert (await ada.put(path, {"addresses": wrong})).status_code == 400
    assert (await ada.put(path, {"addresses": []})).status_code == 200
    assert await site.desk.sql("select count(*) from portal_viewer") == 0
