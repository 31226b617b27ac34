"""Progress on a terminal: one line that is written over; silence where nobody watches."""

import sys
import time

SHOW_EVERY_SECONDS = 0.2
CLEAR_LINE = "\r\x1b[K"


class Progress:
    """Shows a step and how far it is. Call it as often as you like."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._shown_at = 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show ``done`` of ``total`` of a step."""
        now = time.monotonic()
        if self._is_shown and now - self._shown_at >= SHOW_EVERY_SECONDS:
            self._shown_at = now
            share = f"{min(done / total, 1):.0%}" if total else ""
            print(f"{CLEAR_LINE}{step} {share}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Remove the line."""
        if self._is_shown:
            print(CLEAR_LINE, end="", file=sys.stderr, flush=True)
