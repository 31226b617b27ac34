"""Frames of one batch of events, packed for each stream with numbers that are true for that stream.

A number says: all that this stream hears of events up to here has been sent, and nothing of later ones. So whoever
comes back with the last number that they got misses nothing and hears nothing twice. What is on its way to others, to a
visitor for one, has no part in it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ombud.realtime.schemas import Frame

Hidden = frozenset[str]
Mask = Callable[[Any, Hidden], Any]
NOTHING: Hidden = frozenset()


class Batch:
    """Each frame is encoded once for all from whom the same is hidden, and each choice of frames put together once."""

    def __init__(self, frames: Sequence[Frame], *, upto: int, mask: Mask = lambda data, _: data) -> None:
        self.frames = sorted(frames, key=lambda frame: frame.seq or 0)
        self.upto = upto
        self._mask = mask
        self._bodies: dict[tuple[int, Hidden], bytes] = {}
        self._packed: dict[tuple[tuple[int, ...], Hidden], bytes] = {}

    def pack(self, places: Sequence[int], hidden: Hidden = NOTHING) -> bytes:
        """The frames at these places, which are all that one stream hears of the batch."""
        key = (tuple(places), hidden)
        if key not in self._packed:
            self._packed[key] = self._pack(*key)
        return self._packed[key]

    def _pack(self, places: tuple[int, ...], hidden: Hidden) -> bytes:
        chosen = [self.frames[place] for place in places]
        parts = []
        for place, number in zip(places, numbers(chosen, upto=self.upto), strict=True):
            parts += [b"" if number is None else b"id: %d\n" % number, self._body(place, hidden)]
        return b"".join(parts)

    def _body(self, place: int, hidden: Hidden) -> bytes:
        key = (place, hidden)
        if key not in self._bodies:
            frame = self.frames[place]
            data = self._mask(frame.data, hidden)
            # What hides nothing is the same for everybody.
            same = hidden and data is frame.data
            self._bodies[key] = self._body(place, NOTHING) if same else frame.encode(data)
        return self._bodies[key]


def numbers(frames: Sequence[Frame], *, upto: int) -> list[int | None]:
    """Numbers for the frames that one stream gets of a batch, in the order of their first events.

    ``upto`` is the batch's last event. A frame has no number while the events of a frame sent before the next one, or
    its own, reach beyond that one's first: no number would be true between the two.
    """
    found: list[int | None] = []
    newest = 0
    for place, frame in enumerate(frames, 1):
        newest = max(newest, frame.last or frame.seq or 0)
        following = (frames[place].seq or 0) if place < len(frames) else upto + 1
        found.append(following - 1 if newest < following else None)
    return found
