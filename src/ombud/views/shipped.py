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
    "all": {"all": []},
}


def shipped_condition(view: str) -> dict[str, Any]:
    """The condition of a shipped view.

    Raises:
        Invalid: there is none: mentions are of entries, not of tickets.
    """
    if view not in SHIPPED_CONDITIONS:
        raise Invalid(
            f"The view {view!r} cannot be taken as a whole. Choose tickets one by one.", fields={"view": "bad"}
        )
    return SHIPPED_CONDITIONS[view]
