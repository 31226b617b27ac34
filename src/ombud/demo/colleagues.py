"""Simulated colleagues: they come, go for tea, and answer their own tickets, never those of the signed-in person."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from ombud.accounts.permissions import ROLES, Role
from ombud.demo.facts import Calendar
from ombud.demo.floor import settle_floor, take_turns
from ombud.demo.grammar import Lexicon, Voice
from ombud.demo.guests import Guest
from ombud.demo.hours import DAY
from ombud.demo.manners import THANKS
from ombud.demo.material import CommonLines, read
from ombud.routing.floor.services.presence import choose_presence, note_heartbeat
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import OmbudError
from ombud.tickets.schemas import NoteIn, ReplyIn
from ombud.tickets.services.changes import add_note
from ombud.tickets.services.replies import reply

ON_SHIFT = 14
FRESH = timedelta(minutes=45)
READS_FOR = timedelta(seconds=12)
NOTE_SHARE = 0.06
# A talk that is this long is brought to its end.
LONG_TALK = 11


class Seat(Struct):
    """A colleague at work."""

    id: int
    name: str
    display_name: str
    staff_number: str
    role: Role
    team_ids: list[int]


class OwnTicket(Struct):
    """A ticket of a colleague on which the customer spoke last."""

    id: int
    assignee_id: int
    last_message_id: int
    message_count: int
    preview: str
    locale: str
    customer: str


class Shift:
    """The colleagues of one session of the demo."""

    def __init__(self, you: int, rng: random.Random) -> None:
        self._you, self._rng = you, rng
        self._seats: dict[int, Seat] = {}
        self._away: set[int] = set()
        # on a break or busy: they answer nobody
        self._gone: set[int] = set()
        lines, common = read("live.toml", CommonLines), read("common.toml", CommonLines)
        self._lexicons = {
            "zh-CN": Lexicon(lines.zh, Lexicon(common.zh)),
            "en": Lexicon(lines.en, Lexicon(common.en)),
        }

    async def sit_down(self, tx: Transaction, *, now: datetime) -> None:
        """Bring the shift online."""
        sql = """
            select p.id, p.name, p.display_name, p.staff_number, p.role, array_agg(m.team_id) as team_ids
            from person p join membership m on m.person_id = p.id
            where p.id <> %(you)s and p.deactivated_at is null and p.role in ('agent', 'supervisor')
            group by p.id order by p.id"""
        people = await rows(tx, Seat, sql, {"you": self._you})
        chosen = self._rng.sample(people, min(ON_SHIFT, len(people)))
        self._seats = {one.id: one for one in chosen}
        for one in chosen:
            await choose_presence(tx, "online", by=_actor(one), now=now)

    async def settle(self, tx: Transaction, *, now: datetime) -> None:
        """Send some of them on a break, to their letters and the like."""
        people = [_actor(one) for one in self._seats.values()]
        self._gone = set(await settle_floor(tx, people, now=now))

    async def take_turns(self, tx: Transaction, *, now: datetime) -> None:
        """One comes back from a break, and another one goes."""
        others = [_actor(one) for one in self._seats.values() if one.id not in self._away | self._gone]
        self._gone = await take_turns(tx, self._gone, others, self._rng, now=now)

    async def beat(self, tx: Transaction, *, now: datetime) -> None:
        """Tell that their screens are open."""
        await note_heartbeat(tx, sorted(self._seats), now=now)

    async def change_places(self, tx: Transaction, *, now: datetime) -> None:
        """One of them goes away or comes back."""
        if not self._seats:
            return
        one = self._seats[self._rng.choice(sorted(self._away or set(self._seats) - self._gone))]
        is_back = one.id in self._away
        await choose_presence(tx, "online" if is_back else "away", by=_actor(one), now=now)
        self._away ^= {one.id}

    async def work(self, tx: Transaction, guests: Sequence[Guest], *, now: datetime) -> bool:
        """One of them answers a ticket of theirs, if a customer waits; whether somebody did.

        To a guest they say what belongs to the guest's concern; to others that it is under way.
        """
        ticket = await self._choose(tx, now=now)
        if ticket is None:
            return False
        seat = self._seats[ticket.assignee_id]
        guest = next((one for one in guests if one.ticket_id == ticket.id), None)
        voice = self._voice(ticket, seat, guest, now)
        key = str(UUID(int=self._rng.getrandbits(128), version=4))
        try:
            if self._rng.random() < NOTE_SHARE:
                note = NoteIn(text=_say(voice, "colleague_note"), client_key=key)
                await add_note(tx, ticket.id, note, by=_actor(seat), now=now)
            else:
                data = _answer(ticket, voice, guest, key)
                await reply(tx, ticket.id, data, by=_actor(seat), now=now, undo_seconds=0)
        except OmbudError:
            # Somebody wrote or took it meanwhile: a colleague would see that and leave it.
            return False
        return True

    async def _choose(self, tx: Transaction, *, now: datetime) -> OwnTicket | None:
        sql = """
            select t.id, t.assignee_id, t.last_message_id, t.message_count, t.preview, c.locale, c.name as customer
            from ticket t join customer c on c.id = t.customer_id join channel h on h.id = t.channel_id
            where t.assignee_id = any(%(seats)s) and t.is_open and t.snoozed_until is null
                and t.category in ('new', 'open') and t.preview_by = 'customer' and h.kind = 'chat'
                and t.activity_at between %(fresh)s and %(read)s and t.last_message_id is not null
            order by t.activity_at limit 1"""
        seats = sorted(set(self._seats) - self._away - self._gone - {self._you})
        return await row(tx, OwnTicket, sql, {"seats": seats, "fresh": now - FRESH, "read": now - READS_FOR})

    def _voice(self, ticket: OwnTicket, seat: Seat, guest: Guest | None, now: datetime) -> Voice:
        locale = "zh-CN" if ticket.locale == "zh-CN" else "en"
        shown = (seat.display_name or seat.name).split()
        facts = (
            dict(guest.voice.facts)
            if guest
            else {
                "called": ticket.customer,
                "minutes": str(self._rng.choice((5, 10, 15))),
                "brand": "澜家" if locale == "zh-CN" else "Lanjia",
                "product": "机器" if locale == "zh-CN" else "machine",
                "soon": Calendar(locale[:2]).near_day(now.timestamp() + DAY),
            }
        )
        facts["agent"] = shown[0] if locale == "zh-CN" else shown[-1]
        facts["number"] = seat.staff_number
        if guest:
            return Voice(self._rng, facts, guest.voice.lexicon, guest.voice.mood, "warm", guest.voice.topic)
        return Voice(self._rng, facts, self._lexicons[locale], style="warm")


def _answer(ticket: OwnTicket, voice: Voice, guest: Guest | None, key: str) -> ReplyIn:
    is_done = bool(THANKS.search(ticket.preview)) or ticket.message_count > LONG_TALK
    name = "a_bye" if is_done else (guest.next_agent_line() if guest else "colleague_wait")
    text = _say(voice, name)
    if guest and not guest.was_greeted:
        guest.was_greeted = True
        text = _say(voice, "greeting") + ("" if ticket.locale == "zh-CN" else " ") + text
    return ReplyIn(text=text, client_key=key, last_seen_entry_id=ticket.last_message_id, solve=is_done)


def _say(voice: Voice, name: str) -> str:
    text = voice.lexicon.pick(name, voice).text(voice)
    return " ".join(piece.strip() for piece in text.split("¦")).strip()


def _actor(seat: Seat) -> Actor:
    team_ids = None if seat.role == "supervisor" else frozenset(seat.team_ids)
    return Actor(kind="person", id=seat.id, name=seat.name, permissions=ROLES[seat.role], team_ids=team_ids)
