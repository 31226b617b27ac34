"""Numbers and addresses of machines that prove themselves by their form or a checksum. Pure."""

import re
from collections.abc import Iterator
from datetime import date

from ombud.intelligence.personal_data.schemas import Finding, Kind

# ISO 7064 MOD 11-2, as GB 11643-1999 has it.
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_SIGNS = "10X98765432"
_ID_LENGTH = 18
_FIRST_YEAR = 1900
# The provinces of GB/T 2260, by their first two digits.
_PROVINCES = frozenset(
    str(number)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for number in range(first, last + 1)
)
_ID = re.compile(r"(?=(\d{17}[\dXx]))")
# A run of digits, in groups where it is written so. Longer runs are records of machines, not what people write.
_RUN = re.compile(r"(?<![\d.])\d(?:[ -]?\d)*(?![\d]|\.\d)")
_MAX_RUN = 40
# The digits of an identifier of a machine (RFC 9562) are nobody's number, whatever they look like.
_UUID = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}(?![0-9A-Za-z])")
# Issuers as ISO/IEC 7812 has them: UnionPay, Visa, Mastercard, JCB, American Express, Diners.
_CARD = re.compile(
    r"62\d{14,17}|4\d{15}|5[1-5]\d{14}|2[2-7]\d{14}|35\d{14}|3[47]\d{13}|3[068]\d{12}|60\d{14,17}|9\d{15,18}"
)
# Prefixes that the ministry has given out.
_MOBILE = re.compile(r"(?:86|0086)?1(?:3\d|4[014-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9[0-35-9])\d{8}")
# What such a number is called when it is no telephone.
_OTHER_NUMBER = re.compile(
    r"(?:(?:订单|运单|快递|物流|工单|流水|交易|发票)(?:编?号码?|单号)?|(?:order|tracking|ticket|parcel|invoice)"
    r" (?:no|number|id))(?:是|为| is)?[ :：#.]*$",
    re.IGNORECASE,
)
_LANDLINE = re.compile(r"(?:010|02\d)\d{8}|0[3-9]\d{2}\d{7,8}")
_ABROAD = re.compile(r"(?<![\w+-])(?<!\d )(?:\+|00)(?!86)[1-9]\d{0,2}(?:[ .-]?\(?\d{1,4}\)?){2,5}(?!\d)")
_ABROAD_DIGITS = range(8, 16)
_US = re.compile(r"(?<![\d.-])(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?![\d.-])")
_HANGS_ON = re.compile(r"[A-Za-z]\d?$")
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
_PHONE_BEFORE = re.compile(r"1[3-9]\d{9}(?=[A-Za-z])")
_PLATE = re.compile(
    r"(?<![A-Za-z0-9])[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领][A-HJ-NP-Z]"
    r"[ ·.-]?(?:[DF][A-HJ-NP-Z0-9]\d{4}|\d{5}[DF]|[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳])(?![A-Za-z0-9])"
)
_PASSPORT_CN = re.compile(r"(?<![A-Za-z0-9])(?:E[A-HJ-NP-Z]\d{7}|[EGDSP]\d{8})(?![A-Za-z0-9])")
_PASSPORT_SAID = re.compile(
    r"(?:护照|passport)(?:号码?|\s*(?:no\.?|number))?\s*(?:is|为|是)?\s*[:：]?\s*([A-Z]{0,2}\d{6,9}[A-Z]?)(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def is_id_number(number: str) -> bool:
    """Whether 18 characters are a Chinese identity number: province, day of birth and check sign are right."""
    if len(number) != _ID_LENGTH or number[:2] not in _PROVINCES:
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, number, strict=False))
    return born.year >= _FIRST_YEAR and _ID_SIGNS[total % 11] == number[-1].upper()


def passes_luhn(number: str) -> bool:
    """Whether the last digit is right by ISO/IEC 7812-1 annex B."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def find_numbers(text: str) -> Iterator[Finding]:
    """All that proves itself, overlaps included; the surest kinds come first. ``text`` has narrow digits and signs."""
    text = _UUID.sub(lambda match: "x" * len(match[0]), text)
    yield from (_found("email", match) for match in _emails(text))
    for match in _ID.finditer(text):
        if is_id_number(match[1]):
            yield Finding("id_number", *match.span(1))
    yield from (_found("passport", match) for match in _PASSPORT_CN.finditer(text))
    yield from (Finding("passport", *match.span(1)) for match in _PASSPORT_SAID.finditer(text))
    yield from (_found("plate", match) for match in _PLATE.finditer(text))
    for match in _ABROAD.finditer(text):
        if sum(sign.isdigit() for sign in match[0]) in _ABROAD_DIGITS:
            yield _found("phone", match)
    for match in _RUN.finditer(text):
        yield from _of_run(text, match)
    yield from (_found("phone", match) for match in _US.finditer(text))


def _found(kind: Kind, match: re.Match[str]) -> Finding:
    return Finding(kind, *match.span())


def _emails(text: str) -> Iterator[re.Match[str]]:
    for match in _EMAIL.finditer(text):
        phone = _PHONE_BEFORE.match(match[0])
        # 18599866357ann@example.org: two things written together.
        yield (phone and _EMAIL.match(text, match.start() + phone.end())) or match


def _of_run(text: str, match: re.Match[str]) -> Iterator[Finding]:
    if len(match[0]) > _MAX_RUN:
        return
    digits = re.sub(r"\D", "", match[0])
    start = match.start() - (text[max(0, match.start() - 1) : match.start()] == "+")
    if _is_numbered(text, start):
        return
    if _CARD.fullmatch(digits) and passes_luhn(digits):
        yield Finding("bank_card", match.start(), match.end())
    elif _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
        yield Finding("phone", start, match.end())
    elif match[0] != digits:
        # Numbers beside each other, parted by spaces: each by itself.
        yield from _of_parts(match)


def _is_numbered(text: str, start: int) -> bool:
    """Whether the words before say that it is the number of something: one in ten passes Luhn by chance."""
    return _OTHER_NUMBER.search(text[max(0, start - 28) : start]) is not None


def _of_parts(match: re.Match[str]) -> Iterator[Finding]:
    for part in re.finditer(r"0\d{2,3}-\d{7,8}|\d+", match[0]):
        digits = part[0].replace("-", "")
        span = (match.start() + part.start(), match.start() + part.end())
        if _CARD.fullmatch(digits) and passes_luhn(digits):
            yield Finding("bank_card", *span)
        elif _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits):
            yield Finding("phone", *span)
