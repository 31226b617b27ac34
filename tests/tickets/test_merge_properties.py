"""Whatever happened on tickets before: merge and unmerge, split and merge back, give exactly what was there."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of, reply_of

TELLING = ["merged_into", "merged_from", "unmerged", "unmerged_from", "split_to", "split_from"]
TELLING += ["link_child_of", "linked_child_of"]
STEPS = ("mail", "machine", "note", "file", "reply", "undone", "sleep", "solve", "draft", "tags", "same_key")
# What people keep beside a ticket; with both, and on top of one another.
KIN = ("child", "grandchild", "parent", "tied", "tied_far")
BESIDE = ("follow", "checklist", "ticked", "time", "same_time", "shared_draft", "planned", "held")
ROWS = {
    "ticket": "select to_jsonb(r) - '{version,activity_at}'::text[] from ticket r where id = any(%(ids)s) order by id",
    "entry": """
        select to_jsonb(r) from entry r where ticket_id = any(%(ids)s)
            and not (kind = 'change' and details ->> 'field' = any(%(telling)s)) order by id""",
    "attachment": "select to_jsonb(r) from attachment r where ticket_id = any(%(ids)s) order by id",
    "mail_reference": "select to_jsonb(r) from mail_reference r where ticket_id = any(%(ids)s) order by message_id",
    "outbox": "select to_jsonb(r) from outbox r where ticket_id = any(%(ids)s) order by id",
    "conversation": "select to_jsonb(r) from conversation r where ticket_id = any(%(ids)s) order by key",
    "draft": "select to_jsonb(r) from draft r where ticket_id = any(%(ids)s) order by ticket_id, kind",
    "mention": "select to_jsonb(r) from mention r where ticket_id = any(%(ids)s) order by entry_id, person_id",
    "follower": "select to_jsonb(r) from follower r where ticket_id = any(%(ids)s) order by ticket_id, person_id",
    "checklist_item": "select to_jsonb(r) from checklist_item r where ticket_id = any(%(ids)s) order by id",
    "time_spent": "select to_jsonb(r) from time_spent r where ticket_id = any(%(ids)s) order by id",
    "shared_draft": "select to_jsonb(r) from shared_draft r where ticket_id = any(%(ids)s) order by ticket_id",
    "planned_reply": "select to_jsonb(r) from planned_reply r where ticket_id = any(%(ids)s) order by id",
    # of all tickets: children and parents stand apart
    "ticket_link": "select to_jsonb(r) from ticket_link r where kind = 'child_of' order by ticket_id",
    "ticket_cc": "select to_jsonb(r) from ticket_cc r where ticket_id = any(%(ids)s) order by address",
}
# What a hand does on one of two tickets.
happenings = st.lists(st.tuples(st.sampled_from((*STEPS, *BESIDE, *KIN)), st.integers(0, 1)), max_size=14)
few = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
async def agent(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Lu"))


async def rows(site: Site, *ids: int) -> dict[str, Any]:
    found = {}
    for table, sql in ROWS.items():
        whole = f"select coalesce(jsonb_agg(x.*), '[]') from ({sql}) x"
        found[table] = await site.desk.sql(whole, ids=list(ids), telling=TELLING)
    return found


async def two(site: Site) -> tuple[int, int, int]:
    """A mailbox with two tickets, one of them of a conversation by chat or API."""
    box = await site.desk.sql("select id from channel where kind = 'email' limit 1")
    box = box or await site.desk.channel("email", address="help@desk.example")
    api = await site.desk.sql("select id from channel where kind = 'api' limit 1") or await site.desk.channel("api")
    await site.desk.deliver(box, site.desk.mail("The pump   leaks\n badly", "rosa@example.com"))
    await site.desk.deliver(api, site.desk.message("Hello", f"w-{client_key()}"))
    first, second = (await site.desk.tickets())[-2:]
    return box, first, second


async def act(site: Site, agent: Browser, box: int, pair: tuple[int, int], step: str) -> None:
    """Let one thing happen; what a ticket does not take just does not happen."""
    site.desk.later(minutes=1)
    ticket, _ = pair
    path = f"/tickets/{ticket}"
    mail = {"proven_ticket_ids": [ticket]}
    if step == "mail":
        await site.desk.deliver(box, site.desk.mail(f"More {client_key()}", "rosa@example.com", **mail))
    elif step == "machine":
        await site.desk.deliver(box, site.desk.mail("I am away", "rosa@example.com", kind="auto_reply", **mail))
    elif step == "note":
        await agent.post(f"{path}/notes", note_of())
    elif step == "file":
        file = (await agent.client.post("/api/v1/files", files={"file": ("a.txt", b"a", "text/plain")})).json()
        await agent.post(f"{path}/notes", note_of(attachment_ids=[file["id"]]))
    elif step in {"reply", "undone"}:
        sent = await agent.post(f"{path}/replies", reply_of())
        if step == "undone":
            await agent.delete(f"{path}/replies/{sent.json()['id']}")
    elif step == "same_key":
        await agent.post(f"{path}/notes", {"text": "Twice the same key", "client_key": "one-and-the-same"})
    elif step in KIN:
        await relate(site, agent, box, pair, step)
    elif step in BESIDE:
        await keep_beside(site, agent, path, step)
    else:
        await change(site, agent, path, step)


async def relate(site: Site, agent: Browser, box: int, pair: tuple[int, int], step: str) -> None:
    """Give a ticket a child, a child's child or a parent, or put the other one below it; what cannot be is refused."""
    ticket, other = pair

    async def link(child: int, parent: int) -> int:
        await agent.post(f"/tickets/{child}/links", {"other_id": parent, "kind": "child_of"})
        return child

    async def kin() -> int:
        await site.desk.deliver(box, site.desk.mail(f"Kin {client_key()}", "bo@example.com"))
        return (await site.desk.tickets())[-1]

    if step == "parent":
        await link(ticket, await kin())
    elif step == "tied":
        await link(other, ticket)
    else:
        child = await link(await kin(), ticket)
        if step != "child":
            await link(other if step == "tied_far" else await kin(), child)


