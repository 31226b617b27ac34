"""The language of a text, by its script and its small words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.intelligence.classification.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我想退货，怎么操作？", "zh-CN"),
        ("請問訂單什麼時候發貨？", "zh-TW"),
        ("我的 order 还没到", "zh-CN"),
        ("Where is my order? It has not arrived yet.", "en"),
        ("Wo ist meine Bestellung? Ich habe sie noch nicht bekommen.", "de"),
        ("Bonjour, je n'ai pas reçu mon colis", "fr"),
        ("Hola, no he recibido mi pedido", "es"),
        ("注文した商品が届きません", "ja"),
        ("주문한 상품이 오지 않았어요", "ko"),
        ("Где мой заказ?", "ru"),
        ("أين طلبي؟", "ar"),
    ],
)
def test_language_of_a_message_is_told(text: str, language: str) -> None:
    found = language_of(text)
    assert found.label == language
    assert found.confidence >= 0.6


@pytest.mark.parametrize("text", ["", "12345", "???", "👍"])
def test_language_of_nothing_is_unknown(text: str) -> None:
    assert language_of(text).is_unknown


def test_language_of_one_odd_word_is_not_sure() -> None:
    assert language_of("X200").confidence < 0.6


@given(st.text(max_size=200))
def test_language_of_any_text_has_a_confidence(text: str) -> None:
    assert 0 <= language_of(text).confidence <= 1
