"""Which kinds of waiting work anybody could take now: a quick look at the first of each before all are weighed."""

from collections.abc import Sequence

from msgspec.structs import replace

from ombud.routing.engine.rules.batch import Batch
from ombud.routing.engine.rules.kinds import Floor, kinds_of
from ombud.routing.engine.schemas import Work


def servable(firsts: Sequence[Work], floor: Floor, *, now: float) -> set[int]:
    """The numbers of those pieces of work, each the first of its kind, that some agent has room and skills for.

    Whom a customer is kept from does not count here: the next of the same kind may be another customer's.
    """
    if not firsts or not floor.agents:
        return set()
    kinds = kinds_of([replace(one, customer_id=0) for one in firsts], frozenset[int](), now)
    batch = Batch(kinds, floor, now=now, keep=0)
    tops = batch.suits.max(axis=0)
    return {work.id for kind, top in zip(kinds, tops, strict=True) if top > 0 for work in kind.works}
