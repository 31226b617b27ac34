"""Folded searches, sentences and their figures, contradicting passages, and what contributions are worth."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from msgspec import Struct

from ombud.knowledge.reports.schemas import Credit
from ombud.shared.errors import Invalid

MOST_LETTERS = 200
# Sentences that are shorter say the same by chance.
SHORTEST, SHORTEST_CJK = 24, 8
# Skeletons that share so much of their pairs say the same of another figure.
ALIKE = 0.75
# Pairs of letters that stand in more sentences than this tell nothing apart.
COMMON = 200

# What a contribution is worth: docs/en/notices.md says so, too.
WORTH: dict[Credit, int] = {
    "written": 10,
    "changed": 4,
    "translated": 6,
    "reviewed": 2,
    "helped": 1,
    "used": 1,
    "requests": 3,
}
# So many points at most come of one article's feedback and uses in a month.
MOST_OF_ONE = 20

_END = re.compile(r"(?<=[。！？；!?;])|(?<=\.)\s|\n+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_DIGITS = str.maketrans("零〇一二两三四五六七八九", "001223456789")
_CHINESE = "零〇一二两三四五六七八九十百千"
_UNITS: dict[str, str] = {
    "minute": "min|mins|minute|minutes|分钟",
    "hour": "h|hr|hrs|hour|hours|小时|个小时|钟头",
    "working_day": "working days?|business days?|workdays?|个工作日|工作日",
    "day": "day|days|天|日|个自然日|自然日",
    "week": "week|weeks|周|个星期|星期",
    "month": "month|months|个月|月",
    "year": "year|years|年",
    "percent": "%|percent|per cent|％",
    "money": "yuan|rmb|cny|元|块|usd|dollars?|eur|euros?",
    "times": "times|次",
    "piece": "pieces?|items?|件|台|个",
    "kg": "kg|kilograms?|公斤|千克",
    "km": "km|kilomet(?:er|re)s?|公里",
}
_UNIT_OF = [(name, re.compile(rf"(?:{words})(?![a-z])")) for name, words in _UNITS.items()]
# Units that can be compared, in minutes and in months.
_SAME = {
    "minute": ("time", 1),
    "hour": ("time", 60),
    "day": ("time", 1_440),
    "week": ("time", 10_080),
    "month": ("months", 1),
    "year": ("months", 12),
}
_NUMBER = re.compile(rf"([¥$€£])?\s?(\d[\d,]*(?:\.\d+)?|[{_CHINESE}]+)\s?-?\s?")
_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TENS = {"fifteen": "15", "twenty": "20", "thirty": "30", "sixty": "60", "ninety": "90"}
_ENGLISH = {word: str(number) for number, word in enumerate(_SMALL)} | _TENS
_ENGLISH_WORD = re.compile(rf"\b(?:{'|'.join(_ENGLISH)})\b")
_BARE = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """A search as it is compared: lower case, no signs, single blanks."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return _BARE.sub(" ", plain).strip()[:MOST_LETTERS]


class Figure(Struct, frozen=True):
    """A number with its unit, as compared."""

    value: str
    unit: str


class Sentence(Struct, frozen=True):
    """A sentence with what is left without its figures."""

    text: str
    skeleton: str
    figures: frozenset[Figure]


class Passage(Struct, frozen=True):
    """Where a text stands: which article or other place, in which language."""

    place: tuple[str, int]
    locale: str
    text: str
    title: str = ""


class Pair(Struct, frozen=True):
    """Two passages that say the same of different figures."""

    one: Passage
    other: Passage


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, in their order."""
    return (one for part in _END.split(text) if part and (one := " ".join(part.split())))


def is_telling(sentence: str) -> bool:
    """Whether a sentence is long enough that it is not said twice by chance."""
    bare = _BARE.sub("", sentence)
    return len(bare) >= (SHORTEST_CJK if _CJK.search(bare) else SHORTEST)


def same_words(sentence: str) -> str:
    """A sentence as it is compared with others: no case, no signs."""
    return _BARE.sub("", unicodedata.normalize("NFKC", sentence).lower())


def read_sentence(text: str) -> Sentence:
    """A sentence with its figures: numbers that have a unit, in digits or in words."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = _ENGLISH_WORD.sub(lambda match: _ENGLISH[match[0]], plain)
    found: set[Figure] = set()
    rest, end = "", 0
    for match in _NUMBER.finditer(plain):
        unit, length = _unit(plain[match.end() :]) if not match[1] else ("money", 0)
        number = _number(match[2])
        if unit is None or number is None or match.start() < end:
            continue
        found.add(Figure(number, unit))
        rest += f"{plain[end : match.start()]}\N{NUMBER SIGN}"
        end = match.end() + length
    return Sentence(text, _BARE.sub(" ", (rest + plain[end:]).replace("#", " 0 ")).strip(), frozenset(found))


