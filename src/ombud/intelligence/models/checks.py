"""What an answer must stand before anybody sees it. Pure; each check says what is wrong in a sentence, or ''.

*Ours* is what articles and our own replies say: an answer may repeat its links, amounts, times and offers. What a
customer wrote lends nothing: a number of theirs may be named, an amount or a promise of theirs may not be granted.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from msgspec import structs

from ombud.intelligence.models.hiding import PLACEHOLDER
from ombud.intelligence.models.injections import payloads, without_injections
from ombud.intelligence.models.schemas import Source
from ombud.intelligence.personal_data.finding import find_personal_data
from ombud.shared.words import STOP_WORDS, pieces

SHORTEST_QUOTE: Final = 4
LEAK_RUN: Final = 36
PAYLOAD_LENGTH: Final = 4
SHORT_NUMBER: Final = 2
# An answer from articles shares at least this part of its words with them; fewer words prove nothing.
SUPPORTED: Final = 0.35
FEW_WORDS: Final = 2
# Nobody is told to pay to a number that a machine wrote, and nobody's papers are repeated.
NEVER: Final = frozenset({"bank_card", "id_number", "passport"})
LINK: Final = re.compile(
    r"(?:https?|ftp|hxxps?|javascript|data|tel|sms|mailto):[^\s<>\"'）)】」]+|\bwww\.[^\s<>\"'）)】」]+"
    r"|(?<![a-z0-9.-])(?:[a-z0-9-]{1,63}\.){1,6}(?:com|cn|net|org|io|shop|top|xyz|info|biz|co|me|link|site|online|app|dev|ru|tk|cc"
    r"|vip|store|club"
    r"|example|test|ly|gl|gg|to|uk|de)\b(?:/[^\s<>\"'）)】」]*)?",
    re.IGNORECASE,
)
MARKUP: Final = re.compile(r"<[a-z/!?][^>]*>|!?\[[^\]]*\]\([^)]*\)|```", re.IGNORECASE)
SECRET: Final = re.compile(
    r"\b(?:sk|pk|rk|whsec|ghp|gho|xox[abp]|glpat|omk)[-_][A-Za-z0-9_-]{8,}|\bAKIA[0-9A-Z]{12,}|-----BEGIN |"
    r"\bBearer\s+[A-Za-z0-9._-]{12,}|\beyJ[A-Za-z0-9_-]{12,}\.|\b(?:password|passwort|api[ _-]?key)\s*(?:is|=|:)\s*\S"
    r"|(?:密码|口令|密钥)(?:是|为|[:：])\s*\S",
    re.IGNORECASE,
)
MACHINE: Final = re.compile(
    r"\bas an? (?:ai|artificial intelligence|large language model|language model)\b|\bsystem prompt\b"
    r"|\bmy (?:instructions|programming|system message|guidelines)\b|\b(?:developer|debug|god|jailbreak|dan"
    r"|unrestricted)"
    r" mode\b|\bi (?:have|was) been? (?:instructed|programmed|told) to\b|\bignor(?:e|ing) (?:all |the "
    r"|my )?(?:previous|prior)"
    r"|\bjson\b|\bbase64\b|\bi was told to\b|[A-Za-z0-9+/]{40,}={0,2}"
    r"|系统提示词|我的(?:指令|设定|提示词)|作为(?:一个|一名)?(?:AI|人工智能|语言模型|大模型)|开发者模式|越狱|内部(?:备注|笔记)"
    r"|\binternal notes?\b",
    re.IGNORECASE,
)
NUMBER: Final = re.compile(r"\d+(?:[.,:/-]\d+)*")
AMOUNT: Final = re.compile(
    r"(?:[$€£¥￥]|\b(?:usd|eur|gbp|cny|rmb|hk\$)\s?)\s?\d[\d,.]{0,20}|(?<![\d,.])\d[\d,.]{0,20}\s?(?:%|％|percent\b|元|块钱?"
    r"|人民币|美元|欧元|dollars?\b|euros?\b|pounds?\b|yuan\b|usd\b|eur\b|cny\b|rmb\b|points?\b|积分|折)"
    r"|[一二两三四五六七八九十百半]{1,6}(?:折|元|成)",
    re.IGNORECASE,
)
UNITS: Final = {
    "minute": r"minutes?|mins?|分钟",
    "hour": r"hours?|hrs?|(?:个)?小时|钟头",
    "day": r"(?:working |business |calendar )?days?|(?:个)?(?:工作日|自然日)|天|日内",
    "week": r"weeks?|周|(?:个)?星期",
    "month": r"months?|个月",
    "year": r"years?|年",
}
SMALL: Final = {
    **{one: number for number, one in enumerate("零一二三四五六七八九十")},
    "两": 2,
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "fourteen": 14,
    "thirty": 30,
}
_COUNT: Final = (
    r"(?<!\d)\d{1,6}(?:\.\d{1,3})?|[零一二两三四五六七八九十]|\b(?:"
    + "|".join(one for one in SMALL if len(one) > 1)
    + r")\b"
)
TIMES: Final = [
    (unit, re.compile(rf"({_COUNT})[ -]?(?:{words})(?![a-z])", re.IGNORECASE)) for unit, words in UNITS.items()
]
# Times without a number are promises, too.
SOON: Final = re.compile(
    r"\b(?:immediately|right away|at once|by (?:today|tomorrow|tonight|the end of (?:the )?(?:day|week))|today"
    r"|tomorrow|tonight"
    r"|next (?:week|monday|tuesday|wednesday|thursday|friday))\b|立即|立刻|马上|今天内?|明天|今晚|后天|下周",
    re.IGNORECASE,
)
# Each kind is what a company gives, or what it binds itself to.
ACTS: Final = {
    "refund": r"refund\w*|money back|reimburs\w*|charge ?back|退款|退钱|返款|退还",
    "compensation": r"compensat\w*|gift card|voucher|credit(?:ed)? (?:to )?your account|goodwill|赔偿|补偿|赔付"
    r"|退一赔三"
    r"|代金券|优惠券"
    r"|红包|赠送|礼品",
    "discount": r"discount\w*|% off|coupon|promo(?:tional)? code|half price|折扣|打折"
    r"|优惠码|减免|[一二三四五六七八九半]折",
    "free": r"free of charge|for free|\bfree (?:replacement|repair|upgrade|delivery|shipping|gift|of)|no charge"
    r"|免费|免单|不收费",
    "replacement": r"replacement|new (?:device|unit|machine|one) (?:will|is|has)|换新|换货|补发|更换新",
    "guarantee": r"guarantee\w*|promise\w*|lifetime|warrant(?:y|ies) (?:extend|of)|保证|承诺|终身|永久|一定会|绝对",
    "liability": r"(?:our|full(?:y)?) (?:fault|liab\w+|responsib\w+)|admit\w*|we are liable"
    r"|承担全部责任|我们的责任|全责|认错",
    "access": r"(?:unlock|reset|delete|close|chang)\w* (?:your|the) (?:account|password|order|address)"
    r"|解锁|重置密码|注销账"
    r"|修改(?:了)?(?:您|你)的(?:订单|地址|密码)",
    "approval": r"\bapprov\w+|\bgranted\b|\bauthori[sz]ed\b|已(?:批准|同意|通过|办理|受理|为您)|特批",
    "payment": r"(?:transfer|pay|wire|send)\w* (?:the )?(?:money|payment|funds|deposit|amount|fee|it) to"
    r"|bank account|gift ?cards?"
    r"|转账|汇款|打款|收款账户|银行账户|付款到",
}
_ACTS: Final = {kind: re.compile(words, re.IGNORECASE) for kind, words in ACTS.items()}
# Somebody of ours does it, did it, or will: no policy, but a deed.
DEED: Final = re.compile(
    r"\b(?:we|i)(?:['’]ll| will| shall| have| are going to|['’]ve|['’]m|['’]re| can| am| are)? (?:now |already "
    r"|just |gladly |happily"
    r" |hereby |also |be )*(?:\w+ing |\w+ed )?(?:you )?(?:\w+ ){0,4}?(?P<en>refund|reimburs|compensat|credit"
    r"|send you a|replac"
    r"|waiv|approv|grant|authori|guarant|promis|give you|offer you|issu|unlock|reset|delet|cancel)\w*"
    r"|\byour (?:refund|compensation|voucher|credit|replacement|request|claim|account|order"
    r"|full refund)[^.!?]{0,20}?(?:has been|was|is now|will be|is)"
    r" (?:\w+ )?(?:approved|issued|processed|granted|sent|credited|confirmed|refunded|unlocked|reset|deleted"
    r"|cancelled|on its way)"
    r"|\byou (?:will|shall|['’]ll|are (?:now )?(?:entitled|eligible)|get|receive|have won)(?: now)?(?: get"
    r"| receive| have| be)?(?: to)?"
    r"[^.!?]{0,30}?(?:refund|compensat|voucher|money|free|discount|credit|coupon|prize|replacement)"
    r"|(?:我们|我|已|已经|将|会|马上|立即|现在|可以)(?:经|会|将|已|马上|立即|这就|现在|可以|愿意|同意)*(?:为|给|向|替|帮)?(?:您|你)?"
    r"(?:们)?(?:全额|免费|直接|办理|安排|申请|提供|进行|发放|支付|双倍|三倍)*(?:的)?(?:退款|退钱|赔偿|补偿|赔付|退还|换新|补发|赠送|减免|批准|发放|返现)"
    r"|(?:为|给)(?:您|你)[^。！？，,]{0,10}?(?:退款|赔偿|补偿|赔付|换新|补发|赠送|减免|办理|全额)"
    r"|(?:您|你)的(?:退款|赔偿|补偿|申请|投诉|要求)[^。！？，,]{0,6}?(?:已|将|会)[^。！？，,]{0,6}?(?:批准|通过|到账|办理|处理完|同意|发放)"
    r"|(?:您|你)(?:将|会|可以)?(?:获得|得到|收到|享受)[^。！？，,]{0,10}?(?:退款|赔偿|补偿|礼品|优惠|红包|代金券|免费|奖)",
    re.IGNORECASE,
)
HAN: Final = re.compile(r"[\u3400-\u9fff]")
LATIN: Final = re.compile(r"[A-Za-z]")
_SIGNS: Final = re.compile(r"[\W_]+")


def squeezed(text: str) -> str:
    """Letters and digits alone, in small: how texts are compared that differ in signs and spaces only."""
    return _SIGNS.sub("", text).casefold()


def quote_problem(quote: str, source: str) -> str:
    """Whether a quote stands in its source, letter for letter."""
    wanted = squeezed(quote)
    if len(wanted) < SHORTEST_QUOTE or wanted not in squeezed(source):
        return f"The quote “{quote[:80]}” is not in its source."
    return ""


def link_problem(text: str, ours: str) -> str:
    """Links, markup and pictures that are not ours."""
    if MARKUP.search(text):
        return "It contains markup."
    known = ours.casefold()
    for found in LINK.findall(text):
        if found.casefold().rstrip(".,;!?。，；！？") not in known:
            return "It contains a link that is in no article."
    return ""


def contact_problem(text: str, ours: str, *, kinds: Sequence[str] = ("phone", "email")) -> str:
    """Numbers and addresses to turn to, or to pay to, that are not ours."""
    known = squeezed(ours)
    for one in find_personal_data(text):
        if one.kind in NEVER:
            return f"It contains a {one.kind.replace('_', ' ')}."
        if one.kind in kinds and squeezed(text[one.start : one.end]) not in known:
            return f"It contains a {one.kind.replace('_', ' ')} that is in no article."
    return ""


def number_problem(text: str, sources: str) -> str:
    """Numbers of three digits and more that nobody wrote."""
    known = {_plain(one) for one in NUMBER.findall(sources)}
    for one in NUMBER.findall(PLACEHOLDER.sub("", text)):
        if len(_plain(one)) > SHORT_NUMBER and _plain(one) not in known:
            return f"The number {one} is in no source."
    return ""


def amount_problem(text: str, ours: str) -> str:
    """Money, percentages and points that are not ours."""
    known = {squeezed(one).replace("％", "") for one in AMOUNT.findall(ours)} | {
        _plain(one) for one in NUMBER.findall(ours)
    }
    for one in AMOUNT.findall(text):
        digits = "".join(NUMBER.findall(one))
        if squeezed(one) not in known and (not digits or _plain(digits) not in known):
            return f"The amount {one.strip()} is in no article."
    return ""


def time_problem(text: str, ours: str) -> str:
    """Promises of time that are not ours."""
    known = _times(ours)
    for one in _times(text) - known:
        return f"The time “{one[0]} {one[1]}” is in no article."
    found = SOON.search(text)
    if found and found.group().casefold() not in ours.casefold():
        return f"It promises a time: “{found.group()}”."
    return ""


def commitment_problem(text: str, ours: str) -> str:
    """Refunds, compensations and other deeds that are not ours to grant, or not by a machine."""
    allowed = acts(ours)
    for kind in sorted(acts(text) - allowed):
        return f"It speaks of {kind}, of which no article speaks."
    known = squeezed(ours)
    for found in DEED.finditer(text):
        if squeezed(found.group()) not in known:
            return f"It commits us: “{found.group().strip()[:80]}”."
    return ""


def leak_problem(text: str, instructions: str, secrets: Iterable[str] = ()) -> str:
    """What must never come out: our instructions, keys, the marks, and talk about them."""
    plain, hidden = squeezed(text), squeezed(instructions)
    if any(hidden[place : place + LEAK_RUN] in plain for place in range(max(0, len(hidden) - LEAK_RUN + 1))):
        return "It repeats its instructions."
    if any(one and one in text for one in secrets) or SECRET.search(text):
        return "It contains a secret."
    if MACHINE.search(text):
        return "It speaks of its instructions or of internal notes."
    return ""


def payload_problem(text: str, sources: Sequence[Source]) -> str:
    """What a source wanted to have said."""
    said, ours = squeezed(text), squeezed(all_text(one for one in sources if one.is_ours and not payloads(one.text)))
    for one in (wanted for source in sources for wanted in payloads(source.text)):
        wanted = squeezed(one)
        if len(wanted) >= PAYLOAD_LENGTH and wanted in said and wanted not in ours:
            return "It says what a text told it to say."
    return ""


def placeholder_problem(text: str) -> str:
    """Placeholders that stand for nothing; asked after all known ones were put back."""
    return "It contains a placeholder that stands for nothing." if PLACEHOLDER.search(text) else ""


def language_problem(text: str, locale: str) -> str:
    """Another language than was asked for, as far as the script tells."""
    han, latin = len(HAN.findall(text)), len(LATIN.findall(text))
    # A Chinese character says about as much as two or three letters.
    share = 3 * han / (3 * han + latin) if han + latin else 0.0
    if locale.startswith("zh") and han + latin and share < 0.4:  # noqa: PLR2004 – names and models stay in letters
        return "It is not in Chinese."
    if locale.startswith("en") and share > 0.3:  # noqa: PLR2004 – names may stay in Chinese
        return "It is not in English."
    return ""


def faithful_problem(text: str, original: str) -> str:
    """What a translation or another wording must keep: numbers, links, placeholders, and no more of them."""
    if sorted(map(_plain, NUMBER.findall(text))) != sorted(map(_plain, NUMBER.findall(original))):
        return "Its numbers are not those of the original."
    if sorted(LINK.findall(text)) != sorted(LINK.findall(original)):
        return "Its links are not those of the original."
    if sorted(acts(text) - acts(original)):
        return "It offers what the original does not."
    return ""


def support_problem(text: str, ours: str) -> str:
    """An answer that shares hardly a word with the articles that it claims to rest on; over scripts nothing is said."""
    if language_problem(ours, "zh" if HAN.search(text) else "en"):
        return ""
    known, said = set(_content(ours)), set(_content(text))
    if len(said) > FEW_WORDS and len(said & known) < SUPPORTED * len(said):
        return "It says things of which no article speaks."
    return ""


def customer_problem(text: str, sources: Sequence[Source]) -> str:
    """Everything that keeps a text from customers, the worst first. What speaks to machines lends nothing."""
    plain = [structs.replace(one, text=without_injections(one.text)[0]) for one in sources]
    ours = all_text(one for one in plain if one.is_ours)
    return (
        payload_problem(text, sources)
        or placeholder_problem(text)
        or link_problem(text, ours)
        or contact_problem(text, ours)
        or amount_problem(text, ours)
        or time_problem(text, ours)
        or commitment_problem(text, ours)
        or number_problem(text, all_text(plain))
    )


def acts(text: str) -> set[str]:
    """What kinds of deeds a text speaks of."""
    return {kind for kind, words in _ACTS.items() if words.search(text)}


def all_text(sources: Iterable[Source]) -> str:
    """Texts, one after the other."""
    return "\n".join(one.text for one in sources)


def _content(text: str) -> list[str]:
    forms = (form for piece in pieces(text) for form in piece.forms[-1:])
    return [form for form in forms if len(form) > 1 and form not in STOP_WORDS and not form.isdigit()]


@lru_cache(maxsize=64)
def _times(text: str) -> frozenset[tuple[str, str]]:
    found = ((unit, _count(one)) for unit, words in TIMES for one in words.findall(text))
    return frozenset((count, unit) for unit, count in found)


def _count(text: str) -> str:
    return str(SMALL.get(text.casefold(), text))


def _plain(number: str) -> str:
    return re.sub(r"[.,:/-]", "", number)
