"""The hub and its streams: nothing missed, nothing for the wrong eyes, and nobody stays who has left."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ombud.accounts.queries.actors import session_actors
from ombud.customers.schemas import Sender
from ombud.realtime import hub as hub_module
from ombud.realtime.hub import Hub
from ombud.realtime.schemas import Frame
from ombud.realtime.stream import MAX_PENDING_BYTES, Stream
from ombud.shared.actor import Actor
from ombud.shared.database import Database, Transaction, values
from tests.site import Site, note_of, reply_of


class Screen:
    """The client's end of a stream: what it got, and whether it takes any more."""

    def __init__(self, hub: Hub, actor: Actor, *, has_pulse: bool = False) -> None:
        self.hub = hub
        self.raw = b""
        self.is_closed = False
        self.takes = asyncio.Event()
        self.takes.set()
        self.leaves = asyncio.Event()
        self.stream = Stream(self._send, actor=actor, has_pulse=has_pulse)

    async def _send(self, message: Any) -> None:
        await self.takes.wait()
        self.raw += message.get("body", b"")
        self.is_closed |= message["type"] == "http.response.body" and not message["more_body"]

    async def _receive(self) -> Any:
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def live(self, last_seq: int | None) -> None:
        await self.stream.begin()
        try:
            await self.hub.join(self.stream, last_seq=last_seq)
            await self.stream.wait(self._receive)
        finally:
            self.hub.leave(self.stream)

    @property
    def frames(self) -> list[tuple[str, int | None, Any]]:
        """Event, number and data of each frame."""
        found = []
        for block in self.raw.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] not in {"", ":"})
            if lines:
                found.append((lines["event"], int(lines["id"]) if "id" in lines else None, json.loads(lines["data"])))
        return found

    def names(self) -> list[str]:
        return [name for name, _, _ in self.frames]


