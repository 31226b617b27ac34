"""How a talk with the machine ends: it helped, nothing is heard any more, or a person has it."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from ombud.assistance.answering import queries
from ombud.assistance.answering.events import AnswerHelped, MachineTalkEnded
from ombud.assistance.answering.schemas import AnswerRule, Reason, TalkState
from ombud.assistance.answering.words import Line, line, opens_words
from ombud.channels.chat.queries import office_of
from ombud.knowledge.reports.schemas import FeedbackIn
from ombud.knowledge.reports.services.noting import note_feedback
from ombud.routing.waiting.services import newcomer
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, execute, row, value
from ombud.shared.errors import NotFound, OmbudError
from ombud.shared.events import emit
from ombud.tickets.queries.tickets import MergedTicket, default_status, lock_visible_ticket
from ombud.tickets.schemas import LockedTicket, MachineNote, TicketPatch
from ombud.tickets.schemas.values import DONE_CATEGORIES
from ombud.tickets.services.automatic import send_as_machine
from ombud.tickets.services.changes import change_ticket

SILENT_BATCH: Final = 50
# Whoever ends talks comes by before the queue lets go of their tickets.
GRACE: Final = timedelta(minutes=2)


async def locked(tx: Transaction, ticket_id: int) -> LockedTicket | None:
    """The ticket, held; None where it is gone or in another one."""
    try:
        return await lock_visible_ticket(tx, ticket_id, by=SYSTEM)
    except (NotFound, MergedTicket):
        return None


async def hold(tx: Transaction, ticket_id: int, until: datetime) -> None:
    """Let nobody be given a waiting ticket until then; one that is on somebody's screen stays there."""
    sql = "update work_wait set held_until = %(until)s where ticket_id = %(id)s and offered_to is null"
    await tx.execute(sql, {"id": ticket_id, "until": until})


async def let_go(tx: Transaction, ticket_id: int, *, now: datetime) -> None:
    """Give a held ticket to the queue; it waits for a person from now on."""
    sql = """
        update work_wait set held_until = null, look_at = '-infinity', eligible_at = %(now)s
        where ticket_id = %(id)s and held_until is not null"""
    await tx.execute(sql, {"id": ticket_id, "now": now})


async def let_late_go(tx: Transaction, *, now: datetime) -> int:
    """Give tickets to the queue whose time with the machine is over without a word of it; how many."""
    sql = """
        update work_wait set held_until = null, look_at = '-infinity', eligible_at = %(now)s
        where held_until <= %(now)s"""
    return await execute(tx, sql, {"now": now})


async def hand_over(
    tx: Transaction, ticket: LockedTicket, rule: AnswerRule, reason: Reason, locale: str, *, key: str, now: datetime
) -> None:
    """Pass a talk to people: the customer is told in a chat, the queue gets the ticket, and everything stays visible.

    Emits: MachineTalkEnded, ReplySent
    """
    if reason in {"asked", "not_helped"}:
        await _note_unhelped(tx, ticket, now=now)
    await end_talk(tx, ticket, rule, "handed_off", locale, reason=reason, now=now)
    if rule.place == "widget" and reason not in {"person_wrote", "late", "no_way"}:
        text = await _farewell(tx, ticket, locale, now=now)
        await say_line(tx, ticket, text, MachineNote("hand_over"), key=f"machine-hand-over-{key}", now=now)
    await let_go(tx, ticket.id, now=now)


async def _note_unhelped(tx: Transaction, ticket: LockedTicket, *, now: datetime) -> None:
    sql = """
        update machine_answer set helped = false, helped_at = %(now)s where id = (
            select id from machine_answer where ticket_id = %(ticket)s and state = 'answered'
                and at >= (select began_at from machine_talk where ticket_id = %(ticket)s) order by id desc limit 1)
            and helped is null returning id"""
    answer_id = await value(tx, int, sql, {"ticket": ticket.id, "now": now})
    if answer_id is not None:
        fact = AnswerHelped(ticket_id=ticket.id, team_id=ticket.team_id, answer_id=answer_id, helped=False)
        await emit(tx, fact, by=SYSTEM, at=now)


