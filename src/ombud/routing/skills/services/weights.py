"""The verb on what makes work urgent."""

from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from ombud.routing.engine.schemas import Weights
from ombud.routing.skills import queries
from ombud.routing.skills.events import ScoreWeightsChanged
from ombud.routing.skills.schemas import ScoreWeights, WeightsIn
from ombud.routing.skills.services.definitions import same_version
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Invalid
from ombud.shared.events import emit

POINTS = ("urgency", "severity", "people", "money", "customer", "deadline", "risk", "contacts")
MOST_POINTS, MOST_AGEING, MOST_TIERS = 100.0, 10.0, 50
# One writer of the newest row at a time.
LOCK_WEIGHTS = "select pg_advisory_xact_lock(hashtext('score_weights'))"


def check_weights(weights: Weights) -> None:
    """Hold weights against their bounds.

    Raises:
        Invalid: ``fields`` names each that is outside of them.
    """
    problems = {name: "out_of_range" for name in POINTS if not 0 <= getattr(weights, name) <= MOST_POINTS}
    bounds = {
        "ageing": (0.0, MOST_AGEING),
        "deadline_minutes": (1, 100_000),
        "people_at_most": (1, 1_000_000_000),
        "money_at_most_cents": (1, 10**14),
    }
    problems |= {
        name: "out_of_range" for name, (least, most) in bounds.items() if not least <= getattr(weights, name) <= most
    }
    if len(weights.tiers) > MOST_TIERS or not all(0 <= worth <= 1 for worth in weights.tiers.values()):
        problems["tiers"] = "out_of_range"
    if problems:
        raise Invalid("Some weights are out of their range.", fields=problems)


async def change_weights(tx: Transaction, data: WeightsIn, *, by: Actor, now: datetime) -> ScoreWeights:
    """Let the parts of the priority score count otherwise; the same already emits nothing.

    Raises:
        ChangedMeanwhile: somebody was faster.
        Invalid: a weight is out of its range.

    Emits: ScoreWeightsChanged
    """
    check_weights(data.weights)
    await tx.execute(LOCK_WEIGHTS)
    known = await queries.weights_now(tx)
    same_version(known.id, data.read_id)
    names = Weights.__struct_fields__
    fields = [name for name in names if getattr(data.weights, name) != getattr(known.weights, name)]
    if not fields:
        return known
    sql = """
        insert into score_weights (weights, made_by, at)
        values (%(weights)s, nullif(%(by)s, 0), %(now)s) returning id"""
    params = {"weights": Jsonb(msgspec.to_builtins(data.weights)), "by": by.person_id, "now": now}
    weights_id = await value(tx, int, sql, params) or 0
    await emit(tx, ScoreWeightsChanged(weights_id=weights_id, fields=fields), by=by, at=now)
    return await queries.weights_now(tx)
