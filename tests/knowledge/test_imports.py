"""Imports by their endpoints: previewed, carried out, undone; nothing lost and nothing made that was not asked for."""

import csv
import io
import json
from typing import Any

import pytest

from ombud.knowledge.articles.schemas import ArticlePatch
from ombud.knowledge.articles.services.publishing import change_article
from tests.accounts.desk import Browser
from tests.knowledge.desk import Library
from tests.knowledge.files import PNG, packed
from tests.site import Site

ROWS = "title,body,slug,locale,category\nOne,First,one,en,Care\n一,第一,one,zh-CN,Care\n,missing,,en,\n"


@pytest.fixture
async def lead(site: Site, library: Library) -> Browser:
    """The browser of who manages the knowledge base."""
    return await site.browser(library.lead)


async def sent(who: Browser, name: str, data: bytes, **options: Any) -> Any:
    """A file as the page sends it."""
    parts = {"file": (name, data), "options": ("options.json", json.dumps(options).encode())}
    return await who.client.post("/api/v1/knowledge/imports", files=parts)


async def run(who: Browser, import_id: int) -> dict[str, Any]:
    """An import until it is done."""
    state: dict[str, Any] = {"state": "preview"}
    while state["state"] in {"preview", "running"}:
        answer = await who.post(f"/knowledge/imports/{import_id}/run")
        assert answer.status_code == 200, answer.text
        state = answer.json()
    return state


async def test_preview_makes_nothing_and_shows_each_row(lead: Browser, library: Library) -> None:
    answer = await sent(lead, "faq.csv", ROWS.encode(), kind="faq")
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert (found["state"], found["ready"], found["failed"]) == ("preview", 2, 1)
    assert found["columns"] == ["title", "body", "slug", "locale", "category"]
    assert [(one["problem"], one["title"]) for one in found["items"]] == [("no_title", ""), (None, "One"), (None, "一")]
    assert await library.ids() == []


async def test_import_makes_articles_with_their_languages_and_categories(lead: Browser, library: Library) -> None:
    found = (await sent(lead, "faq.csv", ROWS.encode(), kind="faq", is_published=True)).json()
    done = await run(lead, found["id"])
    assert (done["state"], done["made"], done["failed"]) == ("done", 2, 1)
    [article_id] = await library.ids()
    article = await library.find(article_id)
    assert [(one.locale, one.state, one.title) for one in article.versions] == [
        ("en", "published", "One"),
        ("zh-CN", "published", "一"),
    ]
    categories = (await lead.get("/knowledge/categories")).json()["items"]
    assert [(one["id"], one["name_en"], one["articles"]) for one in categories] == [(article.category_id, "Care", 1)]
    table = (await lead.client.get(f"/api/v1/knowledge/imports/{found['id']}/failed")).content.decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(table))
    assert (row["body"], row["problem"]) == ("missing", "no_title")


async def test_undone_import_leaves_nothing_but_what_was_changed_since(lead: Browser, library: Library) -> None:
    text = "title,body\nOne,First\nTwo,Second\nThree,Third\n"
    found = (await sent(lead, "a.csv", text.encode())).json()
    await run(lead, found["id"])
    ids = sorted(await library.ids())
    library.desk.later(minutes=5)
    await library.write(ids[1], "Two, better")
    undone = (await lead.post(f"/knowledge/imports/{found['id']}/undoing")).json()
    assert (undone["state"], undone["kept"]) == ("undone", 1)
    assert await library.ids() == [ids[1]]
    again = await lead.post(f"/knowledge/imports/{found['id']}/undoing")
    assert (again.status_code, again.json()["code"]) == (409, "import_state")


async def test_undone_import_archives_what_readers_may_have_seen(lead: Browser, library: Library) -> None:
    found = (await sent(lead, "faq.csv", ROWS.encode(), is_published=True)).json()
    await run(lead, found["id"])
    [article_id] = await library.ids()
    await lead.post(f"/knowledge/imports/{found['id']}/undoing")
    assert (await library.ids(), await library.ids(which="archived")) == ([], [article_id])


