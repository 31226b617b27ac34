"""Pure rules about customers."""

from ombud.shared.lines import one_line


def display_name(name: str, email: str) -> str:
    """What to call a customer: the given name, else the part of the address before the @."""
    return (one_line(name) or one_line(email.partition("@")[0]))[:200]
