"""The words of help centre and portal in both languages: written twice, not translated."""

from typing import Any

from ombud.portal.words.chinese import CHINESE
from ombud.portal.words.english import ENGLISH

WORDS: dict[str, dict[str, Any]] = {"en": ENGLISH, "zh-CN": CHINESE}
