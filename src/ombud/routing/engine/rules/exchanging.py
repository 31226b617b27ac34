"""Exchange within blocks of agents, solved exactly: whose work is whose, and what was left out.

The exact solver's cost grows faster than the block, and agents far apart in value have little to exchange: blocks of
neighbours are nearly as good as the whole.
"""

from itertools import islice
from typing import Any

import numpy as np
from msgspec import Struct
from scipy.optimize import linear_sum_assignment

from ombud.routing.engine.rules.batch import Batch, Pick
from ombud.routing.engine.rules.kinds import Floats
from ombud.routing.engine.schemas import Work

BLOCK = 32
# Among equals the longest idle: far below any difference that counts.
IDLE = 1e-9
Shape = tuple[int, bool, str]


class _Piece(Struct):
    work: Work
    worth: float
    kind: int


def exchange(picks: list[Pick], batch: Batch) -> bool:
    """Improve picks in place, among work that takes the same room on the same channel; whether any changed hands."""
    taken = {pick.work.id for pick in picks}
    shapes: dict[Shape, list[Pick]] = {}
    for pick in picks:
        shapes.setdefault(_shape(pick.work), []).append(pick)
    kept: list[Pick] = []
    has_changed = False
    for shape, same in shapes.items():
        left = _left(shape, batch)
        for start in range(0, len(same), BLOCK):
            block = same[start : start + BLOCK]
            better = _solve(block, left, taken, batch)
            has_changed = has_changed or better is not block
            kept += better
    if has_changed:
        picks[:] = kept
        _leave_out(taken, batch)
    return has_changed


def _shape(work: Work) -> Shape:
    return (work.points, work.is_interruptible, work.channel)


def _solve(block: list[Pick], left: list[_Piece], taken: set[int], batch: Batch) -> list[Pick]:
    pieces = [_Piece(pick.work, pick.worth, pick.kind) for pick in block]
    pieces += islice((one for one in left if one.work.id not in taken), BLOCK)
    kinds = np.array([one.kind for one in pieces])
    slots = block + _free(block, kinds, batch)
    if len(slots) == len(block) == 1 == len(pieces):
        return block
    values = _values(slots, pieces, batch)
    rows, columns = linear_sum_assignment(values, maximize=True)
    before = float(values[np.arange(len(block)), np.arange(len(block))].sum())
    if float(values[rows, columns].sum()) <= before * (1 + 1e-6):
        return block
    return _hand_over(
        block,
        slots,
        [(int(r), pieces[int(c)]) for r, c in zip(rows, columns, strict=True) if values[r, c] > 0],
        taken,
        batch,
    )


def _left(shape: Shape, batch: Batch) -> list[_Piece]:
    """What of the shape nobody has: the most urgent of each kind."""
    found = [
        _Piece(work, worth, place)
        for place, kind in enumerate(batch.kinds)
        if _shape(kind.works[0]) == shape
        for work, worth in zip(
            kind.works[kind.place : kind.place + BLOCK], kind.worths[kind.place : kind.place + BLOCK], strict=True
        )
    ]
    return sorted(found, key=lambda one: (-one.worth, one.work.id))[: 8 * BLOCK]


def _free(block: list[Pick], kinds: Any, batch: Batch) -> list[Pick]:
    """Agents with room for the shape beside the block's, as slots without work."""
    has_room = (batch.suits[:, kinds] > 0).any(axis=1)
    busy = {pick.agent for pick in block}
    places = [int(one) for one in np.flatnonzero(has_room) if int(one) not in busy]
    places = sorted(places, key=lambda one: (-batch.spare[one], batch.idle_since[one], one))[:BLOCK]
    return [batch.pick(place, -1, block[0].work, 0.0) for place in places]


def _values(slots: list[Pick], pieces: list[_Piece], batch: Batch) -> Floats:
    agents = np.array([one.agent for one in slots])
    kinds = np.array([one.kind for one in pieces])
    spares = np.array([one.spare * (1 + IDLE * min(max(batch.now - one.idle_since, 0.0), 1e5)) for one in slots])
    worths = np.array([one.worth for one in pieces])
    values: Floats = batch.matches[np.ix_(agents, kinds)] * worths[None, :] * spares[:, None]
    return values


def _hand_over(
    block: list[Pick], slots: list[Pick], found: list[tuple[int, _Piece]], taken: set[int], batch: Batch
) -> list[Pick]:
    for pick in block:
        taken.discard(pick.work.id)
        batch.carry(pick.agent, pick.work, times=-1)
    made = []
    for row, piece in found:
        slot = slots[row]
        taken.add(piece.work.id)
        count, others = batch.others(slot.agent, piece.kind)
        made.append(
            Pick(slot.agent, piece.kind, piece.work, piece.worth, slot.spare, slot.load, slot.idle_since, count, others)
        )
        batch.carry(slot.agent, piece.work)
        batch.shrink(slot.agent)
    return made


def _leave_out(taken: set[int], batch: Batch) -> None:
    for kind in batch.kinds:
        left = [(one, worth) for one, worth in zip(kind.works, kind.worths, strict=True) if one.id not in taken]
        kind.works = [one for one, _ in left] or kind.works
        kind.worths = [worth for _, worth in left]
        kind.place = 0
