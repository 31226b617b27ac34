"""Which of our two languages somebody reads: as they said, else as they write. Pure."""

import re

_HAN = re.compile(r"[\u4e00-\u9fff]")
_NOT_CHINESE = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")


def language_of(locale: str, written: str) -> str:
    """The customer's language if it is known, else the one that their words are written in."""
    if locale:
        return "zh-CN" if locale.lower().startswith("zh") else "en"
    return "zh-CN" if _HAN.search(written) and not _NOT_CHINESE.search(written) else "en"