async def keep_beside(site: Site, agent: Browser, path: str, step: str) -> None:
    """Followers, checklist, time, the shared draft and planned replies, as a hand makes them."""
    if step == "follow":
        someone = await site.desk.person(f"Follower {client_key()}")
        await agent.put(f"{path}/followers/{someone.id}", {})
    elif step in {"checklist", "ticked"}:
        items = (await agent.post(f"{path}/checklist", {"text": f"Do {client_key()}"})).json()["items"]
        if step == "ticked":
            await agent.patch(f"{path}/checklist/{items[0]['id']}", {"is_done": True, "position": len(items) - 1})
    elif step in {"time", "same_time"}:
        key = "one-time-and-the-same" if step == "same_time" else client_key()
        await agent.post(f"{path}/time", {"seconds": 60, "client_key": key})
    elif step == "shared_draft":
        before = (await agent.get(f"{path}/shared-draft")).json()
        await agent.put(f"{path}/shared-draft", {"text": client_key(), "version": before["version"] if before else 0})
    else:
        await plan(site, agent, path, is_held=step == "held")


async def plan(site: Site, agent: Browser, path: str, *, is_held: bool) -> None:
    at = (site.desk.now + timedelta(days=3)).isoformat()
    made = await agent.post(f"{path}/planned-replies", {"send_at": at, "reply": reply_of()})
    if is_held:
        sql = "update planned_reply set state = 'held', problem = 'customer_wrote' where id = %(id)s"
        await site.desk.run(sql, id=made.json()["id"])


async def change(site: Site, agent: Browser, path: str, step: str) -> None:
    if step == "sleep":
        await agent.put(f"{path}/snooze", {"until": "2027-02-01T10:00:00Z"})
    elif step == "solve":
        solved = await site.desk.sql("select id from status where category = 'solved' and is_default")
        await agent.patch(path, {"status_id": solved})
    elif step == "draft":
        await agent.put(f"{path}/drafts/reply", {"text": "Half"})
    else:
        await agent.patch(path, {"tags": [client_key()]})


@few
@given(steps=happenings, has_copies=st.booleans())
async def test_unmerge_gives_back_exactly_what_was_there(
    site: Site, agent: Browser, steps: list[tuple[str, int]], has_copies: bool
) -> None:
    box, first, second = await two(site)
    for step, which in steps:
        await act(site, agent, box, (second, first) if which else (first, second), step)
    before = await rows(site, first, second)
    assert len(before["ticket"]) == 2
    assert len(before["entry"]) >= 2
    assert len(before["conversation"]) == 1
    site.desk.later(minutes=1)
    body = {"source_ids": [second], "confirmed": True, "cc_requesters": has_copies}
    assert (await agent.post(f"/tickets/{first}/merge", body)).status_code == 200
    assert (await rows(site, second))["entry"] == []
    site.desk.later(minutes=1)
    assert (await agent.post(f"/tickets/{first}/unmerge", {"source_id": second})).status_code == 200
    assert await rows(site, first, second) == before


@few
@given(steps=happenings, chosen=st.sets(st.integers(0, 9), min_size=1))
async def test_merge_after_split_gives_back_exactly_what_was_there(
    site: Site, agent: Browser, steps: list[tuple[str, int]], chosen: set[int]
) -> None:
    box, ticket, other = await two(site)
    for step, _which in steps:
        await act(site, agent, box, (ticket, other), step)
    entries = [one.id for one in await site.desk.timeline(ticket) if one.kind != "change"]
    wanted = [entry for place, entry in enumerate(entries) if place in chosen][: len(entries) - 1]
    if not wanted:
        return
    before = await rows(site, ticket)
    site.desk.later(minutes=1)
    made = await agent.post(f"/tickets/{ticket}/split", {"entry_ids": wanted, "subject": "Apart"})
    assert made.status_code == 201
    site.desk.later(minutes=1)
    back = await agent.post(f"/tickets/{ticket}/merge", {"source_ids": [made.json()["id"]]})
    assert back.status_code == 200
    assert await rows(site, ticket) == before
