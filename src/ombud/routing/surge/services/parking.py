"""Low-value work that waits while a plan holds: nobody is given it, the tickets themselves stay as they are."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ombud.fields.queries import list_named_fields
from ombud.shared.conditions import Context, evaluate, leaves, parse
from ombud.shared.database import Transaction, value, values
from ombud.views.services.asking import Asked

# Waiting work that is looked at in one go.
MOST_LOOKED_AT = 5_000
WAITING = """
    select w.ticket_id from work_wait w
    where (%(teams)s::bigint[] = '{}' or w.team_id = any(%(teams)s)) and w.offered_to is null
        and not exists (select from surge_parked p where p.run_id = %(run)s and p.ticket_id = w.ticket_id)
    order by w.ticket_id desc limit %(limit)s"""


async def park_now(
    tx: Transaction, run_id: int, condition: Mapping[str, Any], team_ids: Sequence[int], *, now: datetime
) -> int:
    """Park what waits, fits and was not looked at by this run; how many were parked."""
    params = {"run": run_id, "teams": list(team_ids), "limit": MOST_LOOKED_AT}
    ids = await values(tx, int, WAITING, params)
    if not ids:
        return 0
    parsed = parse(dict(condition))
    asked = Asked({leaf.field for leaf in leaves(parsed)}, await list_named_fields(tx))
    facts = await asked.load(tx, ids)
    fitting = [ticket for ticket, found in facts.items() if evaluate(parsed, found, Context(now))]
    sql = """
        with parked as (
            insert into surge_parked (run_id, ticket_id, at) select %(run)s, id, %(now)s
            from unnest(%(ids)s::bigint[]) as id on conflict do nothing returning ticket_id
        ), moved as (
            update work_wait w set look_at = '-infinity' from parked p where w.ticket_id = p.ticket_id
        )
        select count(*)::int from parked"""
    return await value(tx, int, sql, {"run": run_id, "ids": fitting, "now": now}) or 0


async def unpark(tx: Transaction, run_id: int, *, now: datetime) -> int:
    """Give back what a run parked; how many."""
    sql = """
        with freed as (
            update surge_parked set ended_at = %(now)s where run_id = %(run)s and ended_at is null returning ticket_id
        ), moved as (
            update work_wait w set look_at = '-infinity' from freed f where w.ticket_id = f.ticket_id
        )
        select count(*)::int from freed"""
    return await value(tx, int, sql, {"run": run_id, "now": now}) or 0
