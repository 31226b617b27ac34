"""How well kinds of something are found in texts: the counts that every evaluation prints."""

from msgspec import Struct


class Score(Struct):
    """Counts of one kind: ``right`` of those found are true, ``met`` of the true ones were found."""

    true: int = 0
    found: int = 0
    right: int = 0
    met: int = 0

    @property
    def precision(self) -> float:
        """Right ones among those found."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Found ones among the true."""
        return self.met / self.true if self.true else 1.0
