"""What the log tells, and what it never does."""

import logging

import pytest

from ombud.config.logs import FORMAT, DiscreetFormatter

ID_NUMBER = "11010519491231002X"


def line(message: str, *args: object, error: Exception | None = None) -> str:
    """A record as it is written."""
    info = (type(error), error, None) if error else None
    record = logging.LogRecord("ombud.intake", logging.WARNING, "x.py", 1, message, args, info)
    return DiscreetFormatter(FORMAT).format(record)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Refused input: 13800131234", "Refused input: [PHONE_1]"),
        (f"Failing row contains ({ID_NUMBER})", "Failing row contains ([ID_NUMBER_1])"),
        ("rosa@example.com wrote twice, rosa@example.com", "[EMAIL_1] wrote twice, [EMAIL_1]"),
        ("The worker is ready", "The worker is ready"),
    ],
)
def test_format_record_takes_personal_data_out_of_the_message(said: str, written: str) -> None:
    assert line("%s", said).endswith(f" WARNING ombud.intake {written}")


def test_format_record_takes_personal_data_out_of_a_traceback() -> None:
    written = line("Mail 7 could not be read", error=ValueError(f"no such person {ID_NUMBER}"))
    assert ID_NUMBER not in written
    assert "ValueError: no such person [ID_NUMBER_1]" in written


def test_format_record_keeps_its_time_and_numbers_of_rows() -> None:
    written = line("Mail %s of webhook %s", 20261122, 13)
    assert written.endswith("ombud.intake Mail 20261122 of webhook 13")
    assert written[:4].isdigit()


def test_format_record_of_megabytes_is_cut() -> None:
    assert len(line("x" * 3_000_000)) < 21_000
