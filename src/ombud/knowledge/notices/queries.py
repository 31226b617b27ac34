"""Reads of notices: whom they are for, how far those are, and what bars somebody from going online."""

from datetime import datetime

from msgspec import Struct

from ombud.knowledge.notices.rules import complete, standing_of
from ombud.knowledge.notices.schemas import (
    Notice,
    NoticeQuestion,
    NoticeReceipt,
    NoticeRow,
    NoticeState,
    OwnNotice,
    Reader,
    Which,
)
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, values
from ombud.shared.errors import NotFound

# Whom a notice is for: people with a seat; partners only where their role is named.
AUDIENCE = """
    (p.deactivated_at is null
     and case when n.roles = '{}' then p.role <> 'partner' else p.role = any(n.roles) end
     and (n.team_ids = '{}' or exists (
         select from membership m where m.person_id = p.id and m.team_id = any(n.team_ids))))"""
QUESTIONS = "(select count(*)::int from notice_question q where q.notice_id = n.id)"
CURRENT = "n.state = 'published' and n.from_at <= %(now)s and coalesce(n.until_at, 'infinity') > %(now)s"
SETTLED = f"(r.passed_at is not null or (r.read_at is not null and {QUESTIONS} = 0))"
MINE = "left join notice_receipt r on r.notice_id = n.id and r.edition = n.edition and r.person_id = %(me)s"
IS_MINE = f"exists (select from person p where p.id = %(me)s and {AUDIENCE})"
# Whoever writes notices sees those for everybody, and those for a team of theirs.
LED = "(%(leads)s and (%(teams)s::bigint[] is null or n.team_ids = '{}' or n.team_ids && %(teams)s::bigint[]))"
VISIBLE = f"({LED} or (n.state = 'published' and n.from_at <= %(now)s and {IS_MINE}))"
# Of an audience, whom somebody leads.
IN_SIGHT = """(%(teams)s::bigint[] is null or exists (
    select from membership s where s.person_id = p.id and s.team_id = any(%(teams)s)))"""
WHICH: dict[Which, str] = {
    "current": "n.state = 'published' and coalesce(n.until_at, 'infinity') > %(now)s",
    "draft": "n.state = 'draft'",
    "past": "(n.state = 'withdrawn' or (n.state = 'published' and n.until_at <= %(now)s))",
}
RECEIPT = """r.opened_at, r.read_at, coalesce(r.tries, 0) as tries, r.best_percent, r.passed_at"""
ROW = f"""
    n.id, n.title_en, n.title_zh, n.from_at, n.until_at, n.blocks_online, n.state, n.version, n.edition, n.most_tries,
    {QUESTIONS} as questions, {IS_MINE} as is_mine, {RECEIPT},
    (select count(*)::int from person p where {AUDIENCE} and {IN_SIGHT}) as people,
    (select count(*)::int from person p join notice_receipt r on r.notice_id = n.id and r.edition = n.edition
        and r.person_id = p.id where {AUDIENCE} and {IN_SIGHT} and {SETTLED}) as settled"""
FIRST = 300


class _Found(Struct):
    id: int
    title_en: str
    title_zh: str
    from_at: datetime
    until_at: datetime | None
    blocks_online: bool
    state: NoticeState
    version: int
    edition: int
    most_tries: int | None
    questions: int
    is_mine: bool
    opened_at: datetime | None
    read_at: datetime | None
    tries: int
    best_percent: int | None
    passed_at: datetime | None
    people: int
    settled: int


class _Whole(_Found):
    body_en: str
    body_zh: str
    article_id: int | None
    article_title: str | None
    team_ids: list[int]
    roles: list[str]
    pass_percent: int
    remind_hours: int | None
    written_by_name: str | None
    published_by_name: str | None
    published_at: datetime | None


def sight(by: Actor, now: datetime) -> dict[str, object]:
    """The parameters of ``VISIBLE``."""
    return {
        "me": by.person_id,
        "leads": by.may("notices.manage"),
        "teams": by.visible_teams(),
        "now": now,
    }


