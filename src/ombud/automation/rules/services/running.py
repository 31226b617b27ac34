"""A rule at work: tried on one ticket under its lock, within the loop budget, and told on the timeline."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from ombud.automation.rules.book import Book, ReadyRule
from ombud.automation.rules.events import RuleRan
from ombud.automation.rules.queries import count_runs, was_stopped
from ombud.automation.rules.rules import folded
from ombud.automation.rules.schemas import RuleSpec, RunState, Told
from ombud.automation.rules.services.acting import Done, act
from ombud.automation.rules.services.checking import ACTED_BY, known_names, problems_in
from ombud.automation.rules.services.hours import opening_of
from ombud.shared.conditions import Context
from ombud.shared.database import Transaction, value
from ombud.shared.errors import OmbudError
from ombud.shared.events import Event, emit
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import EntryDetails, LockedTicket
from ombud.tickets.services.timeline import add_entry
from ombud.views.services.asking import MESSAGE

BUDGET_WINDOW = timedelta(minutes=1)
# On one ticket within the window: by whatever, and set off by the doing of rules.
MOST_RUNS = 30
MOST_CHAINED = 10


class Stopped(OmbudError):
    """Rules woke each other again and again on this ticket and were stopped. Look at what they change."""

    code = "loop_budget"


class NamesGone(OmbudError):
    """The rule names something that is gone, and did nothing. Mend the rule."""

    code = "rule_names_gone"


class Occasion(Struct):
    """Why rules are tried on a ticket: an event, or time."""

    ticket_id: int
    cause: str
    # the same occasion has the same key
    key: str
    acted_by: str = "system"
    # the rule whose doing set it off
    by_rule: int | None = None
    words: str | None = None
    changed: frozenset[str] = frozenset()


def occasion_of(event: Event, words: str | None) -> Occasion:
    """An event as an occasion for rules."""
    is_rule = event.actor_kind == "system" and event.actor_id is not None
    return Occasion(
        ticket_id=event.ticket_id or 0,
        cause=event.kind,
        key=f"event-{event.seq}",
        acted_by=event.actor_kind,
        by_rule=event.actor_id if is_rule else None,
        words=words,
        changed=frozenset(event.data.get("fields", ())),
    )


def seen_values(values: dict[str, Any], occasion: Occasion) -> dict[str, Any]:
    """What a rule sees of a ticket on an occasion."""
    own = {ACTED_BY: occasion.acted_by} | ({MESSAGE: occasion.words} if occasion.words is not None else {})
    return folded(values | own)


async def try_rules(
    tx: Transaction, book: Book, rules: Sequence[ReadyRule], occasion: Occasion, values: dict[str, Any], now: datetime
) -> int:
    """Try rules in their order on one occasion; gives how many acted.

    A rule hears nothing of its own doing. What one rule changed is what the next one sees.
    """
    seen, ran, context = seen_values(values, occasion), 0, Context(now=now)
    for one in rules:
        if one.rule.id == occasion.by_rule or (one.fields and not one.fields & occasion.changed):
            continue
        if not one.test(seen, context) or not await is_in_hours(tx, one.rule.spec, occasion.ticket_id, now=now):
            continue
        fresh = (await book.asked.load(tx, [occasion.ticket_id])).get(occasion.ticket_id)
        if fresh is None:
            break
        seen = seen_values(fresh, occasion)
        if not one.test(seen, context):
            continue
        ran += await run_rule(tx, one, occasion, one.reasons(seen, now), now=now)
        seen = seen_values((await book.asked.load(tx, [occasion.ticket_id])).get(occasion.ticket_id, {}), occasion)
        if one.rule.spec.stops:
            break
    return ran


async def is_in_hours(tx: Transaction, spec: RuleSpec, ticket_id: int, *, now: datetime) -> bool:
    """Whether the office of the ticket's team is open, or closed, as the rule wants it."""
    if spec.hours == "any":
        return True
    is_open = (await opening_of(tx, [ticket_id], now=now))[ticket_id][0]
    return is_open == (spec.hours == "open")


