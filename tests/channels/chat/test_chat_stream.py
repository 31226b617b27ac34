"""What visitors hear live, and that an internal note reaches them by no path."""

from typing import Any

import msgspec
import pytest

from ombud.channels.chat import queries
from ombud.realtime.stream import Stream
from ombud.shared.events import Event, events_after
from tests.channels.conftest import Desk, eventually
from tests.channels.visitors import Visitor, arrive

NOTE = "INTERNAL: this customer is difficult"


class Listener:
    """An open stream of a visitor, read as the widget reads it."""

    def __init__(self, desk: Desk, topic: str) -> None:
        self.desk = desk
        self.raw = b""
        self.stream = Stream(self._take, topic=topic)

    async def _take(self, message: Any) -> None:
        self.raw += message.get("body", b"")

    async def listen(self, last_seq: int | None = None) -> "Listener":
        await self.desk.app.state.hub.join(self.stream, last_seq=last_seq)
        await eventually(self._has_begun)
        return self

    async def _has_begun(self) -> bool:
        return b"hello" in self.raw

    def frames(self, name: str) -> list[Any]:
        found = []
        for chunk in self.raw.split(b"\n\n"):
            lines = dict(line.split(b": ", 1) for line in chunk.split(b"\n") if b": " in line)
            if lines.get(b"event") == name.encode():
                found.append(msgspec.json.decode(lines[b"data"]))
        return found

    async def hears(self, name: str, count: int = 1) -> list[Any]:
        async def enough() -> bool:
            return len(self.frames(name)) >= count

        await eventually(enough)
        return self.frames(name)


async def topic_of(desk: Desk) -> str:
    channel = desk.channels["chat"].id
    value = await desk.sql(str, "select value from identity order by id desc limit 1")
    return f"visitor:{channel}:visitor:{value}"


@pytest.fixture
async def chat(desk: Desk) -> Desk:
    await desk.add_channel("chat")
    return desk


async def listening(desk: Desk) -> tuple[Visitor, int, Listener]:
    visitor = await arrive(desk)
    ticket_id = await visitor.write("hello")
    return visitor, ticket_id, await Listener(desk, await topic_of(desk)).listen()


async def test_answer_is_heard_as_it_is_read(chat: Desk) -> None:
    visitor, ticket_id, listener = await listening(chat)
    await chat.answer(ticket_id, "Good morning")
    frames = await listener.hears("message")
    assert frames == (await visitor.page())["items"][-1:]


async def test_own_message_comes_back_with_its_key(chat: Desk) -> None:
    visitor, _, listener = await listening(chat)
    await visitor.send("again", "k" * 36)
    frames = await listener.hears("message")
    assert (frames[0]["text"], frames[0]["client_key"], frames[0]["direction"]) == ("again", "k" * 36, "in")


async def test_stream_resumes_without_loss_or_double(chat: Desk) -> None:
    _, ticket_id, listener = await listening(chat)
    await chat.answer(ticket_id, "one")
    await listener.hears("message")
    seen = chat.app.state.hub.cursor
    chat.app.state.hub.leave(listener.stream)
    await chat.answer(ticket_id, "two")
    await chat.settled()
    resumed = await Listener(chat, await topic_of(chat)).listen(last_seq=seen)
    await chat.answer(ticket_id, "three")
    frames = await resumed.hears("message", 2)
    assert [one["text"] for one in frames] == ["two", "three"]


async def test_other_visitors_hear_nothing(chat: Desk) -> None:
    _, ticket_id, listener = await listening(chat)
    other = await arrive(chat)
    await other.write("I am somebody else")
    stranger = await Listener(chat, await topic_of(chat)).listen()
    await chat.answer(ticket_id, "for the first one")
    await listener.hears("message")
    assert stranger.frames("message") == []


async def test_solving_is_told(chat: Desk) -> None:
    _, ticket_id, listener = await listening(chat)
    await chat.answer(ticket_id, "done", solve=True)
    await listener.hears("closed")


async def test_typing_of_an_agent_shows_the_display_name_alone(chat: Desk) -> None:
    _, ticket_id, listener = await listening(chat)
    person = await chat.sql(
        int,
        "insert into person (email, name, display_name, role, created_at) "
        "values ('a@x', 'Real Name', 'Lin', 'agent', now()) returning id",
    )
    payload = {"ticket_id": ticket_id, "team_id": 1, "by": "person", "person_id": person, "name": "Real Name"}
    chat.parts.bus.publish("typing", payload)
    assert await listener.hears("typing") == [{"name": "Lin"}]


async def test_reading_of_an_agent_is_told(chat: Desk) -> None:
    _, ticket_id, listener = await listening(chat)
    chat.parts.bus.publish("ticket_read", {"ticket_id": ticket_id, "entry_id": 5, "at": chat.now.isoformat()})
    frames = await listener.hears("read")
    assert frames[0]["entry_id"] == 5


