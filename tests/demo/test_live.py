"""The living part on a small demo desk, by the real door and the real verbs."""

import random

import pytest

from ombud.accounts.permissions import ROLES
from ombud.demo.live import LiveDesk, find_you
from ombud.demo.loader import load_demo
from ombud.shared.actor import Actor
from ombud.tickets.schemas import AssignmentIn, ReplyIn
from ombud.tickets.services.changes import assign_ticket
from ombud.tickets.services.intake.work import take_in
from ombud.tickets.services.replies import reply
from tests.desk import Desk


class Living:
    """A loaded desk with its simulation, moved by hand."""

    def __init__(self, desk: Desk, you: int) -> None:
        self.desk, self.you = desk, you
        parts = desk.parts
        self.live = LiveDesk(
            parts.database, parts.clock, parts.door.receive, parts.bus.wake, key_ring=parts.key_ring, you=you, seed=3
        )

    async def speak(self) -> None:
        await self.live.speak()
        while await take_in(self.desk.parts.database, self.desk.parts.clock):
            pass

    async def newest(self) -> int:
        return int(await self.desk.sql("select max(id) from ticket"))

    async def answer(self, ticket_id: int, text: str) -> None:
        last = await self.desk.sql("select last_message_id from ticket where id = %(id)s", id=ticket_id)
        data = ReplyIn(text=text, client_key=f"test-{random.random():.12f}", last_seen_entry_id=int(last or 0))
        by = Actor(kind="person", id=self.you, permissions=ROLES["administrator"], team_ids=None)
        async with self.desk.parts.database.transaction() as tx:
            await reply(tx, ticket_id, data, by=by, now=self.desk.now, undo_seconds=0)

    async def give(self, ticket_id: int, person_id: int) -> None:
        by = Actor(kind="person", id=self.you, permissions=ROLES["administrator"], team_ids=None)
        data = AssignmentIn(assignee_id=person_id, force=True)
        async with self.desk.parts.database.transaction() as tx:
            await assign_ticket(tx, ticket_id, data, by=by, now=self.desk.now)

    async def last_words(self, ticket_id: int) -> tuple[str, str]:
        found = await self.desk.sql(
            """select jsonb_build_array(direction, text) from public_entry where ticket_id = %(id)s
               order by id desc limit 1""",
            id=ticket_id,
        )
        return found[0], found[1]


@pytest.fixture
async def living(desk: Desk) -> Living:
    async with desk.parts.database.transaction() as tx:
        await load_demo(tx, now=desk.now, seed=1, tickets=200)
    return Living(desk, await find_you(desk.parts.database))


async def test_speak_without_guests_opens_a_chat(living: Living) -> None:
    before = await living.newest()
    await living.speak()
    ticket = await living.newest()
    assert ticket > before
    assert (await living.last_words(ticket))[0] == "in"
    kind = "select h.kind from ticket t join channel h on h.id = t.channel_id where t.id = %(id)s"
    assert await living.desk.sql(kind, id=ticket) == "chat"


async def test_speak_after_question_answers_it_in_the_same_ticket(living: Living) -> None:
    await living.speak()
    ticket = await living.newest()
    await living.answer(ticket, "请问您哪天方便上门? Which day would suit you?")
    for _ in range(4):
        living.desk.later(seconds=30)
        await living.speak()
    direction, text = await living.last_words(ticket)
    assert direction == "in"
    assert "Which day" not in text


async def test_speak_after_good_bye_lets_the_guest_leave(living: Living) -> None:
    await living.speak()
    ticket = await living.newest()
    await living.answer(ticket, "不客气,祝您生活愉快! You're welcome, have a nice day!")
    for _ in range(6):
        living.desk.later(seconds=60)
        await living.speak()
    messages = await living.desk.sql("select message_count from ticket where id = %(id)s", id=ticket)
    assert messages == 3


async def test_speak_without_answer_asks_again_but_not_forever(living: Living) -> None:
    await living.speak()
    ticket = await living.newest()
    for _ in range(30):
        living.desk.later(seconds=60)
        await living.speak()
    messages = await living.desk.sql("select message_count from ticket where id = %(id)s", id=ticket)
    assert messages == 3


async def test_work_on_a_colleagues_ticket_answers_the_customer(living: Living) -> None:
    await living.live._sit_down()
    await living.speak()
    ticket = await living.newest()
    colleague = "select person_id from presence where state = 'online' and person_id <> %(you)s order by 1 limit 1"
    team = "select team_id from ticket where id = %(id)s"
    member = f"""
        select m.person_id from membership m where m.team_id = ({team}) and m.person_id in
            (select person_id from presence where state = 'online') limit 1"""
    assert await living.desk.sql(colleague, you=living.you)
    await living.give(ticket, int(await living.desk.sql(member, id=ticket)))
    for _ in range(8):
        living.desk.later(seconds=20)
        await living.live.work()
    assert await living.desk.sql("select count(*) from outbox where ticket_id = %(id)s", id=ticket)


async def test_work_never_answers_the_signed_in_persons_tickets(living: Living) -> None:
    await living.live._sit_down()
    mine = "select count(*) from outbox o join ticket t on t.id = o.ticket_id where t.assignee_id = %(you)s"
    await living.speak()
    ticket = await living.newest()
    await living.desk.run(
        "insert into membership select team_id, %(you)s from ticket where id = %(id)s", you=living.you, id=ticket
    )
    await living.give(ticket, living.you)
    before = await living.desk.sql(mine, you=living.you)
    for _ in range(10):
        living.desk.later(seconds=20)
        await living.live.work()
    assert await living.desk.sql(mine, you=living.you) == before


async def test_sit_down_brings_colleagues_online_but_not_you(living: Living) -> None:
    await living.live._sit_down()
    online = "select count(*) from presence where state = 'online'"
    assert await living.desk.sql(online) == 14
    assert not await living.desk.sql(online + " and person_id = %(you)s", you=living.you)


async def test_change_places_sends_one_away_and_brings_them_back(living: Living) -> None:
    await living.live._sit_down()
    away = "select count(*) from presence where state = 'away'"
    await living.live._change_places()
    assert await living.desk.sql(away) == 1
    await living.live._change_places()
    assert await living.desk.sql(away) == 0
