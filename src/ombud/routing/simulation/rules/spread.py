"""How sure a figure is: means of replications with their confidence interval."""

import math
from collections.abc import Sequence
from statistics import fmean, stdev

from msgspec import Struct

# Two-sided 95 % points of Student's t by degrees of freedom; beyond them the normal one is near enough.
_T95 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
_NORMAL95 = 1.96


class Estimate(Struct, frozen=True):
    """A mean over replications and how far the true one may lie off it, 19 times in 20; None from one replication."""

    mean: float
    margin: float | None

    @property
    def low(self) -> float:
        """The lower end."""
        return self.mean - (self.margin or 0.0)

    @property
    def high(self) -> float:
        """The upper end."""
        return self.mean + (self.margin or 0.0)


def estimate(values: Sequence[float]) -> Estimate:
    """Mean and 95 % margin of independent replications.

    Source: Student's t on replication means.
    """
    if len(values) < 2:  # noqa: PLR2004  # one value says nothing about its own spread
        return Estimate(fmean(values), None)
    freedom = len(values) - 1
    point = _T95[freedom - 1] if freedom <= len(_T95) else _NORMAL95
    return Estimate(fmean(values), point * stdev(values) / math.sqrt(len(values)))


def difference(ours: Sequence[float], theirs: Sequence[float]) -> Estimate:
    """Mean and margin of ours less theirs; both saw the same chance, so each pair is compared by itself."""
    return estimate([one - other for one, other in zip(ours, theirs, strict=True)])


def fairness(shares: Sequence[float]) -> float:
    """Jain's index: 1 where everybody carries the same, 1/n where one carries all.

    Source: Jain, Chiu, Hawe 1984.
    """
    squares = sum(one * one for one in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 1.0


def quantile(values: Sequence[float], share: float) -> float:
    """The value that so many lie at or below; 0 of none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
