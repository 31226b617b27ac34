"""Reads of rules, their versions and their runs."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from ombud.automation.rules.schemas import Rule, RuleFigures, RuleRun, RuleSpec, RuleVersion
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.shared.errors import Conflict, NotFound

RULE = """
    r.id, r.is_on, r.position, r.version, r.example, v.spec, v.at as changed_at
    from rule r join rule_version v on v.rule_id = r.id and v.version = r.version"""


class RuleEdited(Conflict):
    """Somebody else has just changed this rule. Look at it again, then change it."""

    code = "rule_edited"


async def list_rules(tx: Transaction) -> list[Rule]:
    """All rules in their order."""
    return await rows(tx, Rule, f"select {RULE} where r.archived_at is null order by r.position, r.id")


async def find_rule(tx: Transaction, rule_id: int, *, lock: bool = False) -> Rule:
    """One rule, held until the end of the transaction if it is to be changed.

    Raises:
        NotFound: there is none.
        RuleEdited: somebody else changed it at the same moment.
    """
    sql = "select version from rule where id = %(id)s and archived_at is null"
    if lock:
        seen = await value(tx, int, sql, {"id": rule_id})
        # Whoever had to wait for another editor has seen a rule that is no more.
        if seen is not None and await value(tx, int, f"{sql} for update", {"id": rule_id}) != seen:
            raise RuleEdited
    found = await row(tx, Rule, f"select {RULE} where r.id = %(id)s and r.archived_at is null", {"id": rule_id})
    if found is None:
        raise NotFound("There is no such rule.")
    return found


async def stamp_of_book(tx: Transaction) -> UUID | None:
    """What changes with every change of a rule."""
    return await value(tx, UUID, "select stamp from rule_book")


async def rules_at_work(tx: Transaction) -> list[Rule]:
    """Rules that are on, in their order."""
    return await rows(tx, Rule, f"select {RULE} where r.is_on and r.archived_at is null order by r.position, r.id")


class _Figures(Struct):
    rule_id: int
    day: int
    week: int
    failed: int
    last_at: datetime | None


async def figures_of(tx: Transaction, rule_ids: Collection[int], *, now: datetime) -> dict[int, RuleFigures]:
    """How often rules ran in the last day and week."""
    sql = """
        select rule_id, count(*) filter (where at > %(day)s) as day, count(*) as week,
            count(*) filter (where state <> 'done') as failed, max(at) as last_at
        from rule_run where rule_id = any(%(ids)s::bigint[]) and at > %(week)s group by rule_id"""
    params = {"ids": list(rule_ids), "day": now - timedelta(days=1), "week": now - timedelta(days=7)}
    found = await rows(tx, _Figures, sql, params)
    return {one.rule_id: RuleFigures(one.day, one.week, one.failed, one.last_at) for one in found}


async def versions_of(tx: Transaction, rule_id: int) -> list[RuleVersion]:
    """Versions of a rule, newest first."""
    sql = """
        select v.version, v.spec, v.restored, p.name as person_name, v.at
        from rule_version v left join person p on p.id = v.person_id
        where v.rule_id = %(id)s order by v.version desc limit 200"""
    return await rows(tx, RuleVersion, sql, {"id": rule_id})


async def spec_of(tx: Transaction, rule_id: int, version: int) -> RuleSpec:
    """A rule as it was in a version.

    Raises:
        NotFound: there was no such version.
    """
    for one in await versions_of(tx, rule_id):
        if one.version == version:
            return one.spec
    raise NotFound("There is no such version.")


async def list_runs(
    tx: Transaction, rule_id: int, *, teams: list[int] | None, before: int | None, limit: int
) -> list[RuleRun]:
    """Runs of a rule on tickets of some teams, newest first."""
    sql = """
        select n.id, n.rule_id, n.version, n.ticket_id, t.subject, n.state, n.cause, n.problem, n.detail, n.at
        from rule_run n join ticket t on t.id = n.ticket_id
        where n.rule_id = %(rule)s and (%(before)s::bigint is null or n.id < %(before)s)
            and (%(teams)s::bigint[] is null or t.team_id = any(%(teams)s))
        order by n.id desc limit %(limit)s"""
    params = {"rule": rule_id, "teams": teams, "before": before, "limit": limit + 1}
    return await rows(tx, RuleRun, sql, params)


class RunCounts(Struct):
    """Runs on a ticket of late: of all rules, and those that other rules set off."""

    every: int
    chained: int


async def count_runs(tx: Transaction, ticket_id: int, *, since: datetime) -> RunCounts:
    """How often rules ran on a ticket since a moment, stops aside."""
    sql = """
        select count(*) as every, count(*) filter (where is_chained) as chained
        from rule_run where ticket_id = %(ticket)s and at > %(since)s and state <> 'stopped'"""
    return await row(tx, RunCounts, sql, {"ticket": ticket_id, "since": since}) or RunCounts(0, 0)


async def was_stopped(tx: Transaction, ticket_id: int, *, since: datetime) -> bool:
    """Whether the loop budget of a ticket was used up since a moment."""
    sql = """
        select exists (select from rule_run where ticket_id = %(ticket)s and at > %(since)s and state = 'stopped')"""
    return bool(await value(tx, bool, sql, {"ticket": ticket_id, "since": since}))


async def newest_tickets(tx: Transaction, teams: list[int] | None, *, limit: int) -> list[int]:
    """Numbers of the newest tickets of some teams."""
    sql = """
        select id from ticket where merged_into_id is null
            and (%(teams)s::bigint[] is null or team_id = any(%(teams)s))
        order by id desc limit %(limit)s"""
    return await values(tx, int, sql, {"teams": teams, "limit": limit})
