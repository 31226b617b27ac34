"""Learns a head from what it reads, in a process of its own: ``python -m ombud.intelligence.classification < lesson``.

The lesson and what came of it are MessagePack, see :mod:`ombud.intelligence.classification.lessons`.
"""

import contextlib
import os
import sys

import msgspec

from ombud.intelligence.classification.learning import learn_lesson
from ombud.intelligence.classification.lessons import Lesson

# Whoever answers customers goes first.
NICE = 15


def main() -> None:
    """Read, learn, say."""
    with contextlib.suppress(OSError):
        os.nice(NICE)
    lesson = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Lesson)
    sys.stdout.buffer.write(msgspec.msgpack.encode(learn_lesson(lesson)))


if __name__ == "__main__":
    main()