def _receipt(found: _Found) -> NoticeReceipt:
    own = NoticeReceipt(
        opened_at=found.opened_at,
        read_at=found.read_at,
        tries=found.tries,
        best_percent=found.best_percent,
        passed_at=found.passed_at,
    )
    return complete(own, questions=found.questions, most_tries=found.most_tries)


def _row(found: _Found, *, by: Actor, now: datetime) -> dict[str, object]:
    leads = by.may("notices.manage")
    shared = {name: getattr(found, name) for name in NoticeRow.__struct_fields__ if hasattr(found, name)}
    return shared | {
        "standing": standing_of(found.state, found.from_at, found.until_at, now=now),
        "own": _receipt(found) if found.is_mine and found.state == "published" else None,
        # how many others have not read it is between them and whoever leads them
        "people": found.people if leads else 0,
        "settled": found.settled if leads else 0,
    }


async def list_notices(tx: Transaction, which: Which, *, by: Actor, now: datetime) -> list[NoticeRow]:
    """Notices that the actor writes or is to read, newest first."""
    sql = f"""
        select {ROW} from notice n {MINE} where {VISIBLE} and {WHICH[which]}
        order by n.from_at desc, n.id desc limit %(limit)s"""
    found = await rows(tx, _Found, sql, sight(by, now) | {"limit": FIRST})
    return [NoticeRow(**_row(one, by=by, now=now)) for one in found]  # type: ignore[arg-type]  # its own columns


async def find_notice(tx: Transaction, notice_id: int, *, by: Actor, now: datetime) -> Notice:
    """One with its questions; which options are right is told to its writers alone.

    Raises:
        NotFound: there is none, or it is neither for the actor nor theirs to write.
    """
    sql = f"""
        select {ROW}, n.body_en, n.body_zh, n.article_id, n.team_ids, n.roles, n.pass_percent, n.remind_hours,
            n.published_at, w.name as written_by_name, u.name as published_by_name,
            (select v.title from article_version v where v.article_id = n.article_id and v.state = 'published'
                order by v.locale = %(locale)s desc, v.id limit 1) as article_title
        from notice n {MINE} left join person w on w.id = n.written_by left join person u on u.id = n.published_by
        where n.id = %(id)s and {VISIBLE}"""
    found = await row(tx, _Whole, sql, sight(by, now) | {"id": notice_id, "locale": by.locale})
    if found is None:
        raise NotFound
    whole = {name: getattr(found, name) for name in Notice.__struct_fields__ if hasattr(found, name)}
    made = Notice(**(whole | _row(found, by=by, now=now)))
    made.may_write = by.may("notices.manage")
    made.items = await questions_of(tx, notice_id)
    if not made.may_write:
        for option in (option for one in made.items for option in one.options):
            option.is_right = False
    return made


async def questions_of(tx: Transaction, notice_id: int) -> list[NoticeQuestion]:
    """The questions of a notice in their order, with what is right."""
    sql = """
        select kind, options, text_en, text_zh from notice_question where notice_id = %(id)s order by position"""
    return await rows(tx, NoticeQuestion, sql, {"id": notice_id})


async def own_notices(tx: Transaction, *, by: Actor, now: datetime) -> list[OwnNotice]:
    """Current notices that the actor has not settled, those that bar going online first."""
    found = await _unsettled(tx, by.person_id, now=now)
    return [
        OwnNotice(
            id=one.id,
            title_en=one.title_en,
            title_zh=one.title_zh,
            from_at=one.from_at,
            until_at=one.until_at,
            blocks_online=one.blocks_online,
            edition=one.edition,
            questions=one.questions,
            own=_receipt(one),
        )
        for one in found
    ]


