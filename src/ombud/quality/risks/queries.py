"""Reads of risk alerts."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from ombud.intelligence.risk.schemas import Kind
from ombud.quality.risks.repeats import Contact
from ombud.quality.risks.schemas import RiskAlert, RiskRecipients, RiskSilence
from ombud.shared.database import Transaction, row, rows, value, values

KINDS: Final[tuple[Kind, ...]] = (
    *("safety", "self_harm", "legal", "media_regulator", "fraud", "privacy_leak"),
    *("leadership", "abuse", "churn", "third_contact"),
)
ALERT = "id, ticket_id, entry_id, kind, starts, ends, words, at, state, decided_by, decided_at, earlier_ids"


class Written(Struct):
    """A customer's message as it is looked at."""

    id: int
    ticket_id: int
    text: str


async def load_written(tx: Transaction, entry_ids: Sequence[int]) -> list[Written]:
    """Messages that came in from customers; notes and messages of ours are none."""
    sql = """
        select id, ticket_id, text from public_entry
        where id = any(%(ids)s::bigint[]) and direction = 'in' and author_kind = 'customer' order by id"""
    return await rows(tx, Written, sql, {"ids": list(entry_ids)})


async def list_alerts(tx: Transaction, ticket_id: int) -> list[RiskAlert]:
    """The alerts of a ticket that the caller may see, the open ones first, the newest of them on top."""
    sql = f"select {ALERT} from risk_alert where ticket_id = %(id)s order by state <> 'open', id desc limit 200"
    return await rows(tx, RiskAlert, sql, {"id": ticket_id})


async def lock_alert(tx: Transaction, ticket_id: int, alert_id: int) -> RiskAlert | None:
    """One alert of a ticket that the caller has locked."""
    sql = f"select {ALERT} from risk_alert where id = %(id)s and ticket_id = %(ticket)s for update"
    return await row(tx, RiskAlert, sql, {"id": alert_id, "ticket": ticket_id})


class _Silenced(Struct):
    kind: Kind
    phrase: str


async def silenced(tx: Transaction) -> frozenset[tuple[Kind, str]]:
    """Words that alarm no more, by kind."""
    found = await rows(tx, _Silenced, "select kind, phrase from risk_silence where ended_at is null")
    return frozenset((one.kind, one.phrase) for one in found)


async def list_silences(tx: Transaction) -> list[RiskSilence]:
    """Words that alarm no more, the newest first, with who called them false."""
    sql = """
        select s.id, s.kind, s.phrase, s.began_at, array(select distinct a.decided_by from risk_alert a
            where (a.kind, a.phrase, a.state) = (s.kind, s.phrase, 'false_alarm') order by a.decided_by) as person_ids
        from risk_silence s where s.ended_at is null order by s.id desc limit 500"""
    return await rows(tx, RiskSilence, sql)


async def list_recipients(tx: Transaction) -> list[RiskRecipients]:
    """Who hears of each kind; the supervisors where nobody said otherwise."""
    said = {
        one.kind: one for one in await rows(tx, RiskRecipients, "select kind, roles, person_ids from risk_recipients")
    }
    return [said.get(kind) or RiskRecipients(kind, ["supervisor"], []) for kind in KINDS]


async def people_for(tx: Transaction, wanted: RiskRecipients, team_id: int) -> list[int]:
    """Who is to hear of it in a team; whether they see the ticket is asked by the caller."""
    sql = """
        select p.id from person p where p.deactivated_at is null and (p.id = any(%(people)s::bigint[])
            or p.role = any(%(roles)s) and (p.role = 'administrator' or p.role = 'supervisor' and p.sees_all_teams
                or exists (select from membership m where m.person_id = p.id and m.team_id = %(team)s)))
        order by p.id limit 100"""
    return await values(tx, int, sql, {"people": wanted.person_ids, "roles": wanted.roles, "team": team_id})


SETTING: Final = "risk_third_contact_days"
DEFAULT_DAYS: Final = 14
MOST_EARLIER: Final = 20


async def third_contact_days(tx: Transaction) -> int:
    """How many days back contacts for the same thing are counted; 0: not at all."""
    days = await value(tx, int, "select value from setting where name = %(name)s", {"name": SETTING})
    return DEFAULT_DAYS if days is None else days


_CONTACT: Final = """
    select t.id, t.type_id, t.fields, concat_ws(E'\n', t.subject, left(coalesce(m.text, ''), 2000)) as text
    from ticket t left join lateral (select e.text from public_entry e where e.ticket_id = t.id and e.direction = 'in'
        and e.author_kind = 'customer' order by e.id limit 1) m on true"""


async def load_contact(tx: Transaction, ticket_id: int) -> Contact | None:
    """A ticket as it is compared with others."""
    return await row(tx, Contact, f"{_CONTACT} where t.id = %(id)s", {"id": ticket_id})


async def earlier_contacts(tx: Transaction, ticket_id: int, *, days: int) -> list[Contact]:
    """Tickets that the same customer opened in the days before this one; merged ones are no contacts of their own."""
    sql = f"""
        {_CONTACT}
        join ticket n on n.id = %(id)s and n.customer_id = t.customer_id and t.id < n.id
            and t.created_at > n.created_at - make_interval(days => %(days)s)
        where t.merged_into_id is null order by t.id desc limit {MOST_EARLIER}"""
    return await rows(tx, Contact, sql, {"id": ticket_id, "days": days})


class FirstWords(Struct):
    """The customer's first message on a ticket."""

    id: int
    ticket_id: int
    text: str


async def first_words(tx: Transaction, ticket_id: int) -> FirstWords | None:
    """The message that opened a ticket, if a customer wrote it."""
    sql = """
        select id, ticket_id, text from public_entry
        where ticket_id = %(id)s and direction = 'in' and author_kind = 'customer' order by id limit 1"""
    return await row(tx, FirstWords, sql, {"id": ticket_id})
