"""The demo's outside world of mail: it takes what the demo's mailboxes send, and now and then somebody writes back.

Only mailboxes without a server and with an address that can be nobody's (``.example``) are carried: whoever sets up a
real mailbox on the demo desk sends real mail, which this never touches.
"""

import random
import re
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.channels.email.outgoing import ClaimedMail, claim_mail, note_sent
from ombud.channels.email.read import PURPOSE
from ombud.customers.schemas import Sender
from ombud.demo.guests import Guest, Known, Receive
from ombud.demo.manners import answer_to
from ombud.demo.material import read_material
from ombud.shared.actor import SYSTEM
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Transaction, row, rows
from ombud.shared.events import emit_all
from ombud.tickets.events import DeliveryChanged
from ombud.tickets.schemas import Address, EntryDetails, InboundMessage
from ombud.tickets.services.intake.door import Arrival

# From the first server to the customer's own; then until somebody who reads their mail has an answer.
UNDER_WAY = timedelta(seconds=4)
ANSWERS_AFTER = (25.0, 90.0)
ANSWER_SHARE = 0.7
CARRIED = """
    c.kind = 'email' and c.is_active and c.deleted_at is null
    and coalesce(c.settings -> 'smtp' ->> 'host', '') = '' and c.settings ->> 'address' like '%%.example'"""
ORDER = re.compile(r"LJ\d{10}")


class _Due(Struct):
    channel_id: int
    address: str


class _Arrived(Struct):
    entry_id: int
    ticket_id: int
    team_id: int


class _Letter(Struct):
    """An answer that a customer has read and may answer."""

    text: str
    subject: str
    written: str
    address: str


class Planned(Struct):
    """An answer that a customer will write."""

    at: datetime
    mail: ClaimedMail
    mailbox: str


class Post:
    """Carries the demo's mails; what customers mean to answer is forgotten with the process."""

    def __init__(self, key_ring: KeyRing, rng: random.Random) -> None:
        self._key, self._rng = key_ring.derive(PURPOSE), rng
        self._planned: list[Planned] = []

    async def carry(self, tx: Transaction, *, now: datetime) -> int:
        """Take what is due, and tell of what has arrived; how many mails moved."""
        sql = f"""
            select distinct c.id as channel_id, c.settings ->> 'address' as address
            from outbox o join channel c on c.id = o.channel_id
            where o.state = 'queued' and o.not_before <= %(now)s and {CARRIED}"""
        moved = 0
        for due in await rows(tx, _Due, sql, {"now": now}):
            domain = due.address.rpartition("@")[2]
            while claimed := await claim_mail(tx, due.channel_id, self._key, domain, now=now):
                await note_sent(tx, claimed, "", now=now)
                self._plan(claimed, due, now)
                moved += 1
        return moved + await self._arrive(tx, now=now)

    async def _arrive(self, tx: Transaction, *, now: datetime) -> int:
        sql = f"""
            update outbox o set state = 'delivered', delivered_at = %(now)s
            from channel c, ticket t
            where c.id = o.channel_id and t.id = o.ticket_id and o.state = 'sent' and o.delivered_at is null
                and o.sent_at between %(now)s - interval '1 hour' and %(before)s and o.entry_id is not null
                and o.claimed_at is not null and {CARRIED}
            returning o.entry_id, t.id as ticket_id, t.team_id"""
        found = await rows(tx, _Arrived, sql, {"now": now, "before": now - UNDER_WAY})
        facts = [
            DeliveryChanged(ticket_id=one.ticket_id, team_id=one.team_id, entry_id=one.entry_id, state="delivered")
            for one in sorted(found, key=lambda one: one.entry_id)
        ]
        await emit_all(tx, facts, by=SYSTEM, at=now)
        return len(found)

    def _plan(self, claimed: ClaimedMail, due: _Due, now: datetime) -> None:
        if claimed.entry_id is None or self._rng.random() > ANSWER_SHARE:
            return
        at = now + timedelta(seconds=self._rng.uniform(*ANSWERS_AFTER))
        self._planned.append(Planned(at, claimed, due.address))

    async def answer(self, tx: Transaction, receive: Receive, *, now: datetime) -> int:
        """Let those write back whose time has come, as mails come in; how many did."""
        due = [one for one in self._planned if one.at <= now]
        self._planned = [one for one in self._planned if one.at > now]
        return sum([await self._answer(tx, one, receive, now=now) for one in due])

    async def _answer(self, tx: Transaction, planned: Planned, receive: Receive, *, now: datetime) -> bool:
        letter, known = await self._letter(tx, planned), await self._known(tx, planned)
        # Solved, taken back, or answered by chat meanwhile: nothing is left to be said.
        if letter is None or known is None:
            return False
        guest = Guest(read_material(), known, planned.mail.channel_id, self._rng, now)
        order = ORDER.search(letter.written)
        if order:
            guest.voice.facts["order"] = order[0]
        said = answer_to(letter.text, order_known=False)
        # A claim about a product would be about another one than the ticket's.
        text = guest.line("say_wait" if said == "say_insist" else said)
        name = f"{self._rng.getrandbits(96):024x}@{letter.address.rpartition('@')[2]}"
        message = InboundMessage(
            sender=Sender("email", letter.address, name=known.name, email=letter.address),
            text=text,
            at=now,
            subject=letter.subject,
            message_id=name,
            references=[planned.mail.envelope.message_id],
            details=EntryDetails(
                from_=Address(letter.address, known.name), to=[Address(planned.mailbox)], subject=letter.subject
            ),
        )
        await receive(Arrival(planned.mail.channel_id, name, message))
        return True

    async def _letter(self, tx: Transaction, planned: Planned) -> _Letter | None:
        sql = """
            select e.text, 'Re: ' || t.subject as subject, o.envelope #>> '{to,0,address}' as address,
                   coalesce((select string_agg(i.text, ' ') from public_entry i
                             where i.ticket_id = t.id and i.direction = 'in'), '') as written
            from public_entry e join ticket t on t.id = e.ticket_id join outbox o on o.entry_id = e.id
            join channel own on own.id = t.channel_id
            where e.id = %(entry)s and t.is_open and t.last_message_id = e.id and own.kind in ('email', 'form')"""
        return await row(tx, _Letter, sql, {"entry": planned.mail.entry_id})

    async def _known(self, tx: Transaction, planned: Planned) -> Known | None:
        sql = """
            select c.id, c.name, c.email, c.phone, c.locale, c.tier, '' as visitor
            from ticket t join customer c on c.id = t.customer_id where t.id = %(ticket)s"""
        return await row(tx, Known, sql, {"ticket": planned.mail.ticket_id})
