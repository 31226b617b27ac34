"""How other weights would order the work that waits. Nothing is written."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from ombud.routing.engine.schemas import Score, Weights
from ombud.routing.engine.services.preparing import FACTS, Due, score_of
from ombud.routing.skills import queries
from ombud.routing.skills.schemas import MovedTicket, ScorePreview
from ombud.routing.skills.services.weights import check_weights
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows

LOOKED_AT, SHOWN = 500, 50


class _Subject(Struct):
    id: int
    subject: str


async def preview_weights(tx: Transaction, weights: Weights, *, by: Actor, now: datetime) -> ScorePreview:
    """The order of the waiting work that somebody sees, as it is and as it would be.

    Raises:
        Invalid: a weight is out of its range.
    """
    check_weights(weights)
    ids = await queries.waiting_tickets(tx, by=by, limit=LOOKED_AT)
    due = await rows(tx, Due, FACTS, {"ids": ids})
    present = (await queries.weights_now(tx)).weights
    before = {one.ticket_id: score_of(one, present, now.timestamp()) for one in due}
    after = {one.ticket_id: score_of(one, weights, now.timestamp()) for one in due}
    old, new = _places(before), _places(after)
    shown = sorted(new, key=new.__getitem__)[:SHOWN]
    sql = "select id, subject from ticket where id = any(%(ids)s::bigint[])"
    subjects = {one.id: one.subject for one in await rows(tx, _Subject, sql, {"ids": shown})}
    items = [
        MovedTicket(one, subjects[one], old[one], new[one], before[one].value, after[one].value, after[one].band)
        for one in shown
    ]
    return ScorePreview(len(due), sum(old[one] != new[one] for one in new), items)


def _places(scores: Mapping[int, Score]) -> dict[int, int]:
    order: Sequence[int] = sorted(scores, key=lambda one: (-scores[one].value, one))
    return {one: place for place, one in enumerate(order, 1)}
