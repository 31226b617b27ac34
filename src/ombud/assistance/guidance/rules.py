"""Which words of a card somebody reads, what a listener is like, and which wording of a script fits them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ombud.assistance.guidance.schemas import CardWords, Listener, Standing, Trait, Variant
from ombud.intelligence.risk.services import find_risks

# Who hears several at once is spoken to by the first: whoever is angry is calmed before they are greeted as a VIP.
ORDER: tuple[Listener, ...] = ("angry", "anxious", "elderly", "vip", "business", "anyone")
_ANGRY_RISKS = frozenset({"abuse", "media_regulator", "legal", "leadership"})
_ANGRY = re.compile(
    "气死|太差|太过分|忍无可忍|欺骗|骗人|骗子|垃圾|投诉|什么破|受够|离谱|无语|坑人|敷衍|推诿|凭什么"
    r"|\b(?:angry|furious|outrag\w+|unacceptable|ridiculous|disgust\w+|terrible|worst|scam|complain\w*|fed up|joke)\b",
    re.IGNORECASE,
)
_ANXIOUS = re.compile(
    "着急|急用|急死|很急|好急|尽快|马上|担心|害怕|来不及|怎么办|焦虑|赶紧|火急"
    r"|\b(?:urgent\w*|asap|as soon as possible|worried|anxious|afraid|scared|panic\w*|desperate|deadline|hurry)\b",
    re.IGNORECASE,
)
_ELDERLY = re.compile(
    "老人|老年|岁数大|年纪大|上了年纪|不会用手机|眼花|我都[六七八九]十"
    r"|\b(?:elderly|senior citizen|pensioner|my age|not good with (?:computers|phones|technology))\b",
    re.IGNORECASE,
)
_ELDERLY_TAG = re.compile(r"老人|老年|elderly|senior", re.IGNORECASE)
_VIP = re.compile(r"vip|黑卡|钻石|铂金|金卡|premium|platinum|gold|diamond", re.IGNORECASE)
MOST_EVIDENCE = 60


def words_for(words: Sequence[CardWords], *locales: str) -> CardWords:
    """The words in the first of some languages that there are, or in a sister of it; else the first."""
    for locale in locales:
        exact = next((one for one in words if one.locale == locale), None)
        sister = next((one for one in words if _primary(one.locale) == _primary(locale)), None)
        if found := exact or sister:
            return found
    return words[0]


def _primary(locale: str) -> str:
    return locale.partition("-")[0].lower()


def standing_of(*, is_on: bool, from_at: datetime, until_at: datetime | None, now: datetime) -> Standing:
    """Where a card stands at a moment."""
    if not is_on:
        return "off"
    if now < from_at:
        return "planned"
    return "over" if until_at is not None and until_at <= now else "current"


def traits_of(
    message: str, *, tier: str = "", tags: Iterable[str] = (), organisation: str = "", labels: Iterable[str] = ()
) -> list[Trait]:
    """What the listener is like, what matters most first, each with what shows it."""
    known = [
        *_said(message),
        *(Trait(one, one, "label") for one in ORDER if one in set(labels)),
        *(Trait("elderly", tag, "tag") for tag in tags if _ELDERLY_TAG.search(tag)),
        *([Trait("vip", tier, "tier")] if _VIP.search(tier) else []),
        *([Trait("business", organisation[:MOST_EVIDENCE], "organisation")] if organisation else []),
    ]
    first = {one.listener: one for one in reversed(known)}
    return sorted(first.values(), key=lambda one: ORDER.index(one.listener))


def _said(message: str) -> Iterator[Trait]:
    """What words of theirs show."""
    for one in find_risks(message):
        if one.kind in _ANGRY_RISKS:
            yield Trait("angry", message[one.start : one.end][:MOST_EVIDENCE], "message")
    shown: tuple[tuple[Listener, re.Pattern[str]], ...] = (
        ("angry", _ANGRY),
        ("anxious", _ANXIOUS),
        ("elderly", _ELDERLY),
    )
    for listener, pattern in shown:
        if match := pattern.search(message):
            yield Trait(listener, match[0][:MOST_EVIDENCE], "message")


def rank(variants: Sequence[Variant], traits: Sequence[Trait], *, channel: str | None, locale: str) -> list[Variant]:
    """Variants, the one that fits best first: the listener's language, then what they are like, then the channel.

    Variants for another channel are left out.
    """
    heard = [one.listener for one in traits] + ["anyone"]
    usable = [one for one in variants if one.channel in (None, channel)]
    return sorted(
        usable,
        key=lambda one: (
            _primary(one.locale) != _primary(locale),
            heard.index(one.listener) if one.listener in heard else len(heard),
            one.channel is None,
            one.id,
        ),
    )


def fits(variant: Variant, traits: Sequence[Trait], locale: str) -> bool:
    """Whether a variant may be proposed of itself: for anyone, or for somebody like this, in their language."""
    heard = {one.listener for one in traits} | {"anyone"}
    return variant.listener in heard and _primary(variant.locale) == _primary(locale)
