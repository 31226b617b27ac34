"""All risks of a text, each kind once. Pure; about 0.1 ms for a message of 100 characters."""

import re
from typing import Final

from msgspec import Struct

from ombud.intelligence.risk import chinese, english
from ombud.intelligence.risk.patterns import Rule, written
from ombud.intelligence.risk.schemas import Finding, Kind, Side

# Longer texts are looked at in their beginning: nobody threatens on page twenty only.
LOOKED_AT: Final = 20_000

# Full-width signs as the plain ones, and one kind of apostrophe; each still one character long.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2019: 0x27, 0x2018: 0x27}
_HAN = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile("[a-zA-Z]{2}")
_SENTENCE = re.compile(r"[。!?;\n]|\.(?=\s|$)")
_CLAUSE = re.compile(r"[,。!?;\n]|\.(?=\s|$)")
_QUOTED = re.compile('[“"「『《][^”"」』》\n]{1,60}[”"」』》]')

_NOT_ZH = written(
    "(?:没有?|并未|未曾|无意|不(?:想|会|打算|是|要|用|准备|需要|必))(?:(?!怪|逼|等)[^,。!?;就我]){0,6}$|没说_3_$"
)
_NOT_EN = written(
    r"(?:\bnot|n't|\bnever|\bwithout|\bno intention of|\bno need to) (?:(?!hesitate|only|just|i |we |"
    r"i'll)[\w'-]+ ){0,3}$"
)
_IF_ZH = written("(?:如果|要是|假如|万一|倘若|若是)[^,。不再没]{0,12}$")
_IF_EN = written(r"\b(?:if|in case|suppose|whether)\b(?!_8w_(?:\w+n't|not|no)\b)[^,.;]{0,40}$")
_ASKS_ZH = written(
    "怎么(?!办|会|还|能|又|这么|可以|了|回事|不)|怎样|如何|流程|多少|在哪|有卖|有货|是什么|会不会|"
    "有没有|[可能会]_12_吗|防止"
)
_INSISTS_ZH = written("非要|逼我|信不信|还要我")
_ASKS_EN = written(
    r"^\s*(?:[\w ]+, )?(?:how (?:do|does|would|can|could|to)|what (?:is|are|happens|should|does)|"
    r"which|where|do you|does|is it"
    r"|is the|is there|could it|can it|may it|would|have you)\b"
)
_THIRD = written(
    "(?:客户|顾客|买家|用户|有人)(?:说|威胁|骂|扬言)|话术|他骂|她骂|\\b(?:a|the|one|my|"
    "our) (?:customers?|neighbour|neighbor|friend)s? (?:said|says|threat|told|wants?)"
)
_OVER = written(
    "(?:之前|上次|去年|以前|曾经|那次|前年)[^。!?\\n]{0,30}(?:解决|结束|处理|谢谢|想|买|一切正常)|"
    "\\b(?:years ago|last year|luckily|in the end)\\b"
)
# Kinds of which a question about how it is done, somebody else's words or an old story says nothing.
_ASKED: Final = frozenset[Kind]({"media_regulator", "legal", "fraud", "churn", "safety", "self_harm"})
_TOLD: Final = frozenset[Kind]({"media_regulator", "legal", "abuse", "safety", "fraud"})

# Kinds and phrases that alarm no more.
Silent = frozenset[tuple[Kind, str]]


class _Place(Struct, frozen=True):
    """Words in their surroundings: the sentence, the clause, and the clause up to them."""

    sentence: str
    clause: str
    before: str


def phrase_of(words: str) -> str:
    """Words as they are compared: signs narrow, letters small, one space."""
    return " ".join(words.translate(_NARROW).lower().split())


def find_risks(text: str, side: Side = "customer", silent: Silent = frozenset()) -> list[Finding]:
    """What a text shows of risks, in its order; of each kind the first words that show it and are not ``silent``."""
    narrow = text[:LOOKED_AT].translate(_NARROW)
    found: list[Finding] = []
    for mark, all_rules, is_chinese in ((_HAN, chinese.ALL, True), (_LATIN, english.ALL, False)):
        if mark.search(narrow):
            found += [
                one
                for rule in all_rules
                if (rule.kind == "agent_language") == (side == "agent")
                for one in _first(rule, narrow, silent, is_chinese=is_chinese)
            ]
    first = {one.kind: one for one in sorted(found, key=lambda one: one.start, reverse=True)}
    return sorted(first.values(), key=lambda one: one.start)


def _first(rule: Rule, text: str, silent: Silent, *, is_chinese: bool) -> list[Finding]:
    for match in rule.words.finditer(text):
        if (rule.kind, phrase_of(match.group())) in silent:
            continue
        if not _is_harmless(rule, text, match.start(), match.end(), is_chinese=is_chinese):
            return [Finding(rule.kind, match.start(), match.end())]
    return []


def _is_harmless(rule: Rule, text: str, start: int, end: int, *, is_chinese: bool) -> bool:
    place = _place(text, start, end)
    if rule.unless is not None and rule.unless.search(place.sentence):
        return True
    negated, supposed = (_NOT_ZH, _IF_ZH) if is_chinese else (_NOT_EN, _IF_EN)
    if negated.search(place.before) or supposed.search(place.before) or _is_quoted(text, start, end):
        return True
    if rule.kind in _ASKED and _is_asked(place, is_chinese=is_chinese):
        return True
    return rule.kind in _TOLD and bool(_THIRD.search(place.sentence) or _OVER.search(place.sentence))


def _is_asked(place: _Place, *, is_chinese: bool) -> bool:
    if is_chinese:
        return bool(_ASKS_ZH.search(place.clause)) and not _INSISTS_ZH.search(place.clause)
    return bool(_ASKS_EN.search(place.sentence))


def _is_quoted(text: str, start: int, end: int) -> bool:
    return any(one.start() < start and end < one.end() for one in _QUOTED.finditer(text))


def _place(text: str, start: int, end: int) -> _Place:
    sentence = _around(_SENTENCE, text, start, end)
    clause = _around(_CLAUSE, text, start, end)
    return _Place(text[slice(*sentence)], text[slice(*clause)], text[clause[0] : start])


def _around(marks: re.Pattern[str], text: str, start: int, end: int) -> tuple[int, int]:
    """From behind the last mark before some words to the first one after them."""
    opened = 0
    for one in marks.finditer(text, 0, start):
        opened = one.end()
    closed = marks.search(text, end)
    return opened, closed.start() if closed else len(text)
