"""Pure rules about identities."""

import re

MAX_VALUE_LENGTH = 320


def normal_value(kind: str, value: str) -> str:
    """An identity's value in the one spelling under which it is stored and compared."""
    trimmed = value.strip()[:MAX_VALUE_LENGTH]
    if kind == "email":
        return trimmed.lower()
    if kind == "phone":
        return re.sub(r"[^\d+]", "", trimmed)
    return trimmed


def display_name(name: str, email: str) -> str:
    """What to call a customer: the given name, else the part of the address before the @."""
    return (name.strip() or email.partition("@")[0]).replace("\x00", "")[:200]
