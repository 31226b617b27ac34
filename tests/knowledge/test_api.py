"""The knowledge base by its endpoints: who may what, what is not seen, what is refused and why."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from tests.accounts.desk import Browser
from tests.knowledge.desk import Library
from tests.site import Site

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@dataclass
class Shelf:
    """The library with browsers of its people."""

    library: Library
    lead: Browser
    writer: Browser
    reader: Browser


@pytest.fixture
async def shelf(site: Site, library: Library) -> Shelf:
    """Browsers of those around the knowledge base."""
    people = (library.lead, library.writer, library.reader)
    return Shelf(library, *[await site.browser(one) for one in people])


def article(**more: Any) -> dict[str, Any]:
    """An article as the editor sends it."""
    words = {"title": "Return within seven days", "body": "<p>You may return it.</p>"}
    return {"kind": "article", "locale": "en", "audience": "public", "words": words} | more


async def made(shelf: Shelf, *, is_published: bool = True, **more: Any) -> int:
    """An article by the endpoints."""
    answer = await shelf.writer.post("/knowledge/articles", article(**more))
    assert answer.status_code == 201, answer.text
    found = answer.json()["id"]
    if is_published:
        answer = await shelf.lead.put(f"/knowledge/articles/{found}/drafts/en/publication", {})
        assert answer.status_code == 200, answer.text
    return int(found)


async def test_article_goes_from_draft_to_readers(shelf: Shelf) -> None:
    found = await made(shelf, is_published=False)
    path = f"/knowledge/articles/{found}"
    assert (await shelf.reader.get(path)).status_code == 404
    assert (await shelf.reader.get("/knowledge/articles")).json()["items"] == []
    asked = await shelf.writer.put(f"{path}/drafts/en/review", {})
    assert asked.json()["state"] == "review"
    assert (await shelf.lead.get("/knowledge/counts")).json()["review"] == 1
    assert (await shelf.writer.put(f"{path}/drafts/en/publication", {})).status_code == 403
    assert (await shelf.lead.put(f"{path}/drafts/en/publication", {})).json()["state"] == "published"
    [row] = (await shelf.reader.get("/knowledge/articles?text=return")).json()["items"]
    assert (row["id"], row["languages"][0]["published_number"]) == (found, 1)
    assert "rank" not in row
    shown = (await shelf.reader.get(f"{path}/shown?locale=en")).json()
    assert (shown["html"], shown["title"]) == ("<p>You may return it.</p>", "Return within seven days")
    slug = (await shelf.reader.get(f"/knowledge/slugs/{shown['slug']}")).json()
    assert slug == {"id": found}


async def test_reader_writes_nothing(shelf: Shelf) -> None:
    found = await made(shelf)
    path = f"/knowledge/articles/{found}"
    words = {"title": "t", "body": "<p>x</p>"}
    refused = [
        await shelf.reader.post("/knowledge/articles", article()),
        await shelf.reader.patch(path, {"is_pinned": True}),
        await shelf.reader.put(f"{path}/drafts/en", words),
        await shelf.reader.put(f"{path}/archive", {"is_archived": True}),
        await shelf.reader.post("/knowledge/preview", {"body": "x", "locale": "en"}),
        await shelf.writer.post("/knowledge/categories", {"name_en": "A", "name_zh": "甲"}),
        await shelf.writer.post("/knowledge/blocks", {"name": "a", "texts": [{"locale": "en", "body": "x"}]}),
        await shelf.writer.post("/knowledge/variables", {"name": "a", "values": [{"value": "x"}]}),
        await shelf.writer.patch("/knowledge/policy", {"review_months": 3}),
    ]
    assert {one.status_code for one in refused} == {403}


async def test_article_of_another_team_is_not_there(shelf: Shelf) -> None:
    library = shelf.library
    theirs = await library.desk.person("Ada", library.other_team, role="supervisor")
    found = await library.make(audience="team", team_ids=[library.other_team], by=theirs, is_published=False)
    words = {"title": "t", "body": "<p>x</p>"}
    path = f"/knowledge/articles/{found}"
    missing = [
        await shelf.lead.get(path),
        await shelf.lead.get(f"{path}/shown"),
        await shelf.lead.patch(path, {"is_pinned": True}),
        await shelf.lead.put(f"{path}/drafts/en", words),
        await shelf.lead.put(f"{path}/drafts/en/publication", {}),
        await shelf.lead.put(f"{path}/archive", {"is_archived": True}),
        await shelf.lead.get(f"{path}/versions/en/1"),
        await shelf.lead.get("/knowledge/slugs/return-within-seven-days"),
    ]
    assert {one.status_code for one in missing} == {404}
    assert (await shelf.lead.get("/knowledge/articles")).json()["items"] == []
    assert (await shelf.lead.get(f"{path}/versions/en")).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"words": {"title": " ", "body": "<p>x</p>"}}, 400, "invalid"),
        ({"words": {"title": "t", "body": "<script>x</script>"}}, 400, "article_empty"),
        ({"words": {"title": "t", "body": "x" * 10_000_000}}, 413, "article_too_large"),
        ({"locale": "not a language"}, 400, "invalid"),
        ({"kind": "poem"}, 400, "invalid"),
    ],
)
async def test_article_that_cannot_be_is_refused_with_its_reason(
    shelf: Shelf, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await shelf.writer.post("/knowledge/articles", article(**body))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_draft_saved_meanwhile_is_a_conflict(shelf: Shelf) -> None:
    found = await made(shelf, is_published=False)
    path = f"/knowledge/articles/{found}/drafts/en"
    words = {"title": "One", "body": "<p>x</p>", "revision": 1}
    assert (await shelf.writer.put(path, words)).json()["revision"] == 2
    answer = await shelf.lead.put(path, words | {"title": "Two"})
    assert (answer.status_code, answer.json()["code"]) == (409, "draft_saved_meanwhile")
    assert (await shelf.writer.delete(path)).status_code == 409


async def test_versions_are_listed_compared_and_brought_back(shelf: Shelf) -> None:
    found = await made(shelf)
    path = f"/knowledge/articles/{found}"
    words = {"title": "Return within fifteen days", "body": "<p>You may not return it.</p>"}
    await shelf.writer.put(f"{path}/drafts/en", words)
    await shelf.lead.put(f"{path}/drafts/en/publication", {})
    listed = (await shelf.writer.get(f"{path}/versions/en")).json()["items"]
    assert [(one["number"], one["state"]) for one in listed] == [(2, "published"), (1, "superseded")]
    compared = (await shelf.writer.get(f"{path}/versions/en/2/diff")).json()
    changed = [(one["kind"], one["text"]) for one in compared["text"] if one["kind"] != "same"]
    assert changed == [("new", "not ")]
    assert compared["before"]["number"] == 1
    draft = await shelf.writer.post(f"{path}/versions/en/1/restoration", {})
    assert (draft.json()["number"], draft.json()["title"]) == (3, "Return within seven days")
    assert (await shelf.reader.get(f"{path}/versions/en/1")).status_code == 404


async def test_files_of_an_article_are_shown_and_kept_from_others(shelf: Shelf) -> None:
    found = await made(shelf)
    path = f"/knowledge/articles/{found}"
    upload = await shelf.writer.client.post(f"/api/v1{path}/files?inline=true", files={"file": ("a.png", PNG)})
    assert upload.status_code == 201, upload.text
    file = upload.json()
    words = {"title": "With a picture", "body": f'<p>Look <img src="cid:file-{file["id"]}" alt="a"></p>'}
    await shelf.writer.put(f"{path}/drafts/en", words)
    await shelf.lead.put(f"{path}/drafts/en/publication", {})
    shown = (await shelf.reader.get(f"{path}/shown?locale=en")).json()
    assert file["url"] in shown["html"]
    assert (await shelf.reader.client.get(file["url"])).content == PNG
    kept = await shelf.writer.delete(f"{path}/files/{file['id']}")
    assert (kept.status_code, kept.json()["code"]) == (409, "article_file_shown")
    await shelf.lead.put(f"{path}/archive", {"is_archived": True})
    assert (await shelf.reader.client.get(file["url"])).status_code == 404


async def test_frame_of_the_knowledge_base_is_kept_by_who_manages_it(shelf: Shelf) -> None:
    category = (await shelf.lead.post("/knowledge/categories", {"name_en": "Returns", "name_zh": "退货"})).json()
    block = (
        await shelf.lead.post("/knowledge/blocks", {"name": "hours", "texts": [{"locale": "en", "body": "<p>9–5</p>"}]})
    ).json()
    variable = (await shelf.lead.post("/knowledge/variables", {"name": "days", "values": [{"value": "7"}]})).json()
    words = {"title": "Hours", "body": "<p>{{block:hours}} in {{days}} days</p>"}
    await made(shelf, words=words, category_id=category["id"])
    [used] = (await shelf.reader.get("/knowledge/blocks")).json()["items"]
    assert [one["title"] for one in used["used_by"]] == ["Hours"]
    refused = await shelf.lead.delete(f"/knowledge/variables/{variable['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "mark_in_use")
    changed = {"name": "hours", "texts": [{"locale": "en", "body": "<p>8–6</p>"}]}
    assert (await shelf.lead.patch(f"/knowledge/blocks/{block['id']}", changed)).status_code == 200
    [row] = (await shelf.reader.get("/knowledge/articles?text=8")).json()["items"]
    assert row["title"] == "Hours"
    policy = await shelf.lead.patch("/knowledge/policy", {"own_approval": False})
    assert policy.json() == {"own_approval": False, "review_months": 12}


async def test_preview_says_what_stands_for_nothing(shelf: Shelf) -> None:
    said = await shelf.writer.post("/knowledge/preview", {"body": "<p>{{x}}<script>1</script></p>", "locale": "en"})
    assert said.json() == {"html": "<p>{{x}}</p>", "text": "{{x}}", "missing": ["x"]}


async def test_export_holds_what_the_list_shows(shelf: Shelf) -> None:
    category = (await shelf.lead.post("/knowledge/categories", {"name_en": "Returns", "name_zh": "退货"})).json()
    await made(shelf, category_id=category["id"], words={"title": "退货: 七天", "body": "<h2>How</h2><p><b>a</b></p>"})
    archive = await shelf.reader.client.get("/api/v1/knowledge/export?form=markdown")
    with ZipFile(BytesIO(archive.content)) as files:
        [name] = files.namelist()
        text = files.read(name).decode()
    assert name == "Returns/tui-huo-qi-tian.en.md"
    assert 'title: "退货: 七天"' in text
    assert text.endswith("## How\n\n**a**\n")
    table = (await shelf.reader.client.get("/api/v1/knowledge/export?form=csv")).content.decode("utf-8-sig")
    assert "退货: 七天" in table
    assert "Returns" in table
