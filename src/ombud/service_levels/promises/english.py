"""Promises in one English sentence."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from ombud.service_levels.promises import clauses_en as clauses
from ombud.service_levels.promises.phrases import Found, is_over, trimmed, without_overlaps
from ombud.service_levels.promises.schemas import TimePhrase
from ombud.service_levels.promises.times_en import find_times

# A time may stand so far before the words that bind: "No later than Thursday at 4 p.m., we will …".
_FRONTED = 12


def find_promises(sentence: str, now: datetime) -> Iterator[Found]:
    """The promises of a normalised sentence in order."""
    times = [time for time in without_overlaps(find_times(sentence, now)) if not is_over(time, now)]
    if not times or _is_question(sentence):
        return
    bonds = _bonds(sentence)
    for place, bond in enumerate(bonds):
        end = bonds[place + 1] if place + 1 < len(bonds) else len(sentence)
        time = _governing(times, bond, end) or (_fronted(times, bond) if place == 0 else None)
        if time and not _is_void(sentence, bond, end):
            yield _found(sentence, bond, end, time)


def _is_question(sentence: str) -> bool:
    """Whether all of it is asked; a question that only wants consent leaves what stands before it a promise."""
    return sentence.rstrip().endswith("?") and clauses.ASKS.search(sentence) is not None


def _bonds(sentence: str) -> list[int]:
    """Where our side begins to bind itself, in order."""
    starts = {match.start() for match in clauses.MARKER.finditer(sentence)}
    starts |= {match.start() for match in clauses.ELIDED.finditer(sentence)}
    if starts:
        starts |= {match.start() for match in clauses.AND_THEN.finditer(sentence, min(starts))}
    return sorted(starts)


def _governing(times: Sequence[TimePhrase], start: int, end: int) -> TimePhrase | None:
    within = [time for time in times if start <= time.start < end]
    fixed = [time for time in within if not time.is_vague]
    return fixed[0] if fixed else (within[0] if within else None)


def _fronted(times: Sequence[TimePhrase], bond: int) -> TimePhrase | None:
    """A time right before the words that bind, with nothing of weight before it."""
    before = [time for time in times if time.end <= bond]
    if not before or (bond - before[-1].end > _FRONTED and not before[-1].is_vague):
        return None
    return before[-1]


def _is_void(sentence: str, bond: int, end: int) -> bool:
    before, after = sentence[:bond], sentence[bond:]
    borders = [match.end() for match in clauses.BORDER.finditer(before)]
    clause = before[borders[-1] if borders else 0 :]
    if clauses.VOID_BEFORE.search(before) or clauses.VOID_CLAUSE.search(clause) or clauses.REQUEST.search(before):
        return True
    is_conditional = clauses.VOID_AFTER.search(sentence[bond:end]) or clauses.VOID_WITHIN.match(after)
    return is_conditional is not None or _is_third_partys(before, after)


def _is_third_partys(before: str, after: str) -> bool:
    """Whether "they will" are a courier, a bank, a seller, and none of ours."""
    if clauses.THIRDS.search(before) and clauses.STAFF.match(after):
        return True
    if clauses.ANAPHORA.match(after) is None:
        return False
    third, ours = ([match.end() for match in words.finditer(before)] for words in (clauses.THIRD, clauses.STAFF))
    return bool(third) and third[-1] > (ours[-1] if ours else 0)


def _found(sentence: str, bond: int, end: int, time: TimePhrase) -> Found:
    start = min(bond, time.start)
    stop = clauses.SPAN_END.search(sentence, max(time.end, bond), end)
    start, end = trimmed(sentence, start, stop.start() if stop else end)
    is_on_event = time.is_relative and _counts_from_event(sentence, time, bond)
    return Found(start, end, time, is_on_event)


def _counts_from_event(sentence: str, time: TimePhrase, bond: int) -> bool:
    before = clauses.ON_EVENT.search(sentence, 0, min(bond, time.start))
    return before is not None or clauses.EVENT_AFTER.match(sentence[time.end :]) is not None
