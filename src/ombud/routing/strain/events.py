"""Facts about strain: what teams agree on. Whose strain is watched, and how high it is, is announced to nobody."""

from typing import Literal

from ombud.shared.events import Fact


class StrainPolicyChanged(Fact, frozen=True, kw_only=True):
    """A team has agreed on another bound, another share of hard work, or whom it tells."""

    bound: int
    hard_percent: int
    tells: Literal["nobody", "supervisors"]
