"""What a desk's processes said, record by record."""

import re

NOTHING = re.compile(r"(?!)")
_RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d |\[)", re.MULTILINE)


def unexpected_tracebacks(log: str, expected: re.Pattern[str] = NOTHING) -> list[str]:
    """The records that hold a traceback and are none of the expected ones."""
    return [one for one in _RECORD.split(log) if "Traceback" in one and not expected.search(one)]
