"""A dry run: what a rule would do on the newest tickets. Nothing is written."""

from datetime import datetime
from typing import Any

from ombud.automation.rules.book import ReadyRule, ready
from ombud.automation.rules.queries import newest_tickets
from ombud.automation.rules.rules import folded, length_of, named_in
from ombud.automation.rules.schemas import DryMatch, DryRun, DryRunIn, OnTime, Rule, RuleSpec
from ombud.automation.rules.services.acting import plain_actions, will_do
from ombud.automation.rules.services.checking import known_names, problems_in
from ombud.automation.rules.services.due import moments_of
from ombud.fields.queries import list_named_fields
from ombud.shared.actor import Actor
from ombud.shared.conditions import Context, check
from ombud.shared.database import Transaction
from ombud.shared.errors import OmbudError
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.services.automatic import fill_text
from ombud.tickets.services.macro_use import preview_actions
from ombud.views.services.asking import Asked, shared_kinds

MOST_SHOWN = 30


async def try_out(tx: Transaction, data: DryRunIn, *, by: Actor, now: datetime) -> DryRun:
    """What a rule would do on the newest tickets that somebody sees, as they are now.

    An event is taken as having just happened on each; who did it, and the office hours of another moment, are not
    known, so that such comparisons count as empty.

    Raises:
        BadCondition: its condition cannot be used.
    """
    rule = ready(Rule(0, is_on=False, position=0, version=0, example=None, spec=data.spec, changed_at=now))
    fields = await list_named_fields(tx)
    check(rule.condition, shared_kinds(fields) | {"event_by": "choice"})
    ids = await newest_tickets(tx, by.visible_teams(), limit=data.last)
    values = await Asked(named_in(rule.condition), fields).load(tx, ids)
    fitting = [one for one in values if rule.test(folded(values[one]), Context(now=now))]
    if isinstance(data.spec.when, OnTime):
        moments = await moments_of(tx, data.spec.when.since, fitting)
        until = now - length_of(data.spec.when.after)
        fitting = [one for one in fitting if one in moments and moments[one] <= until]
    shown = [await _match(tx, rule, one, values[one], by=by, now=now) for one in sorted(fitting)[::-1][:MOST_SHOWN]]
    problems = problems_in(data.spec, await known_names(tx))
    return DryRun(len(values), len(fitting), shown, problems)


async def _match(
    tx: Transaction, rule: ReadyRule, ticket_id: int, values: dict[str, Any], *, by: Actor, now: datetime
) -> DryMatch:
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    found = DryMatch(ticket_id, ticket.subject, rule.reasons(values, now), [])
    spec: RuleSpec = rule.rule.spec
    try:
        found.changes = await preview_actions(tx, ticket, plain_actions(spec.actions), by=rule.actor, now=now)
        found.reply = await fill_text(tx, ticket, spec.actions.reply) if spec.actions.reply else ""
        found.note = await fill_text(tx, ticket, spec.actions.note) if spec.actions.note else ""
        found.will = will_do(spec.actions)
    except OmbudError as problem:
        found.problem, found.detail = problem.code, problem.detail
    return found
