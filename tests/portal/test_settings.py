"""Setting up sites: by whom, with what, and what is refused."""

from typing import Any

import pytest

from tests.portal.conftest import Centre
from tests.site import Site

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture
async def ada(site: Site) -> Any:
    return await site.browser(await site.desk.person("Ada", role="administrator"))


async def put(ada: Any, **change: Any) -> Any:
    version = (await ada.get("/portal/sites")).json()["items"][0]["version"]
    return await ada.patch("/portal/sites/1", {"version": version, **change})


async def test_brand_that_was_never_set_up_has_its_defaults(ada: Any) -> None:
    found = (await ada.get("/portal/sites")).json()["items"][0]
    assert (found["version"], found["is_on"], found["has_jwt_secret"]) == (0, False, False)
    assert found["look"]["accent"] == "#0d7a6f"


async def test_site_is_set_up_and_read_again(ada: Any) -> None:
    look = {"name": {"en": "Help", "zh-CN": "帮助"}, "accent": "#123456", "time_zone": "Asia/Shanghai"}
    answer = await put(ada, key="lanjia", host="Help.Lanjia.Example", is_on=True, look=look)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["host"], found["url"]) == ("help.lanjia.example", "http://help.lanjia.example/help")
    assert found["look"]["name"]["zh-CN"] == "帮助"
    assert (await ada.get("/portal/sites")).json()["items"][0] == found


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"key": "Not a key"}, 400),
        ({"host": "https://x.example"}, 400),
        ({"look": {"accent": "red"}}, 400),
        ({"look": {"links": [{"name": {}, "url": "javascript:alert(1)"}]}}, 400),
        ({"look": {"time_zone": "Mars/Base"}}, 400),
        ({"form_channel_id": 999}, 404),
        ({"colour": "x"}, 400),
    ],
    ids=str,
)
async def test_nonsense_is_refused(ada: Any, change: dict[str, Any], status: int) -> None:
    assert (await put(ada, **change)).status_code == status


async def test_change_of_another_version_is_a_conflict(ada: Any) -> None:
    await put(ada, key="one")
    answer = await ada.patch("/portal/sites/1", {"version": 0, "key": "two"})
    assert (answer.status_code, answer.json()["code"]) == (409, "site_changed")


async def test_same_again_changes_nothing(ada: Any, site: Site) -> None:
    first = (await put(ada, key="one", is_on=True)).json()["version"]
    assert (await put(ada, key="one", is_on=True)).json()["version"] == first
    assert await site.desk.sql("select count(*) from event_new where kind = 'help_site_changed'") == 1


async def test_logo_is_a_picture(ada: Any) -> None:
    await put(ada, is_on=True)
    found = await ada.client.post("/api/v1/portal/sites/1/logo", files={"file": ("l.png", PNG)})
    assert found.status_code == 200, found.text
    assert (await ada.client.get(found.json()["logo_url"])).content == PNG
    evil = {"file": ("l.png", b"<svg onload=alert(1)>")}
    refused = await ada.client.post("/api/v1/portal/sites/1/logo", files=evil)
    assert (refused.status_code, refused.json()["code"]) == (422, "no_picture")


async def test_secret_is_told_once_and_kept_sealed(ada: Any, site: Site) -> None:
    secret = (await ada.post("/portal/sites/1/jwt-secret")).json()["jwt_secret"]
    assert len(secret) >= 60
    assert secret not in (await ada.get("/portal/sites")).text
    kept = await site.desk.sql("select encode(jwt_secret, 'escape') from portal_site")
    assert secret not in str(kept)


async def test_viewers_are_kept_in_one_spelling(ada: Any) -> None:
    made = (await ada.post("/organisations", {"name": "Shop"})).json()["id"]
    path = f"/organisations/{made}/portal-viewers"
    assert (await ada.put(path, {"addresses": [" B@x.example", "a@x.example"]})).status_code == 200
    assert (await ada.get(path)).json() == {"addresses": ["a@x.example", "b@x.example"]}
    assert (await ada.put(path, {"addresses": ["nobody"]})).status_code == 400
    assert (await ada.put("/organisations/999/portal-viewers", {"addresses": []})).status_code == 404


async def test_site_that_is_off_is_previewed_by_who_sets_it_up(ada: Any, site: Site) -> None:
    key = (await put(ada, key="young")).json()["key"]
    page = await ada.client.get(f"/help/s/{key}/en")
    assert page.status_code == 200
    assert "noindex" in page.text
    agent = await site.browser(await site.desk.person("Ben"))
    assert (await agent.client.get(f"/help/s/{key}/en")).status_code == 404


async def test_root_of_a_brands_own_host_is_its_help_centre(centre: Centre) -> None:
    await centre.set_up(host="help.lanjia.example")
    answer = await centre.get("/", headers={"Host": "help.lanjia.example"})
    assert (answer.status_code, answer.headers["location"]) == (302, "/help")
    assert (await centre.get("/")).status_code == 200
