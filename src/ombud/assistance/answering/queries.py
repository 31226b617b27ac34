"""Reads of answering: rules, talks, answers, messages that want a look, and how it went."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from msgspec import Struct

from ombud.assistance.answering.schemas import (
    AnswerRule,
    AnswerTopic,
    MachineAnswer,
    MachineTalk,
    Place,
    TalkState,
    TriedTicket,
)
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.tickets.schemas import EntryDetails

RULE = """
    r.id, r.place, r.channel_id, coalesce(c.name, '') as channel_name, r.is_on, r.threshold, r.category_ids,
    r.most_answers, r.holds, r.is_strict, r.silence_minutes, r.after_silence, r.version"""
ANSWER = """
    a.id, a.place, a.ticket_id, a.question_entry_id, a.entry_id, a.locale, a.question, a.article_id, a.version_id,
    a.title, a.slug, a.confidence, a.threshold, a.state, a.reason, a.is_worded, a.helped, a.helped_at, a.at"""
TALK = "ticket_id, state, answers, began_at, handed_off_at, reason, ended_at"
PLACES: dict[str, Place] = {"chat": "widget", "email": "mail", "form": "form"}


async def list_rules(tx: Transaction) -> list[AnswerRule]:
    """Every place that could answer, the help centre first; one without a rule of its own has the defaults, off."""
    sql = f"select {RULE} from answer_rule r left join channel c on c.id = r.channel_id"
    known = {one.channel_id: one for one in await rows(tx, AnswerRule, sql)}
    sql = """
        select id, name, kind from channel where kind = any(%(kinds)s) and deleted_at is null
        order by array_position(%(kinds)s, kind), name, id"""
    channels = await rows(tx, _Channel, sql, {"kinds": list(PLACES)})
    found = [known.get(None) or AnswerRule("help_centre", None, "")]
    return found + [known.get(one.id) or AnswerRule(PLACES[one.kind], one.id, one.name) for one in channels]


class _Channel(Struct):
    id: int
    name: str
    kind: str


async def list_topics(tx: Transaction) -> list[AnswerTopic]:
    """Categories of articles, in their order."""
    sql = """
        select id, name_en, name_zh from knowledge_category where archived_at is null
        order by parent_id nulls first, position, id limit 200"""
    return await rows(tx, AnswerTopic, sql)


async def find_rule(tx: Transaction, channel_id: int | None) -> AnswerRule | None:
    """The rule of a channel, or of the help centre (None); without one of its own the defaults, off."""
    return next((one for one in await list_rules(tx) if one.channel_id == channel_id), None)


async def rule_of(tx: Transaction, rule_id: int) -> AnswerRule | None:
    """A rule by its id."""
    sql = f"select {RULE} from answer_rule r left join channel c on c.id = r.channel_id where r.id = %(id)s"
    return await row(tx, AnswerRule, sql, {"id": rule_id})


async def is_answering(tx: Transaction, channel_id: int) -> bool:
    """Whether a channel answers by itself."""
    sql = "select exists (select from answer_rule where channel_id = %(id)s and is_on)"
    return bool(await value(tx, bool, sql, {"id": channel_id}))


class Turn(Struct):
    """A message that wants a look: what was written, by whom, and what is known of the talk so far."""

    entry_id: int
    ticket_id: int
    at: datetime
    attempts: int


async def take_turn(tx: Transaction, *, now: datetime, entry_id: int | None = None) -> Turn | None:
    """The oldest message that wants a look, or a certain one, held; another process passes it by."""
    sql = """
        select entry_id, ticket_id, at, attempts from machine_turn
        where not_before <= %(now)s and entry_id = coalesce(%(id)s, entry_id)
        order by not_before, entry_id limit 1 for update skip locked"""
    return await row(tx, Turn, sql, {"now": now, "id": entry_id})


class Asked(Struct):
    """A message as the machine looks at it, with what speaks for a person from the start."""

    entry_id: int
    subject: str
    text: str
    details: EntryDetails
    brand_id: int
    rule: AnswerRule
    # a later message of theirs waits, too: they are looked at together
    has_newer: bool
    has_person: bool
    has_files: bool
    customer_locale: str
    tier: str
    has_complaint: bool
    is_open: bool
    talk_state: TalkState | None
    talk_answers: int
    has_asked_again: bool
    talk_locale: str | None
    answers_today: int
    # articles that this talk has been answered from
    said_ids: list[int]
    # titles that the newest message asks to choose from
    offered: list[str] = []

    @property
    def chosen(self) -> str | None:
        """The title that was chosen, by itself or by its number."""
        said = self.text.strip().rstrip(".。、)）")
        if said.isdecimal() and len(said) == 1 and 0 < int(said) <= len(self.offered):
            return self.offered[int(said) - 1]
        return next((one for one in self.offered if one == self.text.strip()), None)


async def load_asked(tx: Transaction, turn: Turn, *, now: datetime) -> Asked | None:
    """What a turn is about; None where the message is gone, or its channel answers nothing by itself."""
    sql = f"""
        select e.id as entry_id, t.subject, e.text, e.details, t.brand_id,
            (select to_jsonb(x) from (select {RULE}) x) as rule,
            exists (select from machine_turn n where n.ticket_id = t.id and n.entry_id > e.id) as has_newer,
            t.assignee_id is not null or exists (select from public_entry o where o.ticket_id = t.id
                and o.direction = 'out' and o.author_kind <> 'system') as has_person,
            exists (select from attachment a where a.entry_id = e.id) as has_files,
            cu.locale as customer_locale, cu.tier, t.is_open,
            exists (select from ticket o join ticket_type y on y.id = o.type_id and y.needs_closing
                where o.customer_id = t.customer_id and o.is_open)
            or exists (select from ticket o join risk_alert k on k.ticket_id = o.id and k.state <> 'false_alarm'
                where o.customer_id = t.customer_id and o.is_open) as has_complaint,
            m.state as talk_state, coalesce(m.answers, 0) as talk_answers,
            coalesce(m.has_asked_again, false) as has_asked_again, m.locale as talk_locale,
            (select count(*) from machine_answer w where w.ticket_id = t.id and w.state = 'answered'
                and w.at > %(since)s)::int as answers_today,
            array(select distinct w.article_id from machine_answer w where w.ticket_id = t.id
                and w.state = 'answered' and w.article_id is not null) as said_ids,
            coalesce((select o.details #> '{{machine,choices}}' from public_entry o
                where o.ticket_id = t.id and o.direction = 'out' order by o.id desc limit 1), '[]') as offered
        from entry e join ticket t on t.id = e.ticket_id join customer cu on cu.id = t.customer_id
        join answer_rule r on r.channel_id = e.channel_id join channel c on c.id = r.channel_id
        left join machine_talk m on m.ticket_id = t.id
        where e.id = %(entry)s and t.id = %(ticket)s and e.undone_at is null and t.merged_into_id is null"""
    params = {"entry": turn.entry_id, "ticket": turn.ticket_id, "since": now - timedelta(hours=24)}
    return await row(tx, Asked, sql, params)


async def find_talk(tx: Transaction, ticket_id: int) -> MachineTalk | None:
    """The talk of a ticket with the machine."""
    return await row(tx, MachineTalk, f"select {TALK} from machine_talk where ticket_id = %(id)s", {"id": ticket_id})


async def list_answers(tx: Transaction, ticket_id: int) -> list[MachineAnswer]:
    """What was asked on a ticket and what was found, in order."""
    sql = f"select {ANSWER} from machine_answer a where a.ticket_id = %(id)s order by a.id"
    return await rows(tx, MachineAnswer, sql, {"id": ticket_id})


async def lock_answer(tx: Transaction, answer_id: int) -> MachineAnswer | None:
    """An answer by its id, held."""
    sql = f"select {ANSWER} from machine_answer a where a.id = %(id)s for update"
    return await row(tx, MachineAnswer, sql, {"id": answer_id})


async def answer_of_entry(tx: Transaction, entry_id: int) -> int | None:
    """The answer that a message of the machine gave."""
    return await value(tx, int, "select id from machine_answer where entry_id = %(id)s", {"id": entry_id})


async def silent_talks(tx: Transaction, *, now: datetime, limit: int) -> list[int]:
    """Tickets on which nothing has been heard for as long as their rule waits."""
    sql = """
        select ticket_id from machine_talk where state = 'talking' and silent_at <= %(now)s
        order by silent_at limit %(limit)s"""
    return await values(tx, int, sql, {"now": now, "limit": limit})


class TalkChannel(Struct):
    """Where a talk goes on: the ticket's channel with its hours."""

    kind: str
    settings: dict[str, Any]
    team_id: int


