"""Which policy a ticket has: the first in order whose condition holds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ombud.fields.schemas import Field
from ombud.fields.services.values import CONDITION_KIND, comparable
from ombud.service_levels.queries import LevelTicket, PolicyVersion
from ombud.shared.conditions import BadCondition, Condition, Context, Kind, evaluate, parse

KINDS: dict[str, Kind] = {
    "priority": "number",
    "type": "choice",
    "team": "team",
    "brand": "choice",
    "channel": "choice",
    "tags": "many",
    "tier": "choice",
    "subject": "text",
}


def kinds_of(fields: Sequence[Field]) -> dict[str, Kind]:
    """What conditions of policies may name."""
    return KINDS | {f"fields.{one.key}": CONDITION_KIND[one.kind] for one in fields}


class Chooser:
    """The policies in force, ready to be tried on tickets."""

    def __init__(self, policies: Sequence[PolicyVersion], fields: Sequence[Field], *, now: datetime) -> None:
        self._policies = [(one, _parsed(one)) for one in policies]
        self._fields = fields
        self._context = Context(now)

    def choose(self, ticket: LevelTicket) -> PolicyVersion | None:
        """The ticket's policy; None if there is none for it."""
        values = self._values(ticket)
        for policy, condition in self._policies:
            if condition is not None and evaluate(condition, values, self._context):
                return policy
        return None

    def _values(self, ticket: LevelTicket) -> Mapping[str, Any]:
        values: dict[str, Any] = {
            "priority": ticket.priority,
            "type": ticket.type_id,
            "team": ticket.team_id,
            "brand": ticket.brand_id,
            "channel": ticket.channel,
            "tags": ticket.tags,
            "tier": ticket.tier,
            "subject": ticket.subject,
        }
        custom = comparable(self._fields, ticket.fields) if ticket.fields else {}
        return values | {f"fields.{key}": value for key, value in custom.items()}


def _parsed(policy: PolicyVersion) -> Condition | None:
    try:
        return parse(policy.spec.condition)
    except BadCondition:
        # It was checked when it was saved: only a change of the language itself could bring this about.
        return None
