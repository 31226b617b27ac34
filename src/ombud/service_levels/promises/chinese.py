"""Promises in one Chinese sentence."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from ombud.service_levels.promises import clauses_zh as clauses
from ombud.service_levels.promises.clauses_zh import Clause
from ombud.service_levels.promises.phrases import Found, is_over, trimmed, without_overlaps
from ombud.service_levels.promises.schemas import TimePhrase
from ombud.service_levels.promises.times_zh import find_times

# 最迟明天下午, 大概4点左右: a clause of hardly more than its time leans on the one beside it.
_SMALL_LENGTH = 4
_SMALL = re.compile(
    r"(?:最[迟晚快多]|不[超晚迟]过?于?|大[概约]|差不多|那|好的?|嗯|行|在|于|就|也就|预计|估计|[快慢]的话"
    r"|再|时间|[之以]?[前内]|左右|的|[吧哈哦呢 .。!~])*"
)


def find_promises(sentence: str, now: datetime) -> Iterator[Found]:
    """The promises of a normalised sentence in order."""
    times = [time for time in without_overlaps(find_times(sentence, now)) if not is_over(time, now)]
    if not times:
        return
    reading = _Reading(sentence)
    for clause in clauses.clauses_of(sentence):
        reading.read(clause, _governing([time for time in times if clause.start <= time.start < clause.end]))
    yield from reading.found


class _Reading:
    """What has been understood of a sentence, clause by clause."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        self.found: list[Found] = []
        # A clause that is nothing but a time waits for the one that it belongs to.
        self.leaning: TimePhrase | None = None
        # A clause that binds us without a time may get it from the next one.
        self.timeless: Clause | None = None
        self.is_void = False

    def read(self, clause: Clause, time: TimePhrase | None) -> None:
        """Take in the next clause; ``time`` is the one that it is about."""
        self.is_void = self.is_void or clauses.voids_the_rest(clause)
        if self.is_void:
            return
        leans = time is not None and not time.is_vague and _leans(clause, time)
        promise = _promise(self.sentence, clause, time, self.leaning)
        if promise:
            self._keep(promise)
        elif time and leans:
            self._complete(time)
        self.leaning = time if leans and not promise else None
        self.timeless = clause if time is None and clauses.binds_by_itself(clause) else None

    def _keep(self, promise: Found) -> None:
        """Add a promise; 这就给您安排, 今天必发 is one, not a vague one and another."""
        if self.found and self.found[-1].time.is_vague and not (promise.time.is_vague or promise.counts_from_event):
            promise = msgspec.structs.replace(promise, start=self.found.pop().start)
        self.found.append(promise)

    def _complete(self, time: TimePhrase) -> None:
        """Give a time that stands alone to what was promised before it."""
        if self.timeless:
            self.found.append(Found(*trimmed(self.sentence, self.timeless.start, time.end), time))
        elif self.found and self.found[-1].time.is_vague:
            self.found[-1] = msgspec.structs.replace(self.found[-1], end=time.end, time=time)


def _governing(times: Sequence[TimePhrase]) -> TimePhrase | None:
    """The time that a clause is about: the last that names a moment, else its vague word."""
    fixed = [time for time in times if not time.is_vague]
    # 月底前补偿一个月会员: a point is likelier when, a length may be how much.
    fixed = [time for time in fixed if not time.is_relative] or fixed
    return fixed[-1] if fixed else (times[0] if times else None)


def _leans(clause: Clause, time: TimePhrase) -> bool:
    rest = clause.text[: time.start - clause.start] + clause.text[time.end - clause.start :]
    return len(rest.strip()) <= _SMALL_LENGTH or _SMALL.fullmatch(rest) is not None


def _promise(sentence: str, clause: Clause, time: TimePhrase | None, leaning: TimePhrase | None) -> Found | None:
    """What a clause promises, by its own time or by that of the clause before, which holds nothing else."""
    governing = leaning if leaning and (time is None or time.is_vague) else time
    if governing is None or clauses.is_question(sentence, clause):
        return None
    inner = governing if governing is time else TimePhrase(clause.start, clause.start, governing.deadline)
    if not clauses.binds(clause, inner) or clauses.is_nobodys(clause, inner):
        return None
    start = min(governing.start, clause.start)
    before = sentence[: governing.start]
    return Found(*trimmed(sentence, start, clause.end), governing, clauses.counts_from_event(before[-40:]))
