"""Facts about notices."""

from typing import Literal

from ombud.shared.events import Fact


class NoticeChanged(Fact, frozen=True, kw_only=True):
    """A notice was written, published, changed or withdrawn, or somebody's tries were given back."""

    notice_id: int
    change: Literal["written", "published", "changed", "withdrawn", "tries_given", "removed"]


class NoticeSettled(Fact, frozen=True, kw_only=True):
    """Somebody has read a notice, and passed its questions where it has some."""

    notice_id: int
    edition: int
    person_id: int


class NoticeReminded(Fact, frozen=True, kw_only=True):
    """People who have not read a notice are to be told of it."""

    notice_id: int
    person_ids: list[int]
    is_first: bool
