"""Whispers stay between colleagues: no way that a customer, a mailbox, a webhook or an export has leads to them."""

from typing import Any

import pytest

from ombud.automation.webhooks.reactions import WEBHOOKS
from ombud.channels.chat.stream import visitor_frames
from ombud.shared.actor import Actor
from ombud.shared.database import values
from ombud.shared.events import events_after
from tests.site import Site, reply_of

SECRET = "Kettlewhisper"


async def talk(site: Site, kind: str = "chat") -> tuple[int, Actor, Actor]:
    """A conversation of an agent, and who leads them."""
    desk = site.desk
    lu, lead = await desk.person("Lu"), await desk.person("Lead", role="supervisor")
    ticket = await site.ticket(kind=kind)
    await (await site.browser(lu)).put(f"/tickets/{ticket}/assignment", {"assignee_id": lu.id})
    return ticket, lu, lead


async def whisper(site: Site, who: Actor, ticket: int, text: str = SECRET) -> Any:
    return await (await site.browser(who)).post(f"/tickets/{ticket}/whispers", {"text": text})


async def heard(site: Site, who: Actor, ticket: int) -> list[str]:
    answer = await (await site.browser(who)).get(f"/tickets/{ticket}/whispers")
    return [one["text"] for one in answer.json()["items"]]


async def tables_with(site: Site, text: str) -> list[str]:
    """Every table in whose rows a text stands somewhere."""
    async with site.desk.parts.database.transaction() as tx:
        tables = await values(tx, str, "select tablename from pg_tables where schemaname = 'public' order by 1")
        looks = [f"select '{one}' from {one} x where x::text like %(text)s limit 1" for one in tables]
        sql = " union all ".join(f"({one})" for one in looks)
        return await values(tx, str, sql, {"text": f"%{text}%"})


async def test_whisper_reaches_the_agent_who_answers_and_nobody_else(site: Site) -> None:
    ticket, lu, lead = await talk(site)
    co, second = await site.desk.person("Co"), await site.desk.person("Second", role="supervisor")
    assert (await whisper(site, lead, ticket)).json()["to_id"] == lu.id
    assert (await whisper(site, lu, ticket, "Will do")).json()["to_id"] == lead.id
    assert await heard(site, lu, ticket) == await heard(site, lead, ticket) == [SECRET, "Will do"]
    assert await heard(site, co, ticket) == await heard(site, second, ticket) == []
    frames = [[one.data.text for one in await site.frames(who) if one.event == "whisper"] for who in (lu, lead, co)]
    assert frames == [[SECRET, "Will do"], [SECRET, "Will do"], []]


@pytest.mark.parametrize("kind", ["chat", "email", "api"])
async def test_whisper_leaves_no_trace_where_customers_look(site: Site, kind: str) -> None:
    ticket, lu, lead = await talk(site, kind)
    before = await site.desk.sql("select count(*) from outbox")
    await whisper(site, lead, ticket)
    await (await site.browser(lu)).post(f"/tickets/{ticket}/replies", reply_of("We look into it."))
    # The whole database is searched: the one table that holds it is read by no channel, page or export.
    assert await tables_with(site, SECRET) == ["whisper"]
    assert await site.desk.sql("select count(*) from outbox") == before + 1


async def test_whisper_is_in_no_frame_of_a_visitor(site: Site) -> None:
    ticket, _, lead = await talk(site)
    await whisper(site, lead, ticket)
    await site.desk.events()
    async with site.desk.parts.database.transaction() as tx:
        frames = await visitor_frames(tx, await events_after(tx, 0, limit=1_000))
    assert SECRET not in repr(frames)
    assert WEBHOOKS.kinds is None
    [event] = await site.desk.events("whisper_sent")
    assert (event.ticket_id, SECRET in repr(event)) == (None, False)


async def test_whisper_is_for_who_leads_to_begin(site: Site) -> None:
    ticket, lu, _ = await talk(site)
    co = await site.desk.person("Co")
    assert (await whisper(site, co, ticket)).status_code == 404
    assert (await whisper(site, lu, ticket)).json()["code"] == "nobody_to_whisper_to"


async def test_whisper_on_a_ticket_without_holder_or_of_another_team_is_refused(site: Site) -> None:
    desk = site.desk
    lead = await desk.person("Lead", role="supervisor")
    assert (await whisper(site, lead, await site.ticket())).status_code == 409
    unseen = await site.ticket(team=await desk.team("Other"))
    assert (await whisper(site, lead, unseen)).status_code == 404


async def test_whispers_read_are_marked_once(site: Site) -> None:
    ticket, lu, lead = await talk(site)
    await whisper(site, lead, ticket)
    browser = await site.browser(lu)
    assert (await browser.put(f"/tickets/{ticket}/whispers/read", None)).status_code == 204
    read = await site.desk.sql("select read_at from whisper")
    site.desk.later(minutes=1)
    await browser.put(f"/tickets/{ticket}/whispers/read", None)
    assert await site.desk.sql("select read_at from whisper") == read is not None
