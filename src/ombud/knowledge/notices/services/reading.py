"""Opening, reading and answering: what somebody whom a notice is for does with it."""

from datetime import datetime

from ombud.knowledge.notices import queries
from ombud.knowledge.notices.events import NoticeSettled
from ombud.knowledge.notices.queries import LockedNotice
from ombud.knowledge.notices.rules import grade
from ombud.knowledge.notices.schemas import Graded, Notice, NoticeAnswers, NoticeReceipt
from ombud.knowledge.notices.services.writing import say
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit


class ReadAnew(Conflict):
    """The notice says another thing now. Load it again and read it."""

    code = "notice_changed"


class NoTriesLeft(Conflict):
    """All tries are used up. Ask your supervisor for another one."""

    code = "no_tries_left"


class NotCurrent(Conflict):
    """The notice is over, or was withdrawn: it need not be read any more."""

    code = "notice_over"


async def open_notice(tx: Transaction, notice_id: int, *, by: Actor, now: datetime) -> Notice:
    """Give a notice to read, and note that its reader has opened it; what told them of it is read, too.

    Raises:
        NotFound: it is not there for the actor.
    """
    notice = await queries.find_notice(tx, notice_id, by=by, now=now)
    if notice.own is None or notice.standing != "current":
        return notice
    sql = """
        insert into notice_receipt as r (notice_id, edition, person_id, opened_at)
        values (%(id)s, %(edition)s, %(me)s, %(now)s)
        on conflict (notice_id, edition, person_id) do update set opened_at = excluded.opened_at
        where r.opened_at is null"""
    await tx.execute(sql, {"id": notice_id, "edition": notice.edition, "me": by.person_id, "now": now})
    await _read_notifications(tx, notice_id, by=by, now=now)
    return await queries.find_notice(tx, notice_id, by=by, now=now)


async def _read_notifications(tx: Transaction, notice_id: int, *, by: Actor, now: datetime) -> None:
    sql = """
        update notification set read_at = %(now)s
        where notice_id = %(id)s and person_id = %(me)s and read_at is null"""
    await tx.execute(sql, {"id": notice_id, "me": by.person_id, "now": now})


async def read_notice(tx: Transaction, notice_id: int, edition: int, *, by: Actor, now: datetime) -> Notice:
    """Tick a notice as read; without questions that settles it. Ticking again changes nothing.

    Raises:
        NotFound: it is not for the actor.
        NotCurrent: it is over.
        ReadAnew: it was changed since it was loaded.

    Emits: NoticeSettled
    """
    notice = await _mine(tx, notice_id, edition, by=by, now=now)
    sql = """
        insert into notice_receipt as r (notice_id, edition, person_id, opened_at, read_at)
        values (%(id)s, %(edition)s, %(me)s, %(now)s, %(now)s)
        on conflict (notice_id, edition, person_id) do update set read_at = excluded.read_at,
            opened_at = coalesce(r.opened_at, excluded.opened_at)
        where r.read_at is null"""
    params = {"id": notice.id, "edition": notice.edition, "me": by.person_id, "now": now}
    if await execute(tx, sql, params) and not await queries.questions_of(tx, notice_id):
        await _settle(tx, notice, by=by, now=now)
    await _read_notifications(tx, notice_id, by=by, now=now)
    return await queries.find_notice(tx, notice_id, by=by, now=now)


