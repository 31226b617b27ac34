"""How sure is sure enough: from what people answered on earlier tickets."""

import math
from collections.abc import Sequence
from typing import Final

from ombud.assistance.answering.schemas import AnswerTrialStep, TriedTicket

# The lower end of the 95 % interval has to reach it.
AIM: Final = 0.9
# So many tickets have to tell before anything is proposed.
FEWEST: Final = 20
LOWEST, STEPS, STEP = 30, 14, 5
_Z = 1.959964


def thresholds() -> list[float]:
    """The thresholds that are compared."""
    return [(LOWEST + STEP * at) / 100 for at in range(STEPS)]


def lower_end(right: int, judged: int) -> float:
    """The lower end of the 95 % interval of a share.

    Source: Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference.
    """
    if not judged:
        return 0.0
    share = right / judged
    middle = share + _Z**2 / (2 * judged)
    spread = _Z * math.sqrt(share * (1 - share) / judged + _Z**2 / (4 * judged**2))
    return max(0.0, (middle - spread) / (1 + _Z**2 / judged))


def steps_of(tried: Sequence[TriedTicket]) -> list[AnswerTrialStep]:
    """What each threshold would have meant; tickets on which nothing would have been sent anyway count nowhere."""
    return [_step(at, [one for one in tried if not one.reason and one.confidence >= at]) for at in thresholds()]


def _step(threshold: float, answered: Sequence[TriedTicket]) -> AnswerTrialStep:
    right = sum(one.verdict == "right" for one in answered)
    wrong = sum(one.verdict == "wrong" for one in answered)
    judged = right + wrong
    precision = right / judged if judged else None
    low = lower_end(right, judged) if judged else None
    return AnswerTrialStep(threshold, len(answered), right, wrong, len(answered) - judged, precision, low)


def proposed(steps: Sequence[AnswerTrialStep], aim: float = AIM) -> float | None:
    """The lowest threshold from which on answers are right often enough; None where too few tickets tell."""
    fit = [one.threshold for one in steps if one.right + one.wrong >= FEWEST and (one.low or 0.0) >= aim]
    return min(fit) if fit else None
