"""What a failed connection to a mailbox says: what is wrong and what to try, never a bare trace."""

import socket
import ssl
from pathlib import Path

import pytest

from ombud.channels.email.connection_test import in_words


def sealed(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (sealed("CERTIFICATE_VERIFY_FAILED"), "Encryption failed (CERTIFICATE_VERIFY_FAILED)"),
        (ssl.SSLError(1, "wrong version number"), "Encryption failed"),
        (UnicodeError("label too long"), "This is no host name"),
        (UnicodeEncodeError("idna", "x", 0, 1, "bad"), "This is no host name"),
        (TimeoutError(), "does not answer"),
        (socket.gaierror(-2, "Name or service not known"), "gaierror"),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (ValueError("[Errno 1] odd"), "ValueError"),
        (OSError(), "Check host name and port"),
    ],
)
def test_problem_is_said_with_what_to_try(problem: Exception, said: str) -> None:
    words = in_words(problem)
    assert said in words
    assert any(hint in words for hint in ("Check", "Try"))
    assert "Traceback" not in words
    assert str(Path.cwd()) not in words
    assert "\n" not in words