async def test_import_of_what_is_there_already_leaves_a_draft_and_never_publishes_over(
    lead: Browser, library: Library
) -> None:
    made = await library.make("Returns", slug="returns")
    data = packed({"returns.en.md": "# Returns, new\n\nText", "returns.zh-CN.md": "# 退货\n\n正文"})
    found = (await sent(lead, "a.zip", data, is_published=True)).json()
    await run(lead, found["id"])
    states = {(one.locale, one.state, one.title) for one in (await library.find(made)).versions}
    assert states == {("en", "published", "Returns"), ("en", "draft", "Returns, new"), ("zh-CN", "draft", "退货")}
    await lead.post(f"/knowledge/imports/{found['id']}/undoing")
    assert [one.title for one in (await library.find(made)).versions] == ["Returns"]


async def test_pictures_of_an_import_stand_in_its_articles(lead: Browser, library: Library) -> None:
    data = packed({"a.md": "Look: ![pump](p.png) and ![lamp](q.png)", "p.png": PNG, "q.png": PNG + b"2"})
    found = (await sent(lead, "a.zip", data, is_published=True, audience="public")).json()
    await run(lead, found["id"])
    [article_id] = await library.ids()
    shown = await library.shown(article_id)
    files = (await library.find(article_id)).files
    assert [one.name for one in files] == ["p.png", "q.png"]
    assert all(one.url in shown.html for one in files)
    assert (await lead.client.get(files[1].url)).content == PNG + b"2"


async def test_options_are_changed_until_something_is_made(lead: Browser) -> None:
    found = (await sent(lead, "a.csv", b"x,y\none,two\n")).json()
    assert (found["failed"], found["ready"]) == (1, 0)
    chosen = found["options"] | {"columns": ["title", "body"]}
    again = (await lead.put(f"/knowledge/imports/{found['id']}/options", chosen)).json()
    assert (again["failed"], again["ready"], again["options"]["columns"]) == (0, 1, ["title", "body"])
    await run(lead, found["id"])
    late = await lead.put(f"/knowledge/imports/{found['id']}/options", chosen)
    assert (late.status_code, late.json()["code"]) == (409, "import_state")
    assert [one["made"] for one in (await lead.get("/knowledge/imports")).json()["items"]] == [1]


async def test_long_import_goes_in_steps_and_can_be_stopped(lead: Browser, library: Library) -> None:
    text = "title,body\n" + "".join(f"T{number},text\n" for number in range(30))
    found = (await sent(lead, "a.csv", text.encode())).json()
    step = (await lead.post(f"/knowledge/imports/{found['id']}/run")).json()
    assert (step["state"], step["made"], step["ready"]) == ("running", 25, 5)
    await lead.post(f"/knowledge/imports/{found['id']}/undoing")
    assert await library.ids() == []


async def test_article_that_cannot_be_made_keeps_the_reason_and_the_others_are_made(
    lead: Browser, library: Library
) -> None:
    made = await library.make("One", slug="one")
    await library.write(made, "Somebody writes")
    found = (await sent(lead, "a.csv", b"title,body,slug\nOne,x,one\nTwo,y,two\n")).json()
    done = await run(lead, found["id"])
    assert (done["made"], done["failed"]) == (1, 1)
    assert done["items"][0]["problem"] == "refused:conflict"


@pytest.mark.parametrize(
    ("name", "data", "options", "status", "code"),
    [
        ("a.pdf", b"x", {}, 400, "import_unreadable"),
        ("a.csv", b"", {}, 400, "invalid"),
        ("a.csv", b"title,body\na,b\n", {"audience": "team"}, 400, "invalid"),
        ("a.csv", b"title,body\na,b\n", {"category_id": 99}, 400, "invalid"),
        ("a.csv", b"title,body\na,b\n", {"columns": ["nonsense"]}, 400, "invalid"),
    ],
)
async def test_import_that_cannot_be_is_refused_with_its_reason(
    lead: Browser, name: str, data: bytes, options: dict[str, Any], status: int, code: str
) -> None:
    answer = await sent(lead, name, data, **options)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_writer_imports_nothing(site: Site, library: Library) -> None:
    writer = await site.browser(library.writer)
    assert (await sent(writer, "a.csv", b"title,body\na,b\n")).status_code == 403
    assert (await writer.get("/knowledge/imports")).status_code == 403


async def test_articles_changed_in_their_settings_are_kept_too(lead: Browser, library: Library) -> None:
    found = (await sent(lead, "a.csv", b"title,body\na,b\n")).json()
    await run(lead, found["id"])
    [article_id] = await library.ids()
    library.desk.later(minutes=1)
    await library.do(change_article, article_id, ArticlePatch(is_pinned=True))
    assert (await lead.post(f"/knowledge/imports/{found['id']}/undoing")).json()["kept"] == 1
