"""Waits of the demo desk that are over: what was said of them, how it went, and a call that somebody wants."""

import random
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.routing.strain.schemas import StrainPolicyIn
from ombud.routing.strain.services.policies import change_policy
from ombud.routing.waiting.rules import expected
from ombud.routing.waiting.schemas import Pace
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows, values

WAITS = 60
SEED = 505
# Seconds for each place, by the part of the day.
EACH = (40, 70, 130)
LEFT = 0.08


class _Chat(Struct):
    id: int
    team_id: int


async def make_waits(tx: Transaction, by: Actor, *, now: datetime) -> None:
    """Write down how customers of chats waited in the last days, and what a team has agreed on about strain."""
    chance = random.Random(SEED)
    sql = """
        select t.id, t.team_id from ticket t join channel c on c.id = t.channel_id and c.kind = 'chat'
        where t.assignee_id is not null order by t.id desc limit %(limit)s"""
    for place, one in enumerate(await rows(tx, _Chat, sql, {"limit": WAITS})):
        each = chance.choice(EACH)
        position = chance.randint(1, 6)
        said = expected(position, Pace(each * 20.0, 20))
        waited = sum(chance.expovariate(1 / each) for _ in range(position))
        ended = now - timedelta(minutes=10 + 130 * place)
        await _write(
            tx, one, position, said.low_seconds, said.high_seconds, ended, waited, is_left=chance.random() < LEFT
        )
    for team_id in (await values(tx, int, "select id from team where archived_at is null order by id"))[:1]:
        await change_policy(tx, team_id, StrainPolicyIn(bound=55, tells="supervisors"), by=by, now=now)


async def _write(
    tx: Transaction,
    one: _Chat,
    position: int,
    low: int | None,
    high: int | None,
    ended: datetime,
    waited: float,
    *,
    is_left: bool,
) -> None:
    sql = """
        insert into wait_estimate (ticket_id, team_id, waits_since, position, first_position, basis, low_seconds,
            high_seconds, told_at, first_low_seconds, first_high_seconds, first_told_at, ended_at, outcome)
        values (%(ticket)s, %(team)s, %(since)s, 1, %(position)s, 'rates', %(low)s, %(high)s, %(since)s, %(low)s,
            %(high)s, %(since)s, %(ended)s, %(outcome)s)"""
    params = {
        "ticket": one.id,
        "team": one.team_id,
        "since": ended - timedelta(seconds=waited),
        "position": position,
        "low": low,
        "high": high,
        "ended": ended,
        "outcome": "left" if is_left else "answered",
    }
    await tx.execute(sql, params)
