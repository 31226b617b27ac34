"""What the copilot announces."""

from typing import Literal

from ombud.shared.events import Fact


class CopilotSuggestionDecided(Fact, frozen=True, kw_only=True):
    """Somebody put a suggestion into an answer, or said that it is of no use."""

    suggestion_id: int
    suggestion: str
    state: Literal["adopted", "ignored"]
    article_id: int | None = None
    version_id: int | None = None
