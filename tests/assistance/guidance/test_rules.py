"""Who listens, which words they read, and which wording comes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.assistance.guidance.rules import fits, rank, traits_of, words_for
from ombud.assistance.guidance.schemas import CardWords, Listener, Variant

WORDS = [CardWords("en", "K"), CardWords("zh-CN", "K 型"), CardWords("de-AT", "K-Gerät")]


def variant(number: int, listener: Listener, locale: str = "en", channel: str | None = None) -> Variant:
    return Variant(number, locale, listener, channel, "text", 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("locales", "title"),
    [
        (("zh-CN",), "K 型"),
        (("zh-TW",), "K 型"),
        (("de", "en"), "K-Gerät"),
        (("fr", "zh"), "K 型"),
        (("fr",), "K"),
        ((), "K"),
    ],
)
def test_words_for_takes_the_nearest_language(locales: tuple[str, ...], title: str) -> None:
    assert words_for(WORDS, *locales).title == title


@pytest.mark.parametrize(
    ("message", "listener", "evidence"),
    [
        ("太过分了，我要投诉！", "angry", "太过分"),
        ("This is unacceptable.", "angry", "unacceptable"),
        ("再不解决我就找电视台曝光", "angry", "电视台"),
        ("很着急，明天就要用", "anxious", "着急"),
        ("Please, it is urgent, I fly tomorrow", "anxious", "urgent"),
        ("我是老人，不会用手机", "elderly", "老人"),
    ],
)
def test_traits_of_a_message_come_with_its_words(message: str, listener: Listener, evidence: str) -> None:
    traits = traits_of(message)
    assert traits[0].listener == listener
    assert evidence in traits[0].evidence
    assert traits[0].source == "message"


def test_traits_of_a_record_and_a_calm_message() -> None:
    assert traits_of("Where is my parcel?") == []
    traits = traits_of("你好", tier="VIP 金卡", tags=["老人"], organisation="Grand Hotel", labels=["anxious", "bored"])
    assert [(one.listener, one.source) for one in traits] == [
        ("anxious", "label"),
        ("elderly", "tag"),
        ("vip", "tier"),
        ("business", "organisation"),
    ]


@given(st.text(max_size=200))
def test_traits_of_any_message_name_each_listener_once(message: str) -> None:
    listeners = [one.listener for one in traits_of(message)]
    assert len(listeners) == len(set(listeners))


def test_rank_puts_language_before_listener_before_channel() -> None:
    traits = traits_of("气死我了，很着急", tier="VIP")
    variants = [
        variant(1, "anyone", "zh-CN"),
        variant(2, "vip", "zh-CN"),
        variant(3, "angry", "en"),
        variant(4, "angry", "zh-CN"),
        variant(5, "angry", "zh-CN", "chat"),
        variant(6, "business", "zh-CN"),
        variant(7, "angry", "zh-CN", "email"),
    ]
    assert [one.id for one in rank(variants, traits, channel="chat", locale="zh-CN")] == [5, 4, 2, 1, 6, 3]


def test_fits_only_who_listens() -> None:
    traits = traits_of("很着急")
    assert fits(variant(1, "anxious"), traits, "en-GB")
    assert fits(variant(1, "anyone"), [], "en")
    assert not fits(variant(1, "angry"), traits, "en")
    assert not fits(variant(1, "anxious"), traits, "zh-CN")
