"""A text cut into sentences, with quotations blanked out; every character keeps its place."""

import re
from collections.abc import Iterator
from typing import NamedTuple

# Full-width letters, digits and signs, curly quotes: as the plain ones, each still one character long.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x00A0: 0x20, 0x2019: 0x27}
_QUOTED_LINE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_QUOTED = re.compile(r"“[^“”\n]{1,300}”|「[^「」\n]{1,300}」|『[^『』\n]{1,300}』|\"[^\"\n]{1,300}\"")
# A figure in quotation marks is stressed, not quoted: 我们会在“3个工作日内”退款.
_STRESSED = re.compile(
    r".(?:[\d零一二两三四五六七八九十~-]+ ?个?(?:工作日|小时|天|分钟|working days?|days?|hours?)[之以]?内?)."
)
# One day said twice: 周一(11月23日), Monday (23 November), 23 November (Monday). The date leads, the brackets go.
_DAY_ZH = r"(?:[本这下]{0,2}个?(?:周|星期|礼拜)[一二三四五六日天]|[今明后]天)"
_DATED_ZH = re.compile(rf"({_DAY_ZH})( ?)\((\d{{1,2}}月\d{{1,2}}[日号]?)\)")
_DAY_EN = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH_EN = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DATE_EN = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH_EN}|{_MONTH_EN} \d{{1,2}}(?:st|nd|rd|th)?)"
_DATED_EN = re.compile(rf"\b({_DAY_EN}) \(({_DATE_EN})\)")
_DAYED_EN = re.compile(rf"\b({_DATE_EN}) \(({_DAY_EN})\)")
MAX_SENTENCE_LENGTH = 1_000
# Behind these a full stop ends no sentence.
_SHORT = ("dec", "nov", "oct", "sept", "sep", "aug", "jan", "feb", "mr", "ms", "mrs", "dr", "no", "approx")
_END = re.compile(
    r"[。!?;\n…]+|(?<=[ \d][ap]\.m)\.(?=\s+[A-Z])|(?i:(?<![ \d][ap]\.m)"
    + "".join(rf"(?<!\b{word})" for word in _SHORT)
    + r")\.+(?=[\s)]|$|[\u4e00-\u9fff])"
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


class Sentence(NamedTuple):
    """A normalised sentence, its mark at the end included, and where it begins."""

    text: str
    start: int

    @property
    def is_chinese(self) -> bool:
        """Whether it is read by the Chinese grammar."""
        return CHINESE.search(self.text) is not None


def sentences_of(text: str) -> Iterator[Sentence]:
    """The sentences of a text in order; what is quoted is blank. What never ends is cut, so that it costs no more."""
    marked = _unquoted(text.translate(_PLAIN))
    plain = _unbracketed(_lowered(marked))
    ends = [*(end.end() for end in _END.finditer(marked)), len(plain)]
    for start, end in zip([0, *ends], ends, strict=False):
        for part in range(start, end, MAX_SENTENCE_LENGTH):
            yield Sentence(plain[part : min(end, part + MAX_SENTENCE_LENGTH)], part)


def _lowered(text: str) -> str:
    # One character at a time: a few grow when they become lower case, which would move all places behind them.
    return "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)


def _unbracketed(text: str) -> str:
    text = _DATED_ZH.sub(r"\3(\1)\2", text)
    text = _DATED_EN.sub(r"\1, \2,", text)
    return _DAYED_EN.sub(r"\2, \1,", text)


def _unquoted(text: str) -> str:
    for pattern in (_QUOTED_LINE, _QUOTED):
        text = pattern.sub(lambda match: match[0] if _STRESSED.fullmatch(match[0]) else "\0" * len(match[0]), text)
    return text
