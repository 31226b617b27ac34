"""What rules announce of themselves."""

from typing import Literal

from ombud.shared.events import Fact


class RuleChanged(Fact, frozen=True, kw_only=True):
    """A rule was made, changed, switched on or off, put elsewhere in the order, or archived."""

    rule_id: int
    version: int
    change: Literal["made", "changed", "switched", "ordered", "archived"]


class RuleRan(Fact, frozen=True, kw_only=True):
    """A rule acted on a ticket, was refused, or was stopped; the entry on the timeline says why."""

    rule_id: int
    version: int
    state: Literal["done", "refused", "stopped"]
    entry_id: int | None
    # receivers that the rule names, whatever kinds they wait for
    webhook_ids: tuple[int, ...] = ()
