"""One message of a customer: answered, asked again, or passed on to a person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from ombud.assistance.answering import queries
from ombud.assistance.answering.events import QuestionAnswered
from ombud.assistance.answering.queries import Asked, Turn
from ombud.assistance.answering.rules.wishes import (
    is_angry,
    is_done,
    is_question,
    is_unhelped,
    language_of,
    wants_person,
)
from ombud.assistance.answering.schemas import Answer, Reason
from ombud.assistance.answering.services.ending import GRACE, finish, hand_over, hold, let_go, locked, say_line
from ombud.assistance.answering.services.finding import Judged, Knowing, judge, question_of
from ombud.assistance.answering.services.guiding import Tip, tips_for
from ombud.assistance.answering.services.keeping import keep_question
from ombud.assistance.answering.words import choice_text, line, mail_text, tip_text
from ombud.intelligence.risk.services import find_risks
from ombud.knowledge.articles.schemas import Reader
from ombud.knowledge.reports.schemas import Use
from ombud.knowledge.reports.services.noting import note_search, note_use
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Database, Transaction
from ombud.shared.errors import OmbudError
from ombud.shared.events import emit
from ombud.tickets.schemas import LockedTicket, MachineNote
from ombud.tickets.services.automatic import ALLOWED, send_as_machine

# Whoever waits for so long is not answered by a machine out of the blue.
LATE: Final = timedelta(minutes=2)
# On one ticket within a day, whatever begins its talks anew: two machines would answer each other for ever.
MOST_A_DAY: Final = 10
MOST_ATTEMPTS: Final = 3
PAUSE: Final = timedelta(seconds=2)


class Scene(Struct, frozen=True):
    """What a turn is taken with."""

    knowing: Knowing
    # of this installation, for links in mails
    address: str


class Next(Struct, frozen=True):
    """A message that wants a look; ``asked`` is what is known of it where the articles will be searched."""

    entry_id: int
    asked: Asked | None = None


async def next_message(tx: Transaction, *, now: datetime) -> Next | None:
    """The oldest message that wants a look and that nobody looks at; None where there is none."""
    turn = await queries.take_turn(tx, now=now)
    if turn is None:
        return None
    asked = await queries.load_asked(tx, turn, now=now)
    return Next(turn.entry_id, asked if asked and _is_searched(turn, asked, now=now) else None)


async def judge_next(database: Database, scene: Scene, found: Next, *, now: datetime) -> Judged | None:
    """What the articles say to a message; None where they are not asked. Outside of a transaction."""
    if found.asked is None:
        return None
    asked = found.asked
    reader = Reader("public", frozenset(), frozenset({asked.brand_id}))
    said = frozenset(asked.said_ids)
    return await judge(database, scene.knowing, _question(asked), asked.rule, reader, now=now, said_ids=said)


async def answer_next(tx: Transaction, scene: Scene, found: Next, judged: Judged | None, *, now: datetime) -> None:
    """Look at a message, unless somebody else has done so meanwhile. ``judged`` is what ``judge_next`` said of it.

    Emits: QuestionAnswered, MachineTalkEnded, ReplySent, TicketChanged, TicketSolved
    """
    turn = await queries.take_turn(tx, now=now, entry_id=found.entry_id)
    if turn is None:
        return
    asked = await queries.load_asked(tx, turn, now=now)
    if judged is None and asked and _is_searched(turn, asked, now=now):
        # It was nothing for the articles a moment ago and is now: the next look asks them.
        return
    await _look(tx, scene, turn, asked, judged, now=now)
    await tx.execute("delete from machine_turn where entry_id = %(id)s", {"id": turn.entry_id})


async def put_off(tx: Transaction, entry_id: int | None, *, now: datetime) -> None:
    """Give a message, or the oldest, another try later, or to people where it fails again and again."""
    turn = await queries.take_turn(tx, now=now, entry_id=entry_id)
    if turn is None:
        return
    params = {"id": turn.entry_id, "at": now + PAUSE * (turn.attempts + 1)}
    if turn.attempts + 1 < MOST_ATTEMPTS:
        sql = "update machine_turn set attempts = attempts + 1, not_before = %(at)s where entry_id = %(id)s"
        await tx.execute(sql, params)
        return
    await tx.execute("delete from machine_turn where entry_id = %(id)s", params)
    await let_go(tx, turn.ticket_id, now=now)


def _is_left(asked: Asked) -> bool:
    return asked.has_person or not asked.rule.is_on or asked.talk_state == "handed_off"


def _is_searched(turn: Turn, asked: Asked, *, now: datetime) -> bool:
    """Whether the articles will be asked; the same as ``_look`` finds, but for what happens meanwhile."""
    if not asked.is_open or asked.has_newer or _is_left(asked):
        return False
    is_over = is_done(asked.text) and bool(asked.talk_answers)
    is_asked = _is_asked(asked) and not is_over
    return is_asked and _why_person(asked, is_late=now - turn.at > LATE) is None


async def _look(
    tx: Transaction, scene: Scene, turn: Turn, asked: Asked | None, judged: Judged | None, *, now: datetime
) -> None:
    if asked is None or not asked.is_open or asked.has_newer:
        return
    if _is_left(asked):
        await let_go(tx, turn.ticket_id, now=now)
        return
    locale = asked.talk_locale or language_of(asked.text, "zh-CN" if asked.customer_locale[:2] == "zh" else "en")
    reason = _why_person(asked, is_late=now - turn.at > LATE)
    if reason is not None:
        await _pass_on(tx, turn, asked, Judged("person", reason), locale, now=now)
    elif is_done(asked.text) and asked.talk_answers:
        ticket = await locked(tx, turn.ticket_id)
        if ticket is not None:
            await finish(tx, ticket, asked.rule, "helped", locale, now=now)
    elif not _is_asked(asked):
        await _ask_again(tx, turn, asked, None, locale, now=now)
    elif judged is not None:
        await _say(tx, scene, turn, asked, judged, locale, now=now)


def _why_person(asked: Asked, *, is_late: bool) -> Reason | None:
    """Why a person has it without any look at the articles: the customer's wish comes first."""
    text = _question(asked)
    is_second = asked.rule.place != "widget" and asked.talk_answers > 0
    enough = asked.talk_answers >= asked.rule.most_answers or asked.answers_today >= MOST_A_DAY
    if is_second and is_done(asked.text):
        return None
    checks: tuple[tuple[Reason, bool], ...] = (
        ("machine_wrote", asked.details.kind != "normal" or _is_machines(asked)),
        ("late", is_late),
        ("asked", wants_person(asked.text)),
        ("risk", bool(find_risks(text))),
        ("angry", is_angry(text)),
        ("important", bool(asked.tier)),
        ("complaint", asked.has_complaint),
        ("not_helped", asked.talk_answers > 0 and (is_unhelped(asked.text) or is_second)),
        ("enough", enough and not is_done(asked.text)),
        ("attachment", asked.has_files and not is_question(asked.text)),
    )
    return next((reason for reason, holds in checks if holds), None)


