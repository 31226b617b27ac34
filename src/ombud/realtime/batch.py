"""Frames of one batch of events, packed for each stream with numbers that are true for that stream.

A number says: all that this stream hears of events up to here has been sent, and nothing of later ones. So whoever
comes back with the last number that they got misses nothing and hears nothing twice. What is on its way to others, to a
visitor for one, has no part in it.
"""

from collections.abc import Sequence

from ombud.realtime.schemas import Frame


class Batch:
    """Each frame is encoded once, and each choice of frames put together once, however many streams hear it."""

    def __init__(self, frames: Sequence[Frame], *, upto: int) -> None:
        self.frames = sorted(frames, key=lambda frame: frame.seq or 0)
        self.upto = upto
        self._bodies: dict[int, bytes] = {}
        self._packed: dict[tuple[int, ...], bytes] = {}

    def pack(self, places: Sequence[int]) -> bytes:
        """The frames at these places, which are all that one stream hears of the batch."""
        key = tuple(places)
        if key not in self._packed:
            self._packed[key] = self._pack(key)
        return self._packed[key]

    def _pack(self, places: tuple[int, ...]) -> bytes:
        chosen = [self.frames[place] for place in places]
        parts = []
        for place, number in zip(places, numbers(chosen, upto=self.upto), strict=True):
            parts += [b"" if number is None else b"id: %d\n" % number, self._body(place)]
        return b"".join(parts)

    def _body(self, place: int) -> bytes:
        if place not in self._bodies:
            self._bodies[place] = self.frames[place].encode()
        return self._bodies[place]


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
