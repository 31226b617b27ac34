"""One line of text: what may stand in a header, a subject or a terminal without becoming two of something."""

import re
import unicodedata

# Python's $ also matches before a last line break, so the end is said twice.
END = r"$(?![\s\S])"
CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
# A text without control characters and line breaks of any kind.
PLAIN = rf"^[^{CONTROL}]*{END}"
# The same with something to read in it.
FILLED = rf"^[^{CONTROL}]*[^\s{CONTROL}][^{CONTROL}]*{END}"
_ADDRESS = rf'[^@\s<>",;{CONTROL}]+@[^@\s<>",;{CONTROL}]+'
ADDRESS = rf"^{_ADDRESS}{END}"
ADDRESS_OR_NONE = rf"^(?:{_ADDRESS})?{END}"
# Names and addresses of servers, in any script; no brackets around IPv6.
HOST_OR_NONE = rf"^[^\s/@<>\[\]\"'\\,;{CONTROL}]*{END}"


def has_control(text: str) -> bool:
    """Whether a text holds control signs or line breaks of any kind: such a text is no header."""
    return any(unicodedata.category(char) in {"Cc", "Zl", "Zp"} for char in text)


def one_line(text: str) -> str:
    """A text on one line: blanks and line breaks become single blanks, other control signs go."""
    flat = re.sub(r"\s+", " ", text)
    return "".join(char for char in flat if not has_control(char)).strip()
