"""Facts about guidance."""

from typing import Literal

from ombud.shared.events import Fact


class GuidanceCardChanged(Fact, frozen=True, kw_only=True):
    """A guidance card was made, changed, put in another place or archived."""

    card_id: int
    change: Literal["made", "changed", "ordered", "archived"]


class ScriptVariantsChanged(Fact, frozen=True, kw_only=True):
    """A script has other variants."""

    article_id: int