async def run_rule(
    tx: Transaction, one: ReadyRule, occasion: Occasion, reasons: list[dict[str, Any]], *, now: datetime
) -> bool:
    """Let a rule act on a ticket; whether anything came of it. What a verb refuses is undone and told.

    Emits: RuleRan, and whatever its verbs emit
    """
    by = one.actor
    try:
        ticket = await lock_visible_ticket(tx, occasion.ticket_id, by=by)
    except OmbudError:
        return False
    spent = await _is_spent(tx, ticket.id, now=now)
    if spent and await was_stopped(tx, ticket.id, since=now - BUDGET_WINDOW):
        return False
    try:
        async with tx.transaction():
            if spent:
                raise Stopped
            if problems_in(one.rule.spec, await known_names(tx)):
                raise NamesGone
            done = await act(tx, one, ticket, key=f"rule-{one.rule.id}-{occasion.key}", now=now)
    except OmbudError as problem:
        state: RunState = "stopped" if spent else "refused"
        await _tell(tx, one, ticket, occasion, reasons, state, problem=problem, now=now)
        return True
    if done.is_nothing:
        return False
    await _tell(tx, one, ticket, occasion, reasons, "done", done=done, now=now)
    return True


async def _is_spent(tx: Transaction, ticket_id: int, *, now: datetime) -> bool:
    counts = await count_runs(tx, ticket_id, since=now - BUDGET_WINDOW)
    return counts.every >= MOST_RUNS or counts.chained >= MOST_CHAINED


async def _tell(
    tx: Transaction,
    one: ReadyRule,
    ticket: LockedTicket,
    occasion: Occasion,
    reasons: list[dict[str, Any]],
    state: RunState,
    *,
    now: datetime,
    done: Done | None = None,
    problem: OmbudError | None = None,
) -> None:
    """Write the run down: on the timeline, for colleagues only, in the rule's log, and in the log of events."""
    rule, spec = one.rule, one.rule.spec
    told = Told(
        rule_id=rule.id,
        version=rule.version,
        name_en=spec.name_en,
        name_zh=spec.name_zh,
        state=state,
        cause=occasion.cause,
        because=reasons,
        changes=done.changes if done else [],
        did=done.did if done else [],
        problem=problem.code if problem else None,
        detail=problem.detail if problem else None,
    )
    details = EntryDetails(field="rule", to_value=msgspec.to_builtins(told))
    entry_id = None
    if told.problem != NamesGone.code:
        # Whoever works on tickets cannot mend it: it is said where rules are kept.
        entry_id = await add_entry(tx, ticket.id, "change", by=one.actor, now=now, details=details)
    await _log(tx, told, ticket.id, entry_id, is_chained=occasion.by_rule is not None, now=now)
    webhooks = (spec.actions.webhook_id,) if spec.actions.webhook_id is not None and state == "done" else ()
    team_id = await value(tx, int, "select team_id from ticket where id = %(id)s", {"id": ticket.id})
    fact = RuleRan(
        ticket_id=ticket.id,
        team_id=team_id,
        rule_id=rule.id,
        version=rule.version,
        state=state,
        entry_id=entry_id,
        webhook_ids=webhooks,
    )
    await emit(tx, fact, by=one.actor, at=now)


async def _log(
    tx: Transaction, told: Told, ticket_id: int, entry_id: int | None, *, is_chained: bool, now: datetime
) -> None:
    sql = """
        insert into rule_run (rule_id, version, ticket_id, state, cause, is_chained, problem, detail, entry_id, at)
        values (%(rule)s, %(version)s, %(ticket)s, %(state)s, %(cause)s, %(chained)s, %(problem)s, %(detail)s,
            %(entry)s, %(now)s)"""
    params = {
        "rule": told.rule_id,
        "version": told.version,
        "ticket": ticket_id,
        "state": told.state,
        "cause": told.cause,
        "chained": is_chained,
        "problem": told.problem,
        "detail": told.detail,
        "entry": entry_id,
        "now": now,
    }
    await tx.execute(sql, params)


async def forget_runs(tx: Transaction, *, now: datetime) -> None:
    """Forget runs after 90 days; what they did stays on the timelines."""
    await tx.execute("delete from rule_run where at < %(before)s", {"before": now - timedelta(days=90)})
