"""Reads of risk alerts."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from ombud.intelligence.risk.schemas import Kind
from ombud.quality.risks.schemas import RiskAlert, RiskRecipients, RiskSilence
from ombud.shared.database import Transaction, row, rows, values

KINDS: Final[tuple[Kind, ...]] = (
    *("safety", "self_harm", "legal", "media_regulator", "fraud", "privacy_leak"),
    *("leadership", "abuse", "churn"),
)
ALERT = "id, ticket_id, entry_id, kind, starts, ends, words, at, state, decided_by, decided_at"


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
