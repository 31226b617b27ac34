"""How far a ticket is, in steps that customers know: the stages of its process by their own names, else three steps."""

from collections.abc import Sequence
from itertools import pairwise

from ombud.portal.customer.schemas import ProgressStep
from ombud.processes.schemas import ProcessSpec, Stage, Visit

DONE = frozenset({"solved", "closed"})
ALWAYS: dict[str, object] = {"all": []}


def customer_name(stage: Stage, locale: str) -> str:
    """What a stage is called for customers; empty where they need not know of it."""
    first, other = stage.customer_name_en, stage.customer_name_zh
    return (other or first) if locale == "zh-CN" else (first or other)


def steps_of(spec: ProcessSpec, visits: Sequence[Visit], *, has_ended: bool, locale: str) -> list[ProgressStep]:
    """The stages with a name for customers: gone through, the present one, and those that usually follow.

    Inside, a ticket may go through stages that customers do not know of: the last one that they know counts on.
    """
    by_key = {one.key: one for one in spec.stages}
    seen = [by_key[one.stage] for one in visits if one.stage in by_key]
    way = _without_repeats([name for stage in seen if (name := customer_name(stage, locale))])
    ahead = [] if has_ended else usually_ahead(spec, seen[-1] if seen else None)
    whole = _without_repeats([*way, *(name for stage in ahead if (name := customer_name(stage, locale)))])
    at = max(len(way) - 1, 0)
    return [
        ProgressStep(name, "past" if has_ended or place < at else "now" if place == at else "ahead")
        for place, name in enumerate(whole)
    ]


def usually_ahead(spec: ProcessSpec, stage: Stage | None) -> list[Stage]:
    """The stages that follow one where nothing special comes to pass: no condition, nothing late or refused."""
    keys = [one.key for one in spec.stages]
    at = stage.key if stage else ""
    found: list[Stage] = []
    while len(found) < len(keys):
        at = _next(spec, keys, at)
        if at not in keys or any(one.key == at for one in found):
            break
        found.append(spec.stages[keys.index(at)])
    return [one for one in found if one.enters_when == ALWAYS]


def _next(spec: ProcessSpec, keys: list[str], key: str) -> str:
    if key not in keys:
        return keys[0]
    place = keys.index(key)
    plain = next((way.to for way in spec.stages[place].ways if way.when == ALWAYS), None)
    if plain is not None:
        return plain
    return keys[place + 1] if place + 1 < len(keys) else ""


def _without_repeats(names: Sequence[str]) -> list[str]:
    return [*names[:1], *(later for earlier, later in pairwise(names) if later != earlier)]


def simple_steps(category: str, words: Sequence[str]) -> list[ProgressStep]:
    """Three steps, where a ticket is in no process that customers know of."""
    at = 0 if category == "new" else 2 if category in DONE else 1
    return [
        ProgressStep(name, "past" if place < at or category in DONE else "now" if place == at else "ahead")
        for place, name in enumerate(words)
    ]