async def answer_questions(tx: Transaction, notice_id: int, data: NoticeAnswers, *, by: Actor, now: datetime) -> Graded:
    """Grade a try. Whoever has passed has passed: another try counts for nothing.

    Raises:
        NotFound: it is not for the actor.
        NotCurrent: it is over.
        ReadAnew: it was changed since it was loaded.
        NoTriesLeft: the bound of tries is reached.
        Invalid: there are no questions, or more answers than questions.

    Emits: NoticeSettled
    """
    notice = await _mine(tx, notice_id, data.edition, by=by, now=now)
    questions = await queries.questions_of(tx, notice_id)
    if not questions or len(data.chosen) > len(questions):
        raise Invalid("Answer the questions of this notice.", fields={"chosen": "not_of_this"})
    own = await _receipt(tx, notice_id, by=by, now=now)
    if own.passed_at is None and own.tries_left == 0:
        raise NoTriesLeft
    percent, wrong = grade(questions, data.chosen)
    is_passed = percent >= notice.pass_percent
    if own.passed_at is None:
        await _note_try(tx, notice, percent, is_passed=is_passed, by=by, now=now)
    return Graded(percent, is_passed, wrong, await _receipt(tx, notice_id, by=by, now=now))


async def _note_try(
    tx: Transaction, notice: LockedNotice, percent: int, *, is_passed: bool, by: Actor, now: datetime
) -> None:
    sql = """
        insert into notice_receipt as r (notice_id, edition, person_id, opened_at, read_at, tries, all_tries,
            best_percent, passed_at)
        values (%(id)s, %(edition)s, %(me)s, %(now)s, %(now)s, 1, 1, %(percent)s, %(passed)s)
        on conflict (notice_id, edition, person_id) do update set
            opened_at = coalesce(r.opened_at, excluded.opened_at), read_at = coalesce(r.read_at, excluded.read_at),
            tries = r.tries + 1, all_tries = r.all_tries + 1,
            best_percent = greatest(r.best_percent, excluded.best_percent), passed_at = excluded.passed_at"""
    params = {"id": notice.id, "edition": notice.edition, "me": by.person_id, "now": now, "percent": percent}
    await tx.execute(sql, params | {"passed": now if is_passed else None})
    if is_passed:
        await _settle(tx, notice, by=by, now=now)
        await _read_notifications(tx, notice.id, by=by, now=now)


async def give_tries(tx: Transaction, notice_id: int, person_id: int, *, by: Actor, now: datetime) -> None:
    """Let somebody try the questions anew, as often as the notice allows.

    Raises:
        NotFound: no such notice for the actor, or the person is not of its audience or not whom they lead.

    Emits: NoticeChanged
    """
    by.require("notices.manage")
    notice = await queries.lock_notice(tx, notice_id, by=by, now=now)
    if not any(one.person_id == person_id for one in await queries.list_readers(tx, notice_id, by=by)):
        raise NotFound
    sql = """
        update notice_receipt set tries = 0
        where notice_id = %(id)s and edition = %(edition)s and person_id = %(person)s and passed_at is null
            and tries > 0"""
    if await execute(tx, sql, {"id": notice_id, "edition": notice.edition, "person": person_id}):
        await say(tx, notice_id, "tries_given", by=by, now=now)


async def _settle(tx: Transaction, notice: LockedNotice, *, by: Actor, now: datetime) -> None:
    fact = NoticeSettled(notice_id=notice.id, edition=notice.edition, person_id=by.person_id)
    await emit(tx, fact, by=by, at=now)


async def _receipt(tx: Transaction, notice_id: int, *, by: Actor, now: datetime) -> NoticeReceipt:
    found = await queries.find_notice(tx, notice_id, by=by, now=now)
    return found.own or NoticeReceipt()


async def _mine(tx: Transaction, notice_id: int, edition: int, *, by: Actor, now: datetime) -> LockedNotice:
    # Two tries of one person at once: the second waits and is counted.
    lock = "select id from person where id = %(me)s for no key update"
    if not by.person_id or await value(tx, int, lock, {"me": by.person_id}) is None:
        raise NotFound
    notice = await queries.see_notice(tx, notice_id, by=by, now=now)
    if not await queries.is_for(tx, notice_id, by.person_id):
        raise NotFound
    is_over = notice.until_at is not None and notice.until_at <= now
    if notice.state != "published" or notice.from_at > now or is_over:
        raise NotCurrent
    if notice.edition != edition:
        raise ReadAnew
    return notice
