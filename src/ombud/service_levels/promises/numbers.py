"""Numbers as people write them: 3, 三, 十五, 半, a couple of, half an."""

import re

_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_TENS = {"十": 10, "百": 100}
CHINESE = r"(?:\d{1,5}(?:\.\d{1,2})?|[零〇一二两俩三四五六七八九十百]{1,7}|半)"
_ENGLISH = {
    word: number
    for number, word in enumerate(
        re.findall(
            r"\w+",
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen",
        )
    )
}
_ENGLISH_TENS = {
    word: 10 * number
    for number, word in enumerate(("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2)
}
_ENGLISH |= _ENGLISH_TENS
_PHRASES = {
    "a": 1.0,
    "an": 1.0,
    "the": 1.0,
    "a couple of": 2.0,
    "a couple": 2.0,
    "couple of": 2.0,
    "half a": 0.5,
    "half an": 0.5,
}
_ONES = r"[- ](?:one|two|three|four|five|six|seven|eight|nine)\b"
_TENS_WORDS = "|".join(_ENGLISH_TENS)
ENGLISH = (
    rf"(?:\d{{1,5}}(?:\.\d{{1,2}})?|(?:{_TENS_WORDS}){_ONES}|a couple(?: of)?|couple of|half an?|an?(?= )|"
    # Forty-eight is never a span from forty to eight.
    rf"(?:{_TENS_WORDS})(?!{_ONES})|"
    rf"{'|'.join(sorted(_ENGLISH.keys() - _ENGLISH_TENS.keys(), key=lambda word: (-len(word), word)))})"
)


def chinese_number(text: str) -> float:
    """The value of 3, 1.5, 三, 十五, 二十, 一百二十, 半; of 两三 the greater one."""
    if text == "半":
        return 0.5
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    if not any(sign in _TENS for sign in text):
        return float(_DIGITS[text[-1]])
    total, digit = 0, 0
    for sign in text:
        if sign in _TENS:
            total, digit = total + (digit or 1) * _TENS[sign], 0
        else:
            digit = _DIGITS[sign]
    return float(total + digit)


def english_number(text: str) -> float:
    """The value of 3, 1.5, three, forty-eight, a, half an, a couple of."""
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return float(text)
    if text in _PHRASES:
        return _PHRASES[text]
    return float(sum(_ENGLISH[word] for word in re.split(r"[- ]", text)))
