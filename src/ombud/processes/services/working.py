"""What people do within a stage: answer its form, try solutions, hear the customer's word."""

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from psycopg.types.json import Jsonb

from ombud.processes import queries
from ombud.processes.events import ConfirmationHeard, SolutionTried, StageAnswered
from ombud.processes.queries import Run
from ombud.processes.rules import is_answer, solution_key, stage_of
from ombud.processes.schemas import (
    Answer,
    Answers,
    ConfirmationIn,
    ConfirmationLinkIn,
    GivenLink,
    HeardBy,
    SolutionIn,
    SolutionOutcome,
    Stage,
    Visit,
)
from ombud.processes.services.links import ask_by_link, give_link
from ombud.processes.services.running import current, jump, note
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.shared.lines import one_line
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import LockedTicket


class TriedBefore(Conflict):
    """The same solution failed already. Try another one, or try it again on purpose."""

    code = "solution_tried"

    def __init__(self, at: datetime, person_id: int | None) -> None:
        super().__init__()
        self.at, self.person_id = at, person_id

    def extra(self) -> dict[str, object]:
        """When it failed, and with whom."""
        return {"at": self.at, "person_id": self.person_id}


class OutcomeKnown(Conflict):
    """The result of this solution is known already."""

    code = "solution_outcome_known"


async def answer(tx: Transaction, ticket_id: int, data: Answers, *, by: Actor, now: datetime) -> None:
    """Answer questions of the present stage; the same again changes nothing.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        NoProcess: it is in none.
        Invalid: no such question, or no answer to it.

    Emits: StageAnswered
    """
    ticket, run, _, stage = await current(tx, ticket_id, by=by)
    changed = {key: given for key, given in data.answers.items() if run.answers.get(key) != given}
    _check_answers(stage, changed)
    if not changed:
        return
    kept = {key: given for key, given in (run.answers | changed).items() if given is not None}
    await tx.execute("update process_run set answers = %(a)s where id = %(id)s", {"a": Jsonb(kept), "id": run.id})
    asked = {one.key: one for one in stage.questions}
    told: list[dict[str, Any]] = []
    for key, given in changed.items():
        question = asked[key]
        chosen = next((one for one in question.choices if one.value == given), None)
        both = {"en": chosen.name_en, "zh": chosen.name_zh} if chosen else {"en": given, "zh": given}
        told.append({"en": question.name_en, "zh": question.name_zh, "answer": both})
    entry_id = await note(tx, ticket, "answered", {"answers": told}, by=by, now=now)
    fact = StageAnswered(
        ticket_id=ticket.id, team_id=ticket.team_id, run_id=run.id, questions=sorted(changed), entry_id=entry_id
    )
    await emit(tx, fact, by=by, at=now)


def _check_answers(stage: Stage, changed: dict[str, Any]) -> None:
    asked = {one.key: one for one in stage.questions}
    wrong = {key: "unknown" for key in changed if key not in asked}
    wrong |= {
        key: "not_an_answer"
        for key, given in changed.items()
        if key in asked and given is not None and not is_answer(asked[key], given)
    }
    if wrong:
        raise Invalid(
            "That is no answer to this question.", fields={f"answers.{key}": word for key, word in wrong.items()}
        )


class _Tried(Struct):
    at: datetime
    person_id: int | None


async def try_solution(tx: Transaction, ticket_id: int, data: SolutionIn, *, by: Actor, now: datetime) -> int:
    """Write down what is tried for the customer; gives its id.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        Invalid: nothing is said.
        TriedBefore: the same failed already, and ``force`` is not set.

    Emits: SolutionTried
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    text = one_line(data.text)
    key = solution_key(text)
    if not key:
        raise Invalid("Say what is tried.", fields={"text": "required"})
    sql = """
        select at, person_id from solution_tried
        where ticket_id = %(id)s and key = %(key)s and outcome = 'failed' order by id desc limit 1"""
    before = await row(tx, _Tried, sql, {"id": ticket_id, "key": key})
    if before is not None and not data.force:
        raise TriedBefore(before.at, before.person_id)
    sql = """
        insert into solution_tried (ticket_id, text, key, person_id, at)
        values (%(ticket)s, %(text)s, %(key)s, %(by)s, %(now)s) returning id"""
    params = {"ticket": ticket_id, "text": text, "key": key, "by": by.person_id or None, "now": now}
    made = await value(tx, int, sql, params) or 0
    await _tell(tx, ticket, made, "tried", text, by=by, now=now)
    return made


class _Solution(Struct):
    text: str
    outcome: str | None


async def set_outcome(
    tx: Transaction, ticket_id: int, solution_id: int, data: SolutionOutcome, *, by: Actor, now: datetime
) -> None:
    """Say whether a solution helped. So many that failed, as the process says, move the ticket up.

    Raises:
        NotFound: no such solution on a ticket that ``by`` may see.
        OutcomeKnown: it was said already.

    Emits: SolutionTried, StageEntered
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    sql = "select text, outcome from solution_tried where id = %(id)s and ticket_id = %(ticket)s for update"
    found = await row(tx, _Solution, sql, {"id": solution_id, "ticket": ticket_id})
    if found is None:
        raise NotFound
    if found.outcome is not None:
        raise OutcomeKnown
    sql = "update solution_tried set outcome = %(outcome)s, outcome_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"id": solution_id, "outcome": data.outcome, "now": now})
    await _tell(tx, ticket, solution_id, data.outcome, found.text, by=by, now=now)
    if data.outcome == "failed":
        await _move_up(tx, ticket, by=by, now=now)