def _is_machines(asked: Asked) -> bool:
    return asked.details.from_ is not None and asked.details.auto_answer != ALLOWED


async def _pass_on(tx: Transaction, turn: Turn, asked: Asked, judged: Judged, locale: str, *, now: datetime) -> None:
    ticket = await locked(tx, turn.ticket_id)
    if ticket is None or judged.reason is None:
        return
    await keep_question(
        *(tx, asked.rule, judged, _question(asked), locale),
        ticket_id=ticket.id,
        question_entry_id=turn.entry_id,
        now=now,
    )
    await hand_over(tx, ticket, asked.rule, judged.reason, locale, key=str(turn.entry_id), now=now)


def _is_asked(asked: Asked) -> bool:
    return asked.chosen is not None or is_question(_question(asked))


def _question(asked: Asked) -> str:
    if asked.chosen is not None:
        return asked.chosen
    return asked.text if asked.rule.place == "widget" else question_of(asked.subject, asked.text)


async def _ask_again(
    tx: Transaction, turn: Turn, asked: Asked, judged: Judged | None, locale: str, *, now: datetime
) -> None:
    """Ask once for other words; where that was done, or by mail, a person has it."""
    found = judged or Judged("not_sure", "no_question")
    if asked.has_asked_again or asked.rule.place != "widget":
        await _pass_on(tx, turn, asked, found, locale, now=now)
        return
    ticket = await locked(tx, turn.ticket_id)
    if ticket is None:
        return
    await keep_question(
        *(tx, asked.rule, found, _question(asked), locale),
        ticket_id=ticket.id,
        question_entry_id=turn.entry_id,
        now=now,
    )
    note = MachineNote("ask", choices=list(found.near))
    text = choice_text(found.near, locale) or line("greet" if found.reason == "no_question" else "ask", locale)
    await say_line(tx, ticket, text, note, key=f"machine-ask-{turn.entry_id}", now=now)
    await _go_on(tx, ticket, asked, locale, answers=0, has_asked=True, now=now)


async def _say(
    tx: Transaction, scene: Scene, turn: Turn, asked: Asked, judged: Judged, locale: str, *, now: datetime
) -> None:
    results = int(judged.best is not None and judged.best.confidence >= asked.rule.threshold)
    await note_search(tx, text=_question(asked), locale=locale, place=asked.rule.place, results=results, now=now)
    if asked.rule.place == "widget":
        await _tell(tx, turn, asked, locale, now=now)
    if judged.answer is not None:
        await _answer(tx, scene, turn, asked, judged, locale, now=now)
    elif judged.reason == "unknown" and judged.state == "not_sure":
        await _ask_again(tx, turn, asked, judged, locale, now=now)
    else:
        await _pass_on(tx, turn, asked, judged, locale, now=now)