async def _farewell(tx: Transaction, ticket: LockedTicket, locale: str, *, now: datetime) -> str:
    name: Line = "hand_over"
    office = await office_of(tx, ticket.channel_id, now=now) if ticket.channel_id else None
    if office is not None and not office.is_open:
        if office.opens_at is not None:
            return line("hand_over_closed", locale, opens=opens_words(office.opens_at, office.time_zone, locale))
        name = "hand_over_nobody"
    elif (await newcomer(tx, ticket.team_id, now=now)).basis == "nobody":
        name = "hand_over_nobody"
    return line(name, locale)


async def say_line(
    tx: Transaction, ticket: LockedTicket, text: str, note: MachineNote, *, key: str, now: datetime
) -> int | None:
    """Say something about the talk itself; None where it may not be said, or was said before.

    Emits: ReplySent
    """
    try:
        return await send_as_machine(tx, ticket, text, note, client_key=key, by=SYSTEM, now=now)
    except OmbudError:
        # Nothing may be sent to them: a person sees the ticket all the same.
        return None


async def end_talk(
    tx: Transaction,
    ticket: LockedTicket,
    rule: AnswerRule,
    state: TalkState,
    locale: str,
    *,
    reason: Reason | None = None,
    now: datetime,
) -> None:
    """Write down how a talk ended; one that ended so before stays as it is.

    Emits: MachineTalkEnded
    """
    sql = """
        insert into machine_talk as m (ticket_id, rule_id, place, state, locale, began_at, handed_off_at, reason,
            ended_at)
        values (%(ticket)s, %(rule)s, %(place)s, %(state)s, %(locale)s, %(now)s, %(handed)s, %(reason)s, %(now)s)
        on conflict (ticket_id) do update set state = excluded.state, reason = excluded.reason,
            handed_off_at = excluded.handed_off_at, ended_at = excluded.ended_at, silent_at = null
        where m.state <> excluded.state and m.state <> 'handed_off' returning 1"""
    params = {
        "ticket": ticket.id,
        "rule": rule.id,
        "place": rule.place,
        "state": state,
        "locale": locale,
        "handed": now if state == "handed_off" else None,
        "reason": reason if state == "handed_off" else None,
        "now": now,
    }
    if await value(tx, int, sql, params) is None:
        return
    fact = MachineTalkEnded(ticket_id=ticket.id, team_id=ticket.team_id, state=state, reason=reason)
    await emit(tx, fact, by=SYSTEM, at=now)


async def finish(
    tx: Transaction, ticket: LockedTicket, rule: AnswerRule, state: TalkState, locale: str, *, now: datetime
) -> None:
    """End a talk in which nothing is left to do: solve the ticket, or give it to people where the desk asks for more.

    Emits: MachineTalkEnded, TicketChanged, TicketSolved
    """
    await end_talk(tx, ticket, rule, state, locale, now=now)
    if ticket.category in DONE_CATEGORIES:
        return
    patch = TicketPatch(status_id=await default_status(tx, "solved"))
    try:
        async with tx.transaction():
            await change_ticket(tx, ticket.id, patch, by=SYSTEM, now=now)
    except OmbudError:
        # Its form, checklist or process asks for what only people can give.
        await let_go(tx, ticket.id, now=now)


async def end_silent_talks(tx: Transaction, *, now: datetime) -> int:
    """End talks in which nothing was heard for as long as their rule waits; how many.

    Emits: MachineTalkEnded, TicketChanged, TicketSolved
    """
    silent = await queries.silent_talks(tx, now=now, limit=SILENT_BATCH)
    for ticket_id in silent:
        ticket = await locked(tx, ticket_id)
        state = await row(tx, _Talk, TALK, {"id": ticket_id})
        rule = await queries.rule_of(tx, state.rule_id) if state else None
        if ticket is None or state is None or rule is None:
            await tx.execute("update machine_talk set silent_at = null where ticket_id = %(id)s", {"id": ticket_id})
        elif rule.after_silence == "hand_off":
            await hand_over(tx, ticket, rule, "silence", state.locale, key=f"silence-{state.answers}", now=now)
        else:
            await finish(tx, ticket, rule, "silent", state.locale, now=now)
    return len(silent)


