"""Writing, publishing, changing and withdrawing notices."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import to_builtins
from psycopg.types.json import Jsonb

from ombud.knowledge.notices import queries
from ombud.knowledge.notices.events import NoticeChanged
from ombud.knowledge.notices.queries import LockedNotice
from ombud.knowledge.notices.rules import problem_of
from ombud.knowledge.notices.schemas import Notice, NoticeIn, NoticeQuestion
from ombud.knowledge.notices.services.telling import tell_audience
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value, values
from ombud.shared.errors import Conflict, Invalid, NotAllowed
from ombud.shared.events import emit
from ombud.shared.lines import one_line
from ombud.shared.written import clean_written

Change = Literal["written", "published", "changed", "withdrawn", "tries_given", "removed"]
COLUMNS = (
    *("title_en", "title_zh", "body_en", "body_zh", "article_id", "team_ids", "roles", "from_at", "until_at"),
    *("blocks_online", "pass_percent", "most_tries", "remind_hours"),
)


class ChangedMeanwhile(Conflict):
    """Somebody changed the notice meanwhile. Load it again, then make your change."""

    code = "changed_meanwhile"


class NotADraft(Conflict):
    """The notice was published already. Withdraw it instead."""

    code = "not_a_draft"


class Withdrawn(Conflict):
    """The notice was withdrawn. Write a new one."""

    code = "withdrawn"


async def write_notice(tx: Transaction, data: NoticeIn, *, by: Actor, now: datetime) -> Notice:
    """Keep a draft; nobody is told yet.

    Raises:
        Invalid: no title, a question that cannot be asked, a moment that cannot be, an unknown team or article.
        NotAllowed: it names a team that is not the actor's, or everybody, and the actor does not see every team.

    Emits: NoticeChanged
    """
    columns = await _checked(tx, data, by=by)
    sql = f"""
        insert into notice ({", ".join(COLUMNS)}, written_by, written_at, changed_at)
        values ({", ".join(f"%({one})s" for one in COLUMNS)}, %(by)s, %(now)s, %(now)s) returning id"""
    notice_id = await value(tx, int, sql, columns | {"by": by.person_id or None, "now": now}) or 0
    await _keep_questions(tx, notice_id, data.questions)
    await say(tx, notice_id, "written", by=by, now=now)
    return await queries.find_notice(tx, notice_id, by=by, now=now)


async def change_notice(tx: Transaction, notice_id: int, data: NoticeIn, *, by: Actor, now: datetime) -> Notice:
    """Change a notice. Of a published one, other questions and what is called news want to be read anew.

    Raises:
        NotFound: there is none for the actor.
        ChangedMeanwhile: somebody was faster.
        Withdrawn: it was withdrawn.
        Invalid, NotAllowed: as for a new one.

    Emits: NoticeChanged, NoticeReminded
    """
    before = await _writable(tx, notice_id, by=by, now=now)
    if data.version != before.version:
        raise ChangedMeanwhile
    columns = await _checked(tx, data, by=by)
    has_others = await queries.questions_of(tx, notice_id) != data.questions
    is_anew = before.state == "published" and (data.is_news or has_others)
    sql = f"""
        update notice set {", ".join(f"{one} = %({one})s" for one in COLUMNS)}, version = version + 1,
            edition = edition + %(anew)s::int, changed_at = %(now)s where id = %(id)s"""
    await tx.execute(sql, columns | {"anew": is_anew, "now": now, "id": notice_id})
    if has_others:
        await tx.execute("delete from notice_question where notice_id = %(id)s", {"id": notice_id})
        await _keep_questions(tx, notice_id, data.questions)
    await say(tx, notice_id, "changed", by=by, now=now)
    if before.state == "published":
        await tell_audience(tx, notice_id, now=now)
    return await queries.find_notice(tx, notice_id, by=by, now=now)


async def publish_notice(tx: Transaction, notice_id: int, *, by: Actor, now: datetime) -> Notice:
    """Let a notice hold from its moment on; its audience is told then. Publishing again changes nothing.

    Raises:
        NotFound: there is none for the actor.
        Withdrawn: it was withdrawn.
        Invalid: there is nothing to read in it, or it would end before it begins.

    Emits: NoticeChanged, NoticeReminded
    """
    before = await _writable(tx, notice_id, by=by, now=now)
    if before.state == "draft":
        found = await queries.find_notice(tx, notice_id, by=by, now=now)
        if not (found.body_en or found.body_zh or found.article_id):
            raise Invalid("Write what is to be read, or name an article.", fields={"body": "required"})
        if before.until_at is not None and before.until_at <= now:
            raise Invalid("Its end is over already.", fields={"until_at": "past"})
        sql = """
            update notice set state = 'published', published_by = %(by)s, published_at = %(now)s,
                version = version + 1, changed_at = %(now)s where id = %(id)s"""
        await tx.execute(sql, {"by": by.person_id or None, "now": now, "id": notice_id})
        await say(tx, notice_id, "published", by=by, now=now)
        await tell_audience(tx, notice_id, now=now)
    return await queries.find_notice(tx, notice_id, by=by, now=now)


async def withdraw_notice(tx: Transaction, notice_id: int, *, by: Actor, now: datetime) -> Notice:
    """Take a published notice back; its receipts stay.

    Raises:
        NotFound: there is none for the actor.
        Withdrawn: it was withdrawn already.

    Emits: NoticeChanged
    """
    await _writable(tx, notice_id, by=by, now=now)
    sql = "update notice set state = 'withdrawn', version = version + 1, changed_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"now": now, "id": notice_id})
    sql = "update notification set read_at = %(now)s where notice_id = %(id)s and read_at is null"
    await tx.execute(sql, {"now": now, "id": notice_id})
    await say(tx, notice_id, "withdrawn", by=by, now=now)
    return await queries.find_notice(tx, notice_id, by=by, now=now)


async def remove_draft(tx: Transaction, notice_id: int, *, by: Actor, now: datetime) -> None:
    """Throw a draft away.

    Raises:
        NotFound: there is none for the actor.
        NotADraft: it was published.

    Emits: NoticeChanged
    """
    before = await _writable(tx, notice_id, by=by, now=now)
    if before.state != "draft":
        raise NotADraft
    await say(tx, notice_id, "removed", by=by, now=now)
    await tx.execute("delete from notice where id = %(id)s", {"id": notice_id})


async def say(tx: Transaction, notice_id: int, change: Change, *, by: Actor, now: datetime) -> None:
    """Say what became of a notice.

    Emits: NoticeChanged
    """
    await emit(tx, NoticeChanged(notice_id=notice_id, change=change), by=by, at=now)


async def _writable(tx: Transaction, notice_id: int, *, by: Actor, now: datetime) -> LockedNotice:
    by.require("notices.manage")
    notice = await queries.lock_notice(tx, notice_id, by=by, now=now)
    _check_teams(notice.team_ids, by)
    if notice.state == "withdrawn":
        raise Withdrawn
    return notice


def _check_teams(team_ids: Sequence[int], by: Actor) -> None:
    if by.team_ids is not None and (not team_ids or not set(team_ids) <= by.team_ids):
        raise NotAllowed("Choose teams of your own. Whoever sees every team writes for everybody.")


async def _checked(tx: Transaction, data: NoticeIn, *, by: Actor) -> dict[str, object]:
    """The columns of a notice, cleaned."""
    _check_teams(data.team_ids, by)
    given: dict[str, object] = {name: getattr(data, name) for name in COLUMNS}
    given["title_en"], given["title_zh"] = one_line(data.title_en), one_line(data.title_zh)
    if not (given["title_en"] or given["title_zh"]):
        raise Invalid("Give it a title.", fields={"title": "required"})
    if data.until_at is not None and data.until_at <= data.from_at:
        raise Invalid("It would end before it begins.", fields={"until_at": "before_from"})
    for place, one in enumerate(data.questions):
        problem = problem_of(one)
        if problem:
            raise Invalid(f"Question {place + 1} cannot be asked.", fields={f"questions.{place}": problem})
    given["body_en"], given["body_zh"] = clean_written(data.body_en), clean_written(data.body_zh)
    given["team_ids"] = sorted(set(data.team_ids))
    given["roles"] = sorted(set(data.roles))
    known = "select id from team where id = any(%(ids)s::bigint[]) and archived_at is null"
    if set(await values(tx, int, known, {"ids": given["team_ids"]})) != set(data.team_ids):
        raise Invalid("A team is not there any more. Choose again.", fields={"team_ids": "unknown"})
    article = "select id from article where id = %(id)s"
    if data.article_id is not None and await value(tx, int, article, {"id": data.article_id}) is None:
        raise Invalid("There is no such article.", fields={"article_id": "unknown"})
    return given


async def _keep_questions(tx: Transaction, notice_id: int, questions: Sequence[NoticeQuestion]) -> None:
    sql = """
        insert into notice_question (notice_id, position, kind, text_en, text_zh, options)
        values (%(notice)s, %(position)s, %(kind)s, %(en)s, %(zh)s, %(options)s)"""
    for position, one in enumerate(questions):
        params = {"notice": notice_id, "position": position, "kind": one.kind, "en": one.text_en, "zh": one.text_zh}
        await tx.execute(sql, params | {"options": Jsonb(to_builtins(one.options))})
