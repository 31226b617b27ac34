"""Suggestions while typing, for pickers and for the operators of a query."""

from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site


@pytest.fixture
def suggested(browser: Browser) -> Any:
    async def found(kind: str, typed: str, *, by: Browser = browser) -> list[str]:
        answer = await by.get(f"/search/suggest?kind={kind}&q={typed}")
        assert answer.status_code == 200, answer.text
        return [one["value"] for one in answer.json()["items"]]

    return found


async def test_tags_and_canned_replies_are_suggested_by_initials(site: Site, browser: Browser, suggested: Any) -> None:
    ticket = await site.ticket()
    await browser.patch(f"/tickets/{ticket}", {"tags": ["退款", "vip", "投诉"]})
    for title in ("退款政策", "Delivery times"):
        made = await browser.post("/canned-replies", {"title": title, "text": "…", "shortcut": ""})
        assert made.status_code == 201, made.text
    assert await suggested("tags", "tk") == ["退款"]
    assert await suggested("tags", "") == ["vip", "投诉", "退款"]
    assert await suggested("canned_replies", "tkzc") == ["退款政策"]
    assert await suggested("canned_replies", "deliv") == ["Delivery times"]
    assert await suggested("canned_replies", "zzz") == []


async def test_canned_replies_of_others_are_not_suggested(site: Site, browser: Browser, suggested: Any) -> None:
    team = await site.desk.team("Repairs")
    await browser.post("/canned-replies", {"title": "My own", "text": "…", "shortcut": "", "scope": "own"})
    bo = await site.browser(await site.desk.person("Bo", team))
    assert await suggested("canned_replies", "my", by=bo) == []


async def test_people_are_suggested_by_pinyin_unless_they_left(site: Site, suggested: Any) -> None:
    await site.desk.person("王伟")
    gone = await site.desk.person("吴薇")
    await site.desk.run("update person set deactivated_at = now() where id = %(id)s", id=gone.id)
    assert await suggested("people", "ww") == ["王伟"]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("sta", "status:"),
        ("状", "status:"),
        ("fzr", "assignee:"),
        ("status:so", "status:Solved"),
        ("is:un", "is:unassigned"),
    ],
)
async def test_operators_are_suggested_in_either_language(suggested: Any, typed: str, first: str) -> None:
    assert (await suggested("operators", typed))[0] == first


async def test_operators_are_shown_in_the_readers_language(site: Site, suggested: Any) -> None:
    reader = await site.desk.person("Wang Wei")
    await site.desk.run("update person set locale = 'zh-CN' where id = %(id)s", id=reader.id)
    by = await site.browser(reader)
    assert (await suggested("operators", "zt", by=by))[0] == "状态:"
    assert (await suggested("operators", "优先级:ji", by=by))[0] == "优先级:紧急"
    assert (await suggested("operators", "状态:", by=by))[0] == "状态:未完结"


async def test_every_suggestion_is_a_query_that_is_understood(browser: Browser, suggested: Any) -> None:
    names = await suggested("operators", "")
    assert len(names) >= 14
    for name in names:
        for query in await suggested("operators", name):
            answer = await browser.get(f"/search?q={query.replace('#', '%23')}&kind=tickets")
            assert answer.status_code == 200, answer.text


async def test_unknown_kind_is_a_clear_error(browser: Browser) -> None:
    assert (await browser.get("/search/suggest?kind=secrets")).status_code == 400