async def until(check: Any, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not check():  # noqa: ASYNC110 – what is waited for is another task's, and tells nobody
            await asyncio.sleep(0.01)


@pytest.fixture
async def hub(site: Site) -> AsyncIterator[Hub]:
    found: Hub = site.app.state.hub
    await found.start()
    yield found
    await found.stop()


@asynccontextmanager
async def screen(
    hub: Hub, actor: Actor, *, last_seq: int | None = None, has_pulse: bool = False
) -> AsyncIterator[Screen]:
    one = Screen(hub, actor, has_pulse=has_pulse)
    task = asyncio.create_task(one.live(last_seq))
    await until(lambda: one.stream.held is None)
    yield one
    one.leaves.set()
    one.takes.set()
    await asyncio.wait_for(task, 5)


async def publish(site: Site) -> int:
    """Number what was announced and let the hub look."""
    events = await site.desk.events()
    site.desk.parts.bus.wake("events")
    seq = events[-1].seq if events else 0
    await until(lambda: site.app.state.hub.cursor >= seq)
    return seq


async def test_join_begins_with_hello_and_the_present_number(site: Site, hub: Hub) -> None:
    lu = await site.desk.person("Lu")
    await site.ticket()
    seq = await publish(site)
    async with screen(hub, lu) as one:
        await until(lambda: one.frames)
        assert one.frames[0] == ("hello", seq, {})


async def test_event_reaches_who_sees_the_team_and_nobody_else(site: Site, hub: Hub) -> None:
    team = await site.desk.team("Repairs")
    insider, outsider = await site.desk.person("In", team), await site.desk.person("Out")
    everywhere = await site.desk.person("Al", everywhere=True)
    async with screen(hub, insider) as one, screen(hub, outsider) as two, screen(hub, everywhere) as three:
        await site.ticket(team=team)
        await publish(site)
        await until(lambda: "ticket" in one.names() and "ticket" in three.names())
        assert "ticket" not in two.names()


async def test_join_after_a_gap_gets_what_it_missed_once_and_in_order(site: Site, hub: Hub) -> None:
    lu = await site.desk.person("Lu")
    ticket = await site.ticket()
    seen = await publish(site)
    browser = await site.browser(lu)
    texts = [f"note {number}" for number in range(5)]
    for text in texts:
        await browser.post(f"/tickets/{ticket}/notes", note_of(text))
    seq = await publish(site)
    async with screen(hub, lu, last_seq=seen) as one:
        await until(lambda: "hello" in one.names())
        got = [entry["text"] for name, _, data in one.frames if name == "ticket" for entry in data["entries"]]
        assert got == texts
        assert one.frames[-1][:2] == ("hello", seq)


async def missed(hub: Hub, actor: Actor, last_seq: int) -> list[tuple[str, int | None, Any]]:
    """What a stream hears about tickets when it comes back with a number."""
    async with screen(hub, actor, last_seq=last_seq) as one:
        await until(lambda: "hello" in one.names())
        return [frame for frame in one.frames if frame[0] == "ticket"]


async def test_join_after_an_event_that_a_visitor_heard_too_hears_it_no_second_time(site: Site, hub: Hub) -> None:
    lu = await site.desk.person("Lu")
    ticket = await site.ticket(kind="chat", sender=Sender("visitor", "v1", name="Rosa"))
    await publish(site)
    async with screen(hub, lu) as one:
        await (await site.browser(lu)).post(f"/tickets/{ticket}/replies", reply_of())
        seq = await publish(site)
        await until(lambda: "ticket" in one.names())
        last = one.frames[-1][1]
    assert last == seq
    assert await missed(hub, lu, last) == []


async def test_join_while_a_batch_that_nobody_heard_ends_misses_nothing(site: Site) -> None:
    lu = await site.desk.person("Lu")
    await site.ticket()
    seq = (await site.desk.events())[-1].seq
    hub: Hub = site.app.state.hub
    one = Screen(hub, lu)

    class EndsLate(Database):
        @asynccontextmanager
        async def statements(self) -> AsyncIterator[Transaction]:
            async with site.desk.parts.database.statements() as tx:
                yield tx
                await hub.join(one.stream, last_seq=None)

    hub._database = EndsLate("")
    assert await hub._read_batch() > 0
    await until(lambda: one.frames)
    assert one.frames == [("hello", seq, {})]


async def test_join_cut_anywhere_in_a_batch_misses_nothing(site: Site, hub: Hub) -> None:
    lu = await site.desk.person("Lu")
    browser = await site.browser(lu)
    tickets = [await site.ticket(who=f"c{number}") for number in range(3)]
    start = (await site.desk.events())[-1].seq
    texts = set()
    for number in range(9):
        texts.add(f"note {number}")
        await browser.post(f"/tickets/{tickets[number % 3]}/notes", note_of(f"note {number}"))
        if number % 2:
            await browser.patch(f"/tickets/{tickets[number % 3]}", {"subject": f"s{number}"})
    await publish(site)
    whole = await missed(hub, lu, start)
    assert len(whole) > 4
    for cut in range(len(whole) + 1):
        got = whole[:cut]
        number = next((seq for _, seq, _ in reversed(got) if seq is not None), start)
        told = [data for _, _, data in [*got, *await missed(hub, lu, number)] if data["kind"] == "note_added"]
        seen = [entry["text"] for data in told for entry in data["entries"]]
        assert texts <= set(seen), f"cut after frame {cut}"
        if cut and got[-1][1] is not None:
            assert len(seen) == len(texts), f"cut after frame {cut}"


async def test_join_with_a_number_from_another_life_is_told_to_begin_anew(site: Site, hub: Hub) -> None:
    lu = await site.desk.person("Lu")
    await site.ticket()
    seq = await publish(site)
    async with screen(hub, lu, last_seq=seq + 1_000) as one:
        await until(lambda: "hello" in one.names())
        assert [(name, number) for name, number, _ in one.frames] == [("reset", None), ("hello", seq)]


async def test_join_after_too_much_is_told_to_begin_anew(site: Site, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "MAX_REPLAY", 3)
    lu = await site.desk.person("Lu")
    for number in range(3):
        await site.ticket(who=f"c{number}")
    await publish(site)
    async with screen(hub, lu, last_seq=0) as one:
        await until(lambda: "hello" in one.names())
        assert one.names() == ["reset", "hello"]


async def test_join_after_more_than_a_stream_may_hold_is_told_to_begin_anew(
    site: Site, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "MAX_REPLAY_BYTES", 200)
    lu = await site.desk.person("Lu")
    await site.ticket()
    await publish(site)
    async with screen(hub, lu, last_seq=0) as one:
        await until(lambda: "hello" in one.names())
        assert one.names() == ["reset", "hello"]


async def test_end_of_a_slow_reader_sends_no_number_of_what_it_never_got(site: Site, hub: Hub) -> None:
    one = Screen(hub, await site.desk.person("Slow"))
    task = asyncio.create_task(one.live(None))
    await until(lambda: one.frames)
    one.takes.clear()
    for number in range(8):
        one.stream.push(b"id: %d\nevent: ticket\ndata: {}\n\n: %s\n\n" % (number, b"x" * (MAX_PENDING_BYTES // 4)))
        await asyncio.sleep(0)
    one.takes.set()
    await asyncio.wait_for(task, 5)
    assert one.is_closed
    got = [number for name, number, _ in one.frames if name == "ticket"]
    assert got == list(range(len(got)))


async def test_leave_is_noticed_at_once(site: Site, hub: Hub) -> None:
    lu = await site.desk.person("Lu")
    async with screen(hub, lu):
        assert hub.open_streams == 1
    assert hub.open_streams == 0
    assert not hub._by_team
    assert not hub._by_person


async def test_push_to_a_slow_reader_cuts_it_off_and_frees_its_place(site: Site, hub: Hub) -> None:
    slow, quick = await site.desk.person("Slow"), await site.desk.person("Quick")
    one = Screen(hub, slow)
    task = asyncio.create_task(one.live(None))
    await until(lambda: one.frames)
    one.takes.clear()
    async with screen(hub, quick) as two:
        piece = Frame("settings", {"what": "x" * (MAX_PENDING_BYTES // 4)}, is_for_all=True)
        for _ in range(8):
            hub.send(piece)
            await asyncio.sleep(0.01)
        # It takes nothing any more, not even the end.
        await asyncio.wait_for(task, 5)
        assert hub.open_streams == 1
        await until(lambda: two.names().count("settings") == 8)


async def test_watch_rights_ended_session_ends_its_stream(site: Site, hub: Hub) -> None:
    lu = await site.desk.person("Lu")
    browser = await site.browser(lu)
    session = (await browser.get("/me/sessions")).json()["items"][0]["id"]
    actor = Actor("person", lu.id, "Lu", lu.permissions, lu.team_ids, session)
    one = Screen(hub, actor)
    task = asyncio.create_task(one.live(None))
    await until(lambda: one.frames)
    await hub._check_rights(list(hub._agents))
    assert not task.done()
    await browser.delete(f"/me/sessions/{session}")
    await asyncio.wait_for(task, hub_module.CHECK_SECONDS + 2)
    assert one.frames[-1] == ("bye", None, {"reason": "session_ended"})
    assert one.is_closed
    assert hub.open_streams == 0


async def test_watch_rights_person_out_of_the_team_hears_no_more_and_back_in_hears_again(site: Site, hub: Hub) -> None:
    lu = await site.desk.person("Lu")
    session = (await (await site.browser(lu)).get("/me/sessions")).json()["items"][0]["id"]
    actor = Actor("person", lu.id, "Lu", lu.permissions, lu.team_ids, session)
    async with screen(hub, actor) as one:
        await site.desk.run("delete from membership")
        await hub._check_rights(list(hub._agents))
        await site.ticket()
        await publish(site)
        assert "ticket" not in one.names()
        await site.desk.run("insert into membership values (1, %(id)s)", id=lu.id)
        await hub._check_rights(list(hub._agents))
        await site.ticket(who="c2")
        await publish(site)
        await until(lambda: "ticket" in one.names())


async def test_watch_rights_keeps_the_person_present(site: Site, hub: Hub) -> None:
    lu = await site.desk.person("Lu")
    session = (await (await site.browser(lu)).get("/me/sessions")).json()["items"][0]["id"]
    await site.desk.online(lu)
    async with screen(hub, Actor("person", lu.id, "Lu", lu.permissions, lu.team_ids, session)):
        site.desk.later(seconds=30)
        await hub._check_rights(list(hub._agents))
        assert await site.desk.sql("select seen_at from presence") == site.desk.now


async def test_stop_says_good_bye(site: Site, hub: Hub) -> None:
    one = Screen(hub, await site.desk.person("Lu"))
    task = asyncio.create_task(one.live(None))
    await until(lambda: one.frames)
    await hub.stop()
    await asyncio.wait_for(task, 5)
    assert one.frames[-1] == ("bye", None, {"reason": "restart"})


async def test_notification_is_for_its_person_alone(site: Site, hub: Hub) -> None:
    lu, mo = await site.desk.person("Lu"), await site.desk.person("Mo")
    ticket = await site.ticket()
    async with screen(hub, lu) as one, screen(hub, mo) as two:
        await (await site.browser(mo)).post(f"/tickets/{ticket}/notes", note_of(mentions=[lu.id]))
        await publish(site)
        await until(lambda: "notification" in one.names())
        assert "notification" not in two.names()


async def test_stream_for_a_program_or_a_stranger_is_refused(site: Site) -> None:
    ada = await site.desk.person("Ada", role="administrator", everywhere=True)
    program = await site.program(ada, "tickets.read")
    assert (await program.get("/stream")).status_code == 403
    assert (await site.stranger().get("/stream")).status_code == 401
    assert site.app.state.hub.open_streams == 0


class Cache:
    """What a screen keeps: rows and entries, changed by frames alone."""

    def __init__(self) -> None:
        self.rows: dict[int, Any] = {}
        self.entries: dict[int, dict[int, Any]] = {}

    def apply(self, frame: Frame) -> None:
        if frame.event == "gone":
            self.rows.pop(frame.data.ticket_id, None)
            self.entries.pop(frame.data.ticket_id, None)
        if frame.event == "ticket":
            row = json.loads(_json(frame.data.ticket))
            self.rows[row["id"]] = row
            known = self.entries.setdefault(row["id"], {})
            known |= {one["id"]: one for one in json.loads(_json(frame.data.entries))}
            known.pop(frame.data.undone_entry_id, None)


def _json(data: Any) -> bytes:
    return Frame("x", data).encode(data).partition(b"data: ")[2]


async def test_state_and_events_equal_fresh_state_after_every_verb(site: Site) -> None:
    lu = await site.desk.person("Lu")
    other = await site.desk.team("Other")
    both = await site.desk.person("Both", 1, other)
    agent, mover = await site.browser(lu), await site.browser(both)
    ticket = await site.ticket(kind="email")
    channel = await site.desk.column(ticket, "channel_id")
    known = await site.desk.sql("select message_id from mail_reference")
    path = f"/tickets/{ticket}"
    solved = await site.desk.sql("select id from status where category = 'solved' and is_default")
    undone: list[int] = []

    async def send() -> None:
        undone.append((await agent.post(f"{path}/replies", reply_of())).json()["id"])

    steps = [
        lambda: agent.post(f"{path}/notes", note_of(mentions=[both.id])),
        send,
        lambda: agent.delete(f"{path}/replies/{undone[0]}"),
        lambda: agent.post(f"{path}/replies", reply_of(solve=True)),
        lambda: site.desk.deliver(channel, site.desk.mail("Again", references=[known])),
        lambda: agent.put(f"{path}/assignment", {"assignee_id": both.id}),
        lambda: agent.patch(path, {"subject": "New", "priority": 4, "tags": ["x"]}),
        lambda: agent.put(f"{path}/snooze", {"until": "2026-12-24T10:00:00Z"}),
        lambda: agent.put(f"{path}/snooze", {"until": None}),
        lambda: agent.patch(path, {"status_id": solved}),
        lambda: site.desk.run("update outbox set state = 'failed'"),
        lambda: _retry(agent, path),
        lambda: mover.put(f"{path}/assignment", {"assignee_id": None, "team_id": other}),
        lambda: mover.put(f"{path}/assignment", {"assignee_id": lu.id, "team_id": 1}),
    ]
    cache, seq = Cache(), 0
    for number, step in enumerate(steps):
        await step()  # type: ignore[no-untyped-call]  # steps are lambdas
        for frame in await site.frames(lu, after=seq):
            cache.apply(frame)
        seq = (await site.desk.events())[-1].seq
        is_seen = await site.desk.column(ticket, "team_id") == 1
        fresh = (await agent.get(path)).json() if is_seen else {}
        shown = cache.rows.get(ticket, {})
        ignored = {"unread"}
        assert {k: v for k, v in shown.items() if k not in ignored} == {
            k: fresh[k] for k in shown if k not in ignored
        }, f"step {number}"
        assert bool(shown) == is_seen, f"step {number}"
        if is_seen and number < 10:
            items = (await agent.get(f"{path}/timeline?limit=100")).json()["items"]
            assert sorted(cache.entries[ticket]) == [one["id"] for one in items], f"step {number}"
            assert [cache.entries[ticket][one["id"]]["text"] for one in items] == [one["text"] for one in items]


async def _retry(agent: Any, path: str) -> None:
    items = (await agent.get(f"{path}/timeline")).json()["items"]
    stuck = next(one for one in items if one["delivery"] and one["delivery"]["state"] == "failed")
    assert (await agent.post(f"{path}/replies/{stuck['id']}/retry")).status_code == 200


async def test_undo_followed_by_another_change_in_one_batch_still_takes_the_reply_away(site: Site) -> None:
    lu = await site.desk.person("Lu")
    agent = await site.browser(lu)
    ticket = await site.ticket(kind="email")
    cache = Cache()
    sent = [(await agent.post(f"/tickets/{ticket}/replies", reply_of())).json()["id"] for _ in range(2)]
    for frame in await site.frames(lu):
        cache.apply(frame)
    assert set(sent) <= set(cache.entries[ticket])
    seq = (await site.desk.events())[-1].seq
    for one in reversed(sent):
        await agent.delete(f"/tickets/{ticket}/replies/{one}")
    await agent.patch(f"/tickets/{ticket}", {"priority": 4})
    for frame in await site.frames(lu, after=seq):
        cache.apply(frame)
    assert not set(sent) & set(cache.entries[ticket])


async def test_open_line_keeps_present_only_whose_client_shows_no_pulse_itself(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "CHECK_SECONDS", 0.02)
    lu, mia = await site.desk.person("Lu"), await site.desk.person("Mia")
    await site.desk.online(lu, mia)
    began = site.desk.now
    moment = site.desk.later(seconds=30)
    people = {}
    for one in (lu, mia):
        token = await site.session_token(one)
        async with site.desk.parts.database.transaction() as tx:
            people[one.name] = await session_actors(tx, await values(tx, int, SESSIONS, {"id": one.id}), now=moment)
        assert token
    found: Hub = site.app.state.hub
    await found.start()
    sql = "select seen_at from presence where person_id = %(id)s"
    try:
        lus, mias = (next(iter(people[name].values())) for name in ("Lu", "Mia"))
        async with screen(found, lus, has_pulse=True), screen(found, mias):
            async with asyncio.timeout(5):
                while await site.desk.sql(sql, id=mia.id) != moment:  # noqa: ASYNC110 – the hub tells nobody
                    await asyncio.sleep(0.02)
            assert await site.desk.sql(sql, id=lu.id) == began
    finally:
        await found.stop()


SESSIONS = "select id from session where person_id = %(id)s"
