"""The mails of this room."""

import re

import pytest

from ombud.accounts.services.system_mail import TEXTS, compose

WORDS = {"name": "Bo", "by": "Ada", "desk": "desk.example", "link": "https://desk.example/#/link/abc"}


@pytest.mark.parametrize("kind", ["invitation", "password_reset"])
@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_compose_fills_every_word_in(kind: str, locale: str) -> None:
    text = compose(kind, locale, **WORDS)
    assert WORDS["link"] in text.text.splitlines()
    assert "desk.example" in text.subject
    assert not re.search(r"[{}]", text.subject + text.text)
    assert "\n" not in text.subject


def test_compose_writes_chinese_in_chinese() -> None:
    for (_, locale), text in TEXTS.items():
        assert bool(re.search(r"[\u4e00-\u9fff]", text.subject + text.text)) == (locale == "zh-CN")


def test_compose_leaves_braces_in_names_alone() -> None:
    assert "{link}" in compose("invitation", "en", **{**WORDS, "name": "{link}"}).text


def test_texts_exist_in_both_languages() -> None:
    assert {kind for kind, locale in TEXTS if locale == "en"} == {kind for kind, locale in TEXTS if locale == "zh-CN"}
