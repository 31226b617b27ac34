"""Pure rules about customers."""


def display_name(name: str, email: str) -> str:
    """What to call a customer: the given name, else the part of the address before the @."""
    return (name.strip() or email.partition("@")[0]).replace("\x00", "")[:200]
