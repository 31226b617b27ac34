"""The shipped views as conditions, for whatever is done to all of their tickets."""

from typing import Any

from ombud.shared.errors import Invalid

AWAKE: list[dict[str, Any]] = [
    {"field": "category", "op": "none_of", "value": ["solved", "closed"]},
    {"field": "snoozed", "op": "is_empty"},
]
MINE: dict[str, Any] = {"field": "assignee", "op": "is", "value": "me"}
NOBODYS: dict[str, Any] = {"field": "assignee", "op": "is_empty"}
SHIPPED_CONDITIONS: dict[str, dict[str, Any]] = {
    "mine": {"all": [MINE, *AWAKE]},
    "unassigned": {"all": [NOBODYS, *AWAKE]},
    "open": {"all": AWAKE},
    "snoozed": {"all": [{"field": "snoozed", "op": "is_set"}, {"any": [MINE, NOBODYS]}]},
    "mentions": {"all": [{"field": "mentioned", "op": "is", "value": True}]},
    "following": {"all": [{"field": "following", "op": "is", "value": True}]},
    "all": {"all": []},
}


def shipped_condition(view: str) -> dict[str, Any]:
    """The condition of a shipped view.

    Raises:
        Invalid: there is none.
    """
    if view not in SHIPPED_CONDITIONS:
        raise Invalid(f"There is no view {view!r}.", fields={"view": "unknown"})
    return SHIPPED_CONDITIONS[view]