async def _move_up(tx: Transaction, ticket: LockedTicket, *, by: Actor, now: datetime) -> None:
    run = await queries.open_run(tx, ticket.id)
    if run is None or not run.spec.fails_to:
        return
    failed = [one for one in await queries.list_solutions(tx, ticket.id) if one.outcome == "failed"]
    visits = await queries.list_visits(tx, run.id)
    # Once: whoever is up there already has the ticket where it belongs.
    if len(failed) < run.spec.fails or any(one.stage == run.spec.fails_to for one in visits):
        return
    await jump(tx, ticket, run, run.spec.fails_to, "failed", by=by, now=now)


async def _tell(
    tx: Transaction,
    ticket: LockedTicket,
    solution_id: int,
    change: Literal["tried", "worked", "failed"],
    text: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    entry_id = await note(tx, ticket, f"solution_{change}", {"text": text}, by=by, now=now)
    fact = SolutionTried(
        ticket_id=ticket.id, team_id=ticket.team_id, solution_id=solution_id, change=change, entry_id=entry_id
    )
    await emit(tx, fact, by=by, at=now)


async def confirm(tx: Transaction, ticket_id: int, data: ConfirmationIn, *, by: Actor, now: datetime) -> None:
    """Write down what the customer said. "Not solved" leads where the stage says; no answer is never a yes.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        NoProcess: it is in none.
        Invalid: the stage asks for no confirmation.

    Emits: ConfirmationHeard, StageEntered
    """
    ticket, run, visit, stage = await current(tx, ticket_id, by=by)
    if "confirmation" not in stage.needs:
        raise Invalid("This stage asks for no confirmation.", fields={"answer": "not_asked"})
    await hear_word(tx, ticket, run, visit, stage, Word(data.answer, data.way, data.words.strip()), by=by, now=now)


class Word(Struct, frozen=True):
    """What a customer said, and how it was heard."""

    answer: Answer
    way: HeardBy
    words: str


async def hear_word(
    tx: Transaction,
    ticket: LockedTicket,
    run: Run,
    visit: Visit,
    stage: Stage,
    word: Word,
    *,
    by: Actor,
    now: datetime,
) -> int:
    """Keep what the customer of a locked ticket said; gives the entry. "Not solved" leads where the stage says.

    Emits: ConfirmationHeard, StageEntered
    """
    sql = """
        insert into confirmation (ticket_id, visit_id, answer, words, way, person_id, at)
        values (%(ticket)s, %(visit)s, %(answer)s, %(words)s, %(way)s, %(by)s, %(now)s)"""
    told = {"answer": word.answer, "words": word.words, "way": word.way}
    params = {"ticket": ticket.id, "visit": visit.id, "by": by.person_id or None, "now": now}
    await tx.execute(sql, params | told)
    entry_id = await note(tx, ticket, "confirmed", told, by=by, now=now)
    fact = ConfirmationHeard(
        ticket_id=ticket.id, team_id=ticket.team_id, visit_id=visit.id, answer=word.answer, entry_id=entry_id
    )
    await emit(tx, fact, by=by, at=now)
    if word.answer == "not_solved" and stage_of(run.spec, stage.not_solved_to) is not None:
        await jump(tx, ticket, run, stage.not_solved_to, "not_solved", by=by, now=now)
    return entry_id


async def ask_to_confirm(
    tx: Transaction, ticket_id: int, data: ConfirmationLinkIn, *, address: str, by: Actor, now: datetime
) -> GivenLink:
    """Let the customer confirm by a link: it is sent to them, or given to who asks, to pass it on.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
        NoProcess: it is in none.
        Invalid: the stage asks for no confirmation.
    """
    ticket, _, visit, stage = await current(tx, ticket_id, by=by)
    if "confirmation" not in stage.needs:
        raise Invalid("This stage asks for no confirmation.", fields={"way": "not_asked"})
    if data.way == "given":
        return await give_link(tx, ticket, visit.id, stage, address=address, by=by, now=now)
    await ask_by_link(tx, ticket, visit.id, by=by, now=now)
    return GivenLink(None, None)
