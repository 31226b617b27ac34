"""Facts about wordings."""

from typing import Literal

from ombud.shared.events import Fact


class WordingTargetChanged(Fact, frozen=True, kw_only=True):
    """An article's wording was tied to a place, put there anew, or let go."""

    article_id: int
    target_kind: Literal["canned_reply", "macro", "guidance_card"]
    target_id: int
    change: Literal["tied", "pushed", "released"]