async def test_typing_of_the_visitor_tells_agents_no_text(chat: Desk) -> None:
    visitor, ticket_id, _ = await listening(chat)
    heard: list[Any] = []
    chat.parts.bus.listen("typing", lambda signal: heard.append(signal.payload))
    assert (await visitor.post("typing", text_length=12)).status_code == 204
    assert [(one["ticket_id"], one["by"]) for one in heard] == [(ticket_id, "customer")]


async def test_typing_without_a_ticket_tells_nobody(chat: Desk) -> None:
    visitor = await arrive(chat)
    heard: list[Any] = []
    chat.parts.bus.listen("typing", lambda signal: heard.append(signal.payload))
    assert (await visitor.post("typing", text_length=12)).status_code == 204
    assert heard == []


# ── an internal note reaches a visitor by no path ──────────────────────────────────────────────────────────────


async def test_note_is_in_no_page_of_the_talk(chat: Desk) -> None:
    visitor, ticket_id, _ = await listening(chat)
    note = await chat.note(ticket_id, NOTE)
    for after in (0, note.id - 1, note.id):
        assert NOTE not in str(await visitor.page(after=after))


async def test_note_is_not_heard_live_nor_resumed(chat: Desk) -> None:
    _, ticket_id, listener = await listening(chat)
    start = chat.app.state.hub.cursor
    await chat.note(ticket_id, NOTE)
    await chat.answer(ticket_id, "public")
    await listener.hears("message")
    resumed = await Listener(chat, await topic_of(chat)).listen(last_seq=start)
    await resumed.hears("message")
    assert NOTE.encode() not in listener.raw + resumed.raw


async def test_event_that_names_a_note_as_a_message_shows_nothing(chat: Desk) -> None:
    # Even a wrong event cannot open the way: the view holds messages only.
    _, ticket_id, _ = await listening(chat)
    note = await chat.note(ticket_id, NOTE)
    forged = Event(1, "reply_sent", ticket_id, 1, "system", None, chat.now, {"entry_id": note.id})
    async with chat.parts.database.transaction() as tx:
        assert await queries.load_messages(tx, [note.id]) == {}
    from_loader = await _frames(chat, forged)
    assert from_loader == []


async def _frames(desk: Desk, event: Event) -> list[Any]:
    from_loader: list[Any] = []
    for loader in desk.app.state.hub._loaders:
        async with desk.parts.database.transaction() as tx:
            from_loader += [frame for frame in await loader(tx, [event]) if frame.topic is not None]
    return from_loader


async def test_event_of_another_ticket_shows_nothing(chat: Desk) -> None:
    _, first, _ = await listening(chat)
    other = await arrive(chat)
    second = await other.write("a secret of the second")
    entry = await chat.sql(int, "select max(id) from entry where ticket_id = %(id)s", id=second)
    crossed = Event(1, "reply_sent", first, 1, "system", None, chat.now, {"entry_id": entry})
    assert await _frames(chat, crossed) == []


async def test_undone_answer_disappears(chat: Desk) -> None:
    visitor, ticket_id, _ = await listening(chat)
    entry = await chat.answer(ticket_id, "wrong window")
    await chat.execute("update entry set undone_at = now() where id = %(id)s", id=entry.id)
    assert await visitor.texts() == ["hello"]


async def test_change_of_the_ticket_is_not_shown(chat: Desk) -> None:
    visitor, ticket_id, listener = await listening(chat)
    await chat.execute(
        "insert into entry (ticket_id, kind, author_kind, at, details) "
        'values (%(id)s, \'change\', \'system\', now(), \'{"field": "tags", "to_value": "secret"}\')',
        id=ticket_id,
    )
    assert await visitor.texts() == ["hello"]
    assert listener.frames("message") == []


async def test_unproven_mail_on_the_ticket_is_not_shown(chat: Desk) -> None:
    visitor, ticket_id, _ = await listening(chat)
    await chat.execute(
        "insert into entry (ticket_id, kind, direction, author_kind, at, text, details) "
        "values (%(id)s, 'message', 'in', 'customer', now(), 'I am not who I say', '{\"is_verified\": false}')",
        id=ticket_id,
    )
    assert await visitor.texts() == ["hello"]


async def test_ticket_moved_to_another_customer_leaves_the_visitor(chat: Desk) -> None:
    visitor, ticket_id, _ = await listening(chat)
    other = await arrive(chat)
    await other.write("other")
    await chat.execute("update ticket set customer_id = (select max(id) from customer) where id = %(id)s", id=ticket_id)
    assert await visitor.texts() == []


async def test_facts_hold_no_text(chat: Desk) -> None:
    await listening(chat)
    async with chat.parts.database.transaction() as tx:
        events = await events_after(tx, 0, limit=100)
    assert events
    assert "hello" not in str([event.data for event in events])