async def _answer(
    tx: Transaction, scene: Scene, turn: Turn, asked: Asked, judged: Judged, locale: str, *, now: datetime
) -> None:
    ticket, answer = await locked(tx, turn.ticket_id), judged.answer
    # Somebody took it while we searched.
    if ticket is None or answer is None or ticket.assignee_id is not None:
        return
    answer_id = await keep_question(
        *(tx, asked.rule, judged, _question(asked), locale),
        ticket_id=ticket.id,
        question_entry_id=turn.entry_id,
        now=now,
    )
    tips = await _tips(tx, asked, ticket, locale, now=now) if asked.rule.place != "widget" else []
    note, text = _worded(scene, asked, answer, tips, locale)
    note.answer_id = answer_id
    try:
        async with tx.transaction():
            entry_id = await send_as_machine(
                tx, ticket, text, note, client_key=f"machine-{turn.entry_id}", by=SYSTEM, now=now
            )
    except OmbudError:
        sql = "update machine_answer set state = 'person', reason = 'no_way' where id = %(id)s"
        await tx.execute(sql, {"id": answer_id})
        await hand_over(tx, ticket, asked.rule, "no_way", locale, key=str(turn.entry_id), now=now)
        return
    if entry_id is None:
        return
    await tx.execute(
        "update machine_answer set entry_id = %(entry)s where id = %(id)s", {"entry": entry_id, "id": answer_id}
    )
    await _go_on(tx, ticket, asked, locale, answers=1, has_asked=False, now=now)
    use = Use(
        article_id=answer.article_id,
        version_id=answer.version_id,
        ticket_id=ticket.id,
        entry_id=entry_id,
        place=asked.rule.place,
    )
    await note_use(tx, [use], now=now)
    fact = QuestionAnswered(
        ticket_id=ticket.id,
        team_id=ticket.team_id,
        answer_id=answer_id,
        entry_id=entry_id,
        article_id=answer.article_id,
    )
    await emit(tx, fact, by=SYSTEM, at=now)


def _worded(scene: Scene, asked: Asked, answer: Answer, tips: Sequence[Tip], locale: str) -> tuple[MachineNote, str]:
    """An answer as its channel says it: a chat shows what the note knows, a mail has all of it in its text."""
    note = MachineNote(
        "answer",
        article_id=answer.article_id,
        title=answer.title,
        path=answer.path,
        confidence=round(answer.confidence, 3),
        is_worded=answer.is_worded,
    )
    if asked.rule.place == "widget":
        return note, answer.text
    note.card_ids = [one.card_id for one in tips]
    said = [tip_text(one.text, _link(scene, one.path), locale) for one in tips]
    link = _link(scene, answer.path)
    return note, mail_text(answer.text, answer.title, link, locale, is_worded=answer.is_worded, tips=said)


def _link(scene: Scene, path: str) -> str:
    return f"{scene.address.rstrip('/')}{path}" if scene.address and path else ""


async def _tips(tx: Transaction, asked: Asked, ticket: LockedTicket, locale: str, *, now: datetime) -> list[Tip]:
    reader = Reader("public", frozenset(), frozenset({asked.brand_id}))
    known = {"message": _question(asked)}
    return await tips_for(tx, asked.rule, reader, locale, ticket_id=ticket.id, known=known, now=now)


async def _tell(tx: Transaction, turn: Turn, asked: Asked, locale: str, *, now: datetime) -> None:
    """Say cards' words in a chat, each as a message of its own, before the answer that the customer judges.

    They are told where the articles have no answer, too: a card knows what happens just now.
    """
    ticket = await locked(tx, turn.ticket_id)
    if ticket is None or ticket.assignee_id is not None:
        return
    for one in await _tips(tx, asked, ticket, locale, now=now):
        note = MachineNote("card", title=one.title, path=one.path, card_ids=[one.card_id])
        await say_line(tx, ticket, one.text, note, key=f"machine-card-{one.card_id}", now=now)


async def _go_on(
    tx: Transaction, ticket: LockedTicket, asked: Asked, locale: str, *, answers: int, has_asked: bool, now: datetime
) -> None:
    """Keep the talk open until nothing is heard; one that was over begins anew."""
    silent_at = now + timedelta(minutes=asked.rule.silence_minutes)
    sql = """
        insert into machine_talk as m (ticket_id, rule_id, place, locale, answers, has_asked_again, began_at, silent_at)
        values (%(ticket)s, %(rule)s, %(place)s, %(locale)s, %(answers)s, %(asked)s, %(now)s, %(silent)s)
        on conflict (ticket_id) do update set rule_id = excluded.rule_id, state = 'talking', ended_at = null,
            answers = case when m.state = 'talking' then m.answers else 0 end + excluded.answers,
            has_asked_again = excluded.has_asked_again or (m.state = 'talking' and m.has_asked_again),
            silent_at = excluded.silent_at
        where m.state <> 'handed_off'"""
    params = {
        "ticket": ticket.id,
        "rule": asked.rule.id,
        "place": asked.rule.place,
        "locale": locale,
        "answers": answers,
        "asked": has_asked,
        "now": now,
        "silent": silent_at,
    }
    await tx.execute(sql, params)
    if asked.rule.holds:
        await hold(tx, ticket.id, silent_at + GRACE)
    else:
        await let_go(tx, ticket.id, now=now)
