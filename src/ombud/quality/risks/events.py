"""Facts about risk alerts."""

from typing import Literal

from ombud.shared.events import Fact


class RiskFound(Fact, frozen=True, kw_only=True):
    """A customer's message shows a risk; what was written stands in the message, not here."""

    alert_id: int
    entry_id: int
    risk: str


class RiskDecided(Fact, frozen=True, kw_only=True):
    """Somebody confirmed an alert or called it false."""

    alert_id: int
    entry_id: int
    risk: str
    state: Literal["confirmed", "false_alarm"]


class RiskSettingsChanged(Fact, frozen=True, kw_only=True):
    """Other people hear of a kind, or words alarm again."""

    risk: str
    change: Literal["recipients", "silence_began", "silence_ended", "days"]