def _unit(behind: str) -> tuple[str | None, int]:
    best = max(
        ((len(match[0]), name) for name, pattern in _UNIT_OF if (match := pattern.match(behind))), default=(0, None)
    )
    return best[1], best[0]


def _number(text: str) -> str | None:
    if text[0].isdigit():
        plain = text.replace(",", "")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return _chinese(text)


def _chinese(text: str) -> str | None:
    total, digit = 0, 0
    for sign in text:
        if sign in "十百千":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[sign]
            digit = 0
        else:
            digit = int(sign.translate(_DIGITS))
    return str(total + digit)


def contradictions(wanted: Iterable[Passage], others: Iterable[Passage]) -> list[Pair]:
    """Sentences of some passages beside near-identical ones elsewhere in the same language with other figures.

    Two figures differ where a unit occurs in both sentences and no number of it is shared.
    """
    known = list(_read(others))
    index: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (passage, one) in enumerate(known):
        for pair in _pairs(one.skeleton):
            index[_primary(passage.locale), pair].append(number)
    return list(chain.from_iterable(_against(passage, one, known, index) for passage, one in _read(wanted)))


def _read(passages: Iterable[Passage]) -> Iterator[tuple[Passage, Sentence]]:
    for passage in passages:
        for text in sentences(passage.text):
            one = read_sentence(text)
            if one.figures and is_telling(text):
                yield passage, one


def _pairs(skeleton: str) -> frozenset[str]:
    flat = skeleton.replace(" ", "") if _CJK.search(skeleton) else skeleton
    return frozenset(flat[at : at + 3] for at in range(max(len(flat) - 2, 1)))


def _against(
    passage: Passage,
    one: Sentence,
    known: Sequence[tuple[Passage, Sentence]],
    index: Mapping[tuple[str, str], Sequence[int]],
) -> Iterator[Pair]:
    own = _pairs(one.skeleton)
    shared: defaultdict[int, int] = defaultdict(int)
    for pair in own:
        near = index.get((_primary(passage.locale), pair), ())
        if len(near) <= COMMON:
            for number in near:
                shared[number] += 1
    for number, many in sorted(shared.items()):
        there, other = known[number]
        if there.place == passage.place or many * 2 < len(own):
            continue
        theirs = _pairs(other.skeleton)
        if len(own & theirs) >= ALIKE * len(own | theirs) and differ(one.figures, other.figures):
            yield Pair(
                Passage(passage.place, passage.locale, one.text, passage.title),
                Passage(there.place, there.locale, other.text, there.title),
            )


def _primary(locale: str) -> str:
    return locale.partition("-")[0]


def differ(one: frozenset[Figure], other: frozenset[Figure]) -> bool:
    """Whether both tell a length of time, a price or another amount, and with no number in common.

    Seven days are a week, and not seven working days.
    """
    mine, theirs = _by_unit(one), _by_unit(other)
    if any(not mine[unit] & theirs[unit] for unit in mine.keys() & theirs.keys()):
        return True
    spans = {"time", "working_day", "months"}
    return bool(mine.keys() & spans and theirs.keys() & spans) and not (mine.keys() & theirs.keys() & spans)


def _by_unit(figures: Iterable[Figure]) -> dict[str, set[float | str]]:
    found: defaultdict[str, set[float | str]] = defaultdict(set)
    for one in figures:
        unit, times = _SAME.get(one.unit, (one.unit, 0))
        found[unit].add(float(one.value) * times if times else one.value)
    return dict(found)


def points(counts: Mapping[Credit, int]) -> int:
    """What contributions are worth together."""
    return sum(WORTH[name] * many for name, many in counts.items())


def month_span(month: str, zone: ZoneInfo, *, now: datetime) -> tuple[str, datetime, datetime]:
    """A month such as 2026-11 in a time zone: its name, its first moment, and the first of the next.

    Raises:
        Invalid: it is no month.
    """
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=zone) if month else _first_of(now.astimezone(zone))
    except ValueError:
        raise Invalid("Name a month such as 2026-11.", fields={"month": "bad"}) from None
    return first.strftime("%Y-%m"), first, _first_of(first.replace(day=1) + timedelta(days=32))


def _first_of(moment: datetime) -> datetime:
    return moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
