"""Only what the searcher may see at this moment, and only what is still there."""

from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.site import Site, client_key

KINDS = ("tickets", "messages", "notes", "attachments", "customers")


def reply_of(text: str) -> dict[str, Any]:
    return {"text": text, "client_key": client_key(), "force": True}


def note_of(text: str) -> dict[str, str]:
    return {"text": text, "client_key": client_key()}


@pytest.fixture
async def outsider(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Bo"))


async def test_search_of_an_outsider_finds_nothing_of_another_team(site: Site, ask: Any, outsider: Browser) -> None:
    team = await site.desk.team("Repairs")
    lu = await site.browser(await site.desk.person("Lu", team))
    ticket = await site.ticket("Silver kettle", kind="email", team=team, subject="Silver kettle")
    file = await lu.client.post("/api/v1/files", files={"file": ("kettle.txt", b"silver", "text/plain")})
    data = {**reply_of("Your kettle"), "attachment_ids": [file.json()["id"]]}
    assert (await lu.post(f"/tickets/{ticket}/replies", data)).status_code == 201
    await lu.post(f"/tickets/{ticket}/notes", note_of("kettle, inside"))
    await site.desk.index()
    for query in (
        "kettle",
        str(ticket),
        "rosa",
        "status:open",
        f"number:{ticket}",
        "ket*",
        "-nothing",
        "kettle status:open",
    ):
        for kind in KINDS:
            assert (await ask(query, kind=kind, by=outsider))["items"] == [], (query, kind)
    for kind in KINDS[:4]:
        assert (await ask("kettle", kind=kind, by=lu))["items"], kind


async def test_moved_ticket_is_found_by_the_new_team_and_at_once_not_by_the_old(
    site: Site, ask: Any, browser: Browser, outsider: Browser, talk: Any
) -> None:
    team = await site.desk.team("Repairs")
    there = await site.browser(await site.desk.person("Lu", team))
    [ticket] = await talk("Silver kettle")
    assert len((await ask("silver", kind="messages", by=outsider))["items"]) == 1
    await browser.put(f"/tickets/{ticket}/assignment", {"assignee_id": None, "team_id": team})
    # Not even before the reader of the log has heard of it.
    assert (await ask("silver", kind="messages", by=outsider))["items"] == []
    await site.desk.index()
    assert len((await ask("silver", kind="messages", by=there))["items"]) == 1
    assert (await ask("silver", kind="messages", by=outsider))["items"] == []


async def test_archived_teams_tickets_are_found_where_they_went_at_once(
    site: Site, ask: Any, outsider: Browser, browser: Browser
) -> None:
    team = await site.desk.team("Repairs")
    there = await site.browser(await site.desk.person("Lu", team))
    ticket = await site.ticket("Silver kettle", kind="email", team=team, subject="Silver kettle")
    mine = await site.ticket("Golden spoon")
    await site.desk.index()
    await site.desk.run("update channel set team_id = 1")
    boss = await site.browser(await site.desk.person("Ada", role="administrator", everywhere=True))
    assert (await boss.put(f"/teams/{team}/archive", {"open_tickets_to": 1})).is_success
    # Not even before the reader of the log has heard of it.
    hints = (await outsider.get(f"/tickets/{mine}/merge-hints?q=silver")).json()["items"]
    assert [one["id"] for one in hints] == [ticket]
    assert (await ask("silver", kind="tickets", by=there))["items"] == []
    await site.desk.index()
    assert [one["id"] for one in (await ask("silver", kind="tickets", by=outsider))["items"]] == [ticket]
    assert len((await ask("silver", kind="tickets", by=browser))["items"]) == 1


async def test_undone_reply_is_not_found(site: Site, ask: Any, browser: Browser) -> None:
    ticket = await site.ticket(kind="email")
    made = (await browser.post(f"/tickets/{ticket}/replies", reply_of("zzoops"))).json()["id"]
    await site.desk.index()
    assert len((await ask("zzoops", kind="messages"))["items"]) == 1
    await browser.delete(f"/tickets/{ticket}/replies/{made}")
    assert (await ask("zzoops", kind="messages"))["items"] == []
    await site.desk.index()
    assert await site.desk.sql("select count(*) from entry_words where entry_id = %(id)s", id=made) == 0


async def test_redacted_text_is_not_found_after_the_index_heard_of_it(site: Site, ask: Any, talk: Any) -> None:
    [ticket] = await talk("my card is 4111")
    entry = (await site.desk.timeline(ticket))[0].id
    await site.desk.run("update entry set text = 'gone' where id = %(id)s", id=entry)
    sql = """
        insert into event_new (kind, ticket_id, team_id, actor_kind, at, data)
        values ('entry_redacted', %(ticket)s, 1, 'system', %(now)s,
                jsonb_build_object('entry_id', %(entry)s::int))"""
    await site.desk.run(sql, ticket=ticket, entry=entry, now=site.desk.now)
    await site.desk.index()
    assert (await ask("4111", kind="messages"))["items"] == []
    assert len((await ask("gone", kind="messages"))["items"]) == 1


async def test_entries_that_went_to_another_ticket_are_shown_there(site: Site, ask: Any, talk: Any) -> None:
    one, other = await talk("Silver kettle", "Golden spoon")
    await site.desk.run("update entry set ticket_id = %(to)s where ticket_id = %(from)s", **{"to": other, "from": one})
    sql = """
        insert into event_new (kind, ticket_id, team_id, actor_kind, at, data)
        values ('tickets_merged', %(to)s, 1, 'system', %(now)s,
                jsonb_build_object('source_ids', array[%(one)s::bigint]))"""
    await site.desk.run(sql, to=other, one=one, now=site.desk.now)
    await site.desk.index()
    [hit] = (await ask("silver", kind="messages"))["items"]
    assert hit["ticket"]["id"] == other
    assert len((await ask(f"silver number:{other}", kind="messages"))["items"]) == 1


async def test_notes_are_never_among_messages(site: Site, ask: Any, browser: Browser, talk: Any) -> None:
    [ticket] = await talk("Silver kettle")
    await browser.post(f"/tickets/{ticket}/notes", note_of("silver, inside"))
    await site.desk.index()
    assert [one["entry"]["kind"] for one in (await ask("silver", kind="messages"))["items"]] == ["message"]
    assert [one["entry"]["kind"] for one in (await ask("silver", kind="notes"))["items"]] == ["note"]


async def test_search_needs_to_be_signed_in(site: Site) -> None:
    for path in ("/search?q=x", "/search/suggest?kind=tags"):
        assert (await site.stranger().get(path)).status_code == 401