async def _unsettled(tx: Transaction, person_id: int, *, now: datetime) -> list[_Found]:
    sql = f"""
        select {ROW} from notice n {MINE} where {CURRENT} and {IS_MINE} and ({SETTLED}) is not true
        order by n.blocks_online desc, n.from_at, n.id limit %(limit)s"""
    return await rows(tx, _Found, sql, {"me": person_id, "teams": [], "now": now, "limit": FIRST})


async def barring_notices(tx: Transaction, person_id: int, *, now: datetime) -> list[int]:
    """Ids of the notices that somebody must settle before they go online."""
    sql = f"""
        select n.id from notice n {MINE} where {CURRENT} and n.blocks_online and {IS_MINE}
            and ({SETTLED}) is not true order by n.from_at, n.id limit %(limit)s"""
    return await values(tx, int, sql, {"me": person_id, "now": now, "limit": FIRST})


class _Reader(Struct):
    person_id: int
    name: str
    staff_number: str
    role: str
    teams: list[str]
    questions: int
    most_tries: int | None
    opened_at: datetime | None
    read_at: datetime | None
    tries: int
    best_percent: int | None
    passed_at: datetime | None
    reminders: int
    reminded_at: datetime | None


async def list_readers(tx: Transaction, notice_id: int, *, by: Actor) -> list[Reader]:
    """Whom of its audience the actor leads, and how far each is; whoever is not done first."""
    sql = f"""
        select p.id as person_id, p.name, p.staff_number, p.role, {QUESTIONS} as questions, n.most_tries, {RECEIPT},
            coalesce(r.reminders, 0) as reminders, r.reminded_at,
            array(select t.name from membership m join team t on t.id = m.team_id
                where m.person_id = p.id order by t.name) as teams
        from notice n cross join person p
            left join notice_receipt r on r.notice_id = n.id and r.edition = n.edition and r.person_id = p.id
        where n.id = %(id)s and {AUDIENCE} and {IN_SIGHT} order by {SETTLED} is true, p.name, p.id"""
    found = await rows(tx, _Reader, sql, {"id": notice_id, "teams": by.visible_teams()})
    return [_reader(one) for one in found]


def _reader(found: _Reader) -> Reader:
    receipt = NoticeReceipt(
        opened_at=found.opened_at, read_at=found.read_at, tries=found.tries, passed_at=found.passed_at
    )
    whole = {name: getattr(found, name) for name in Reader.__struct_fields__ if hasattr(found, name)}
    progress = complete(receipt, questions=found.questions, most_tries=found.most_tries).progress
    return Reader(**whole, progress=progress)


class LockedNotice(Struct):
    """What verbs on a notice decide by."""

    id: int
    state: NoticeState
    version: int
    edition: int
    team_ids: list[int]
    from_at: datetime
    until_at: datetime | None
    pass_percent: int
    most_tries: int | None


async def lock_notice(tx: Transaction, notice_id: int, *, by: Actor, now: datetime) -> LockedNotice:
    """A notice that the actor sees, under a row lock.

    Raises:
        NotFound: there is none for them.
    """
    return await see_notice(tx, notice_id, by=by, now=now, lock="for no key update of n")


async def see_notice(
    tx: Transaction, notice_id: int, *, by: Actor, now: datetime, lock: str = "for share of n"
) -> LockedNotice:
    """A notice that the actor sees, which nobody changes meanwhile; its readers do not wait for each other.

    Raises:
        NotFound: there is none for them.
    """
    sql = f"""
        select n.id, n.state, n.version, n.edition, n.team_ids, n.from_at, n.until_at, n.pass_percent, n.most_tries
        from notice n where n.id = %(id)s and {VISIBLE} {lock}"""
    found = await row(tx, LockedNotice, sql, sight(by, now) | {"id": notice_id})
    if found is None:
        raise NotFound
    return found


async def is_for(tx: Transaction, notice_id: int, person_id: int) -> bool:
    """Whether a notice is for somebody."""
    sql = f"select n.id from notice n where n.id = %(id)s and {IS_MINE}"
    return bool(await values(tx, int, sql, {"id": notice_id, "me": person_id}))