class _Talk(Struct):
    rule_id: int
    locale: str
    answers: int


TALK = "select rule_id, locale, answers from machine_talk where ticket_id = %(id)s and state = 'talking'"


async def person_came(tx: Transaction, ticket_ids: list[int], *, now: datetime) -> None:
    """Take the machine out of talks that a person has: whoever took the ticket, or wrote on it.

    Emits: MachineTalkEnded
    """
    for ticket_id in sorted(set(ticket_ids)):
        found = await row(tx, _Talk, TALK, {"id": ticket_id})
        ticket = await locked(tx, ticket_id) if found else None
        rule = await queries.rule_of(tx, found.rule_id) if found else None
        if found is not None and ticket is not None and rule is not None:
            await end_talk(tx, ticket, rule, "handed_off", found.locale, reason="person_wrote", now=now)
            await let_go(tx, ticket_id, now=now)
    await tx.execute("delete from machine_turn where ticket_id = any(%(ids)s)", {"ids": ticket_ids})


async def say_helped(tx: Transaction, entry_id: int, *, helped: bool, now: datetime) -> None:
    """Note what a customer says of an answer: it helped and the ticket is solved, or a person takes over.

    Raises:
        NotFound: this is no answer of the machine's.

    Emits: AnswerHelped, MachineTalkEnded, TicketChanged, TicketSolved, ReplySent
    """
    answer_id = await queries.answer_of_entry(tx, entry_id)
    answer = await queries.lock_answer(tx, answer_id) if answer_id else None
    ticket = await locked(tx, answer.ticket_id) if answer and answer.ticket_id else None
    if answer is None:
        raise NotFound
    if not await note_helped(tx, answer.id, helped=helped, now=now) or ticket is None:
        return
    found = await row(tx, _Talk, TALK, {"id": ticket.id})
    rule = await queries.rule_of(tx, found.rule_id) if found else None
    # A person has it by now, or it is over: what was said of the answer is kept all the same.
    if found is None or rule is None:
        return
    if helped:
        await finish(tx, ticket, rule, "helped", found.locale, now=now)
    else:
        await hand_over(tx, ticket, rule, "not_helped", found.locale, key=str(entry_id), now=now)


async def note_helped(tx: Transaction, answer_id: int, *, helped: bool, now: datetime) -> bool:
    """Note whether an answer helped; False where that was said before.

    Raises:
        NotFound: there is no such answer.

    Emits: AnswerHelped
    """
    answer = await queries.lock_answer(tx, answer_id)
    if answer is None or answer.state != "answered":
        raise NotFound
    if answer.helped == helped:
        return False
    sql = "update machine_answer set helped = %(helped)s, helped_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"helped": helped, "now": now, "id": answer.id})
    if answer.article_id is not None:
        feedback = FeedbackIn(helped=helped, locale=answer.locale, version_id=answer.version_id)
        await note_feedback(tx, answer.article_id, feedback, place=answer.place, now=now)
    fact = AnswerHelped(ticket_id=answer.ticket_id, answer_id=answer.id, helped=helped)
    await emit(tx, fact, by=SYSTEM, at=now)
    return True


async def follow_merge(tx: Transaction, ticket_id: int, *, now: datetime) -> None:
    """End the talk of a ticket that went into another one: whoever merged them has it."""
    sql = """
        update machine_talk set state = 'handed_off', reason = 'person_wrote', handed_off_at = %(now)s,
            ended_at = %(now)s, silent_at = null
        where ticket_id = %(id)s and state = 'talking'"""
    await tx.execute(sql, {"id": ticket_id, "now": now})
    await tx.execute("delete from machine_turn where ticket_id = %(id)s", {"id": ticket_id})
