"""Plays what it reads, in a process of its own: ``python -m ombud.routing.simulation < ask.json``.

One line for each day that was played, and the comparison as the last line, so that whoever started it can show how
far it is, and end it.
"""

import contextlib
import os
import sys

import msgspec

from ombud.routing.simulation.rules.replaying import Ask, compare, play_all

# Whoever answers customers goes first.
NICE = 10


def main() -> None:
    """Read, play, say."""
    with contextlib.suppress(OSError):
        os.nice(NICE)
    ask = msgspec.json.decode(sys.stdin.buffer.read(), type=Ask)
    days = []
    for day in play_all(ask):
        days.append(day)
        _say({"done": len(days)})
    _say({"comparison": msgspec.to_builtins(compare(ask, days))})


def _say(what: dict[str, object]) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(what) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
