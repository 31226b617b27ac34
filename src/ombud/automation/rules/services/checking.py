"""Whether a rule can be: what it names is there, it says something, and it neither wakes itself nor fights another."""

from collections.abc import Iterable

from msgspec import Struct

from ombud.automation.rules.queries import rules_at_work
from ombud.automation.rules.rules import overrules, wake_each_other, wakes_itself
from ombud.automation.rules.schemas import Rule, RuleActions, RuleProblem, RuleSpec, RuleWarning
from ombud.automation.rules.services.acting import plain_actions
from ombud.fields.services.values import merged_values
from ombud.service_levels.services.calendars import check_span
from ombud.shared.conditions import BadCondition, Condition, Kind, check, leaves, parse
from ombud.shared.database import Transaction, rows
from ombud.shared.errors import Conflict, Invalid
from ombud.tickets.schemas import Address
from ombud.tickets.services.gone import Present, gone_parts, present_names
from ombud.tickets.services.placeholders import PLACEHOLDER
from ombud.tickets.services.replies import clean_addresses
from ombud.views.services.asking import shared_kinds
from ombud.views.services.gone import problems_of

# Who did it: customer, person, api_key or system.
ACTED_BY = "event_by"
OWN: dict[str, Kind] = {ACTED_BY: "choice"}
PLACEHOLDERS = frozenset({"customer.name", "ticket.id", "ticket.subject", "agent.name", "brand.name"})
_THINGS = ("macro_id", "checklist_id", "webhook_id")


class WakesItself(Conflict):
    """What the rule does would set it off again, without end. Let its condition leave out what it has done."""

    code = "rule_wakes_itself"


class RulesContradict(Conflict):
    """Two rules would set each other off, without end. Let one leave out what the other does."""

    code = "rules_contradict"


class _Thing(Struct):
    kind: str
    id: int


async def check_spec(tx: Transaction, spec: RuleSpec) -> Condition:
    """Hold a rule against what there is; gives its condition.

    Raises:
        BadCondition: its condition cannot be used.
        Invalid: it has no name, does nothing, or names what is not there; ``fields`` says which.
        WakesItself: it would set itself off.
    """
    if not spec.name_en.strip() and not spec.name_zh.strip():
        raise Invalid("Give the rule a name.", fields={"name": "required"})
    if spec.actions == RuleActions():
        raise Invalid("Let the rule do something.", fields={"actions": "required"})
    known = await known_names(tx)
    condition = parse(spec.condition)
    check(condition, shared_kinds(known.present.named()) | OWN)
    if any(leaf.value in ("me", "my_teams") for leaf in leaves(condition) if isinstance(leaf.value, str)):
        raise BadCondition("A rule is nobody: choose people and teams by name.", fields={"condition": "people_only"})
    _check_actions(spec.actions, known.present)
    gone = _gone(spec.actions, known)
    if gone:
        raise Invalid("The rule names something that is gone.", fields={one.place: one.code for one in gone})
    kind = wakes_itself(spec, condition)
    if kind is not None:
        raise WakesItself(fields={"when": kind})
    return condition


def own_kinds() -> dict[str, Kind]:
    """What rules may ask beside the fields of tickets."""
    return {**OWN, "message": "text"}


def _check_actions(actions: RuleActions, present: Present) -> None:
    problems: dict[str, str] = {}
    for one in (actions.task, actions.dispatch):
        if one is not None:
            check_span(one.span)
    if actions.task is not None and not actions.task.title.strip():
        problems["task"] = "required"
    if actions.assignee == "me":
        problems["assignee"] = "people_only"
    for place, text in _texts(actions):
        if any(name not in PLACEHOLDERS for name in PLACEHOLDER.findall(text)):
            problems[place] = "unknown_placeholder"
    if problems:
        raise Invalid("An action cannot be done as it is.", fields=problems)
    if actions.mail is not None:
        clean_addresses([Address(actions.mail.address)])
    if actions.fields:
        merged_values(present.fields, {}, actions.fields)


def _texts(actions: RuleActions) -> Iterable[tuple[str, str]]:
    yield "reply", actions.reply
    yield "note", actions.note
    if actions.task is not None:
        yield "task", f"{actions.task.title}\n{actions.task.text}"
    if actions.mail is not None:
        yield "mail", f"{actions.mail.subject}\n{actions.mail.text}"


class Known(Struct):
    """What rules may name now; of things that are simply there or not, their numbers."""

    present: Present
    things: dict[str, set[int]]


async def known_names(tx: Transaction) -> Known:
    """What rules may name now. A macro that not everybody may use does not count: rules belong to no team."""
    present = await present_names(tx)
    sql = """
        select 'macro_id' as kind, id from macro where person_id is null and team_id is null
        union all select 'checklist_id', id from checklist_template
        union all select 'webhook_id', id from webhook where is_active"""
    things: dict[str, set[int]] = {name: set() for name in _THINGS}
    for one in await rows(tx, _Thing, sql):
        things[one.kind].add(one.id)
    return Known(present, things)


def problems_in(spec: RuleSpec, known: Known) -> list[RuleProblem]:
    """What a rule names that is there no more."""
    found = [RuleProblem(one.field, one.code, one.value) for one in problems_of(parse(spec.condition), known.present, own_kinds())]
    return [*found, *_gone(spec.actions, known)]


def _gone(actions: RuleActions, names: Known) -> list[RuleProblem]:
    present = names.present
    found = [RuleProblem(one.place, one.code, one.value) for one in gone_parts(plain_actions(actions), present)]
    for name, asked in (("task", actions.task), ("dispatch", actions.dispatch)):
        if asked is not None and asked.team_id is not None and present.team.get(asked.team_id, True):
            code = "archived_value" if asked.team_id in present.team else "gone_value"
            found.append(RuleProblem(name, code, asked.team_id))
    people = [(one, present.assignee.get(one, True)) for one in actions.follower_ids]
    found += [RuleProblem("follower_ids", "gone_value", one) for one, is_gone in people if is_gone]
    things = [(name, getattr(actions, name)) for name in _THINGS]
    return found + [
        RuleProblem(name, "gone_value", one)
        for name, one in things
        if one is not None and one not in names.things[name]
    ]


async def refuse_fights(tx: Transaction, rule_id: int, spec: RuleSpec, condition: Condition) -> None:
    """Refuse a rule that is to be on and would go round with another that is.

    Raises:
        RulesContradict: ``fields`` names what both change, and the other rule.
    """
    for other in await rules_at_work(tx):
        if other.id == rule_id:
            continue
        field = wake_each_other(spec, condition, other.spec, parse(other.spec.condition))
        if field is not None:
            name = other.spec.name_en or other.spec.name_zh
            detail = f"This rule and {name!r} would change {field} for each other without end."
            raise RulesContradict(detail, fields={"field": field, "rule": str(other.id)})


def warnings_among(rules: Iterable[Rule]) -> dict[int, list[RuleWarning]]:
    """Rules that are on and may set the same field differently on the same event; told at the one that loses."""
    known = [(one, parse(one.spec.condition)) for one in rules if one.is_on]
    found: dict[int, list[RuleWarning]] = {}
    for place, (one, first) in enumerate(known):
        for other, second in known[place + 1 :]:
            field = overrules(one.spec, first, other.spec, second)
            if field is not None:
                found.setdefault(one.id, []).append(RuleWarning("overruled", other.id, field))
    return found
