"""How far a ticket is, in steps that customers know: the stages of its process by their own names, else three steps."""

from collections.abc import Sequence
from itertools import pairwise

from ombud.portal.customer.schemas import ProgressStep
from ombud.processes.schemas import ProcessSpec, Stage, Visit

DONE = frozenset({"solved", "closed"})


def customer_name(stage: Stage, locale: str) -> str:
    """What a stage is called for customers; empty where they need not know of it."""
    first, other = stage.customer_name_en, stage.customer_name_zh
    return (other or first) if locale == "zh-CN" else (first or other)


def steps_of(spec: ProcessSpec, visits: Sequence[Visit], *, has_ended: bool, locale: str) -> list[ProgressStep]:
    """The stages with a name for customers: gone through, the present one, and those that usually follow.

    Inside, a ticket may go through stages that customers do not know of: the last one that they know counts on.
    """
    names = {one.key: customer_name(one, locale) for one in spec.stages}
    seen = [names.get(one.stage, "") for one in visits]
    known = [name for name in seen if name]
    way = _without_repeats(known)
    at = len(way) - 1
    last = next((one.stage for one in reversed(visits) if names.get(one.stage)), "")
    keys = [one.key for one in spec.stages]
    ahead = keys[keys.index(last) + 1 :] if last in keys else keys
    rest = [] if has_ended else [names[key] for key in ahead if names[key]]
    whole = _without_repeats([*way, *rest])
    return [
        ProgressStep(name, "past" if has_ended or place < at else "now" if place == at else "ahead")
        for place, name in enumerate(whole)
    ]


def _without_repeats(names: Sequence[str]) -> list[str]:
    return [*names[:1], *(later for earlier, later in pairwise(names) if later != earlier)]


def simple_steps(category: str, words: Sequence[str]) -> list[ProgressStep]:
    """Three steps, where a ticket is in no process that customers know of."""
    at = 0 if category == "new" else 2 if category in DONE else 1
    return [
        ProgressStep(name, "past" if place < at or category in DONE else "now" if place == at else "ahead")
        for place, name in enumerate(words)
    ]