async def channel_of(tx: Transaction, ticket_id: int) -> TalkChannel | None:
    """The channel of a ticket."""
    sql = """
        select c.kind, c.settings, t.team_id from ticket t join channel c on c.id = t.channel_id where t.id = %(id)s"""
    return await row(tx, TalkChannel, sql, {"id": ticket_id})


async def categories_of(tx: Transaction, article_ids: Sequence[int]) -> dict[int, int | None]:
    """The categories of articles."""
    sql = "select id, category_id from article where id = any(%(ids)s)"
    return {one.id: one.category_id for one in await rows(tx, _Category, sql, {"ids": list(article_ids)})}


class _Category(Struct):
    id: int
    category_id: int | None


class Past(Struct):
    """A ticket of before: what was asked, and what people answered."""

    ticket_id: int
    brand_id: int
    question: str
    reply: str


async def past_tickets(tx: Transaction, channel_id: int | None, *, most: int) -> list[Past]:
    """The newest solved tickets that a customer began and people answered; None: of every channel."""
    sql = """
        select t.id as ticket_id, t.brand_id, left(q.text, 2000) as question, left(a.text, 4000) as reply
        from ticket t
        cross join lateral (select direction, author_kind, text from public_entry where ticket_id = t.id
            order by id limit 1) q
        cross join lateral (select string_agg(e.text, E'\\n' order by e.id) as text from (
            select id, text from public_entry where ticket_id = t.id and direction = 'out'
                and author_kind in ('person', 'api_key') order by id limit 3) e) a
        where t.category in ('solved', 'closed') and (%(channel)s::bigint is null or t.channel_id = %(channel)s)
            and q.direction = 'in' and q.author_kind = 'customer' and q.text <> '' and a.text is not null
        order by t.id desc limit %(most)s"""
    return await rows(tx, Past, sql, {"channel": channel_id, "most": most})


class TrialRow(Struct):
    """A trial as it is kept."""

    id: int
    rule_id: int
    state: Literal["asked", "done", "failed"]
    asked_at: datetime
    done_at: datetime | None
    most: int
    looked_at: int
    tried: list[TriedTicket]


TRIAL = "id, rule_id, state, asked_at, done_at, most, looked_at, tried"


async def newest_trial(tx: Transaction, rule_id: int) -> TrialRow | None:
    """The newest trial of a place."""
    sql = f"select {TRIAL} from answer_trial where rule_id = %(rule)s order by id desc limit 1"
    return await row(tx, TrialRow, sql, {"rule": rule_id})


async def take_trial(tx: Transaction) -> TrialRow | None:
    """The oldest trial that was asked for, held."""
    sql = f"select {TRIAL} from answer_trial where state = 'asked' order by id limit 1 for update skip locked"
    return await row(tx, TrialRow, sql)
