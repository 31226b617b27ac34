"""Facts about imports."""

from typing import Literal

from ombud.shared.events import Fact


class ArticlesImported(Fact, frozen=True, kw_only=True):
    """An import was read, begun, done or undone."""

    import_id: int
    change: Literal["read", "begun", "done", "undone"]
