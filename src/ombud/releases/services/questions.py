"""Questions of agents about a release: asked, given to somebody, answered for everybody."""

from datetime import datetime

from msgspec import UNSET, Struct

from ombud.releases import queries
from ombud.releases.queries import LockedNote
from ombud.releases.rules import answer_due
from ombud.releases.schemas import Release, ReleaseAnswerIn, ReleaseQuestionIn, ReleaseQuestionPatch
from ombud.releases.services.notes import say
from ombud.releases.services.telling import tell
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, value
from ombud.shared.errors import Conflict, Invalid, NotAllowed, NotFound

MOST_OPEN = 100


class TooManyQuestions(Conflict):
    """A hundred questions wait for an answer. Look whether yours is among them."""

    code = "too_many_questions"


async def ask(tx: Transaction, note_id: int, data: ReleaseQuestionIn, *, by: Actor, now: datetime) -> Release:
    """Ask something about a release; its owner answers within three days, and before it goes live.

    Raises:
        NotFound: the actor may not see the note.
        Invalid: nothing is asked.
        TooManyQuestions: a hundred are open.

    Emits: ReleaseChanged, NotificationMade
    """
    note = await queries.lock_note(tx, note_id, by=by)
    text = data.text.strip()
    if not text:
        raise Invalid("Ask something.", fields={"text": "required"})
    left = "select count(*) from release_question where note_id = %(id)s and answered_at is null"
    if (await value(tx, int, left, {"id": note_id}) or 0) >= MOST_OPEN:
        raise TooManyQuestions
    sql = """
        insert into release_question (note_id, text, asked_by, asked_at, owner_id, due_at)
        values (%(note)s, %(text)s, %(by)s, %(now)s, %(owner)s, %(due)s)"""
    params = {
        "note": note_id,
        "text": text,
        "by": by.person_id or None,
        "now": now,
        "owner": note.owner_id,
        "due": answer_due(note.live_at, now=now),
    }
    await tx.execute(sql, params)
    await tell(tx, note, "release_question", [note.owner_id], by=by, now=now)
    await say(tx, note, "asked", by=by, now=now)
    return await queries.find_note(tx, note_id, by=by, now=now)


class _Question(Struct):
    asked_by: int | None
    owner_id: int


async def _question(tx: Transaction, note_id: int, question_id: int) -> _Question:
    sql = "select asked_by, owner_id from release_question where id = %(id)s and note_id = %(note)s"
    found = await row(tx, _Question, sql, {"id": question_id, "note": note_id})
    if found is None:
        raise NotFound
    return found


def _check_answers(note: LockedNote, question: _Question, *, by: Actor) -> None:
    writes = by.may("releases.write") and by.sees_team(note.team_id)
    if not writes and question.owner_id != by.person_id:
        raise NotAllowed("Whoever it was given to answers, or somebody of the product team.")


async def assign_question(
    tx: Transaction, note_id: int, question_id: int, data: ReleaseQuestionPatch, *, by: Actor, now: datetime
) -> Release:
    """Give a question to somebody, by another day; they are told.

    Raises:
        NotFound: no such question of a note that the actor may see.
        NotAllowed: it is neither theirs nor their team's.
        Invalid: an unknown or former colleague.

    Emits: ReleaseChanged, NotificationMade
    """
    note = await queries.lock_note(tx, note_id, by=by)
    question = await _question(tx, note_id, question_id)
    _check_answers(note, question, by=by)
    owner = question.owner_id if data.owner_id is UNSET else data.owner_id
    if not await queries.known_people(tx, [owner]):
        raise Invalid("Somebody is not there any more. Choose again.", fields={"owner_id": "unknown"})
    due_at = None if data.due_at is UNSET else data.due_at
    sql = """
        update release_question set owner_id = %(owner)s, due_at = coalesce(%(due)s, due_at),
            is_warned = is_warned and %(due)s::timestamptz is null
        where id = %(id)s and (owner_id, due_at) is distinct from (%(owner)s, coalesce(%(due)s, due_at))"""
    if await execute(tx, sql, {"owner": owner, "due": due_at, "id": question_id}):
        if owner != question.owner_id:
            await tell(tx, note, "release_question", [owner], by=by, now=now)
        await say(tx, note, "assigned", by=by, now=now)
    # Whoever saw the note for this question's sake alone has given it out of their hands.
    return await queries.find_note(tx, note_id, by=by, now=now, is_held=True)


async def answer_question(
    tx: Transaction, note_id: int, question_id: int, data: ReleaseAnswerIn, *, by: Actor, now: datetime
) -> Release:
    """Answer a question for everybody, or better the answer; whoever asked is told.

    Raises:
        NotFound: no such question of a note that the actor may see.
        NotAllowed: it is neither theirs nor their team's.
        Invalid: the answer is blank.

    Emits: ReleaseChanged, NotificationMade
    """
    note = await queries.lock_note(tx, note_id, by=by)
    question = await _question(tx, note_id, question_id)
    _check_answers(note, question, by=by)
    text = data.answer.strip()
    if not text:
        raise Invalid("Answer something.", fields={"answer": "required"})
    sql = """
        update release_question set answer = %(text)s, answered_by = %(by)s, answered_at = %(now)s
        where id = %(id)s and answer is distinct from %(text)s"""
    if await execute(tx, sql, {"text": text, "by": by.person_id or None, "now": now, "id": question_id}):
        await tell(tx, note, "release_answered", [question.asked_by], by=by, now=now)
        await say(tx, note, "answered", by=by, now=now)
    return await queries.find_note(tx, note_id, by=by, now=now)
