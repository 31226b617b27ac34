"""An exchange begins and ends: its budget is put aside and settled, its words are kept, its endpoint is judged."""

from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from ombud.intelligence.models import queries
from ombud.intelligence.models.asking import Answered
from ombud.intelligence.models.endpoints import key_place, note_answered, note_failed
from ombud.intelligence.models.queries import Planned
from ombud.intelligence.models.rules import cost_micros, estimate, fits
from ombud.intelligence.models.schemas import About, Message, Outcome, Problem, Purpose, Target, Usage
from ombud.shared.crypto import KeyMissing, KeyRing
from ombud.shared.database import Transaction, execute, value

TRIAL: Final = "trial"
# What belongs to an endpoint's health; these are ours, or nobody's fault.
OURS: Final = frozenset[Problem]({"no_model", "off", "over_budget", "resting", "busy"})


class Begun(Struct):
    """A question with all that it needs, its exchange begun."""

    exchange_id: int
    target: Target
    messages: list[Message]
    reserved: Usage
    micros: int
    price_in: int | None
    price_out: int | None


async def begin(
    tx: Transaction,
    keys: KeyRing,
    purpose: Purpose,
    messages: list[Message],
    max_tokens: int,
    *,
    endpoint_id: int | None,
    about: About,
    counts: tuple[int, int],
    kept: list[Message] | None = None,
    now: datetime,
) -> "Begun | Outcome[Any]":
    """Put aside what a question may cost and keep it as sent; or what stands in its way.

    ``kept`` is what is kept in its place, where that is too much to keep.
    """
    planned = await queries.plan(tx, purpose, endpoint_id, now=now)
    problem = _standing_in_the_way(planned, is_trial=endpoint_id is not None)
    if planned is None or planned.endpoint_id is None or problem is not None:
        return Outcome(problem=problem or "no_model", detail=planned.problem if planned else "")
    try:
        target = _target(planned, planned.endpoint_id, keys)
    except KeyMissing as missing:
        await note_failed(tx, planned.endpoint_id, "wrong_key", missing.detail, asked_to_wait=None, now=now)
        return Outcome(problem="wrong_key", detail=missing.detail)
    reserved = estimate(messages, max_tokens)
    micros = cost_micros(reserved, planned.price_in_micros, planned.price_out_micros)
    if endpoint_id is None and not await _reserve(tx, purpose, planned, reserved, micros, now=now):
        return Outcome(problem="over_budget", detail="The budget of today is used up.")
    sql = """
        insert into model_exchange (purpose, endpoint_id, endpoint, model, ticket_id, person_id, request, state, hidden,
            injections, at)
        values (%(purpose)s, %(endpoint_id)s, %(endpoint)s, %(model)s, %(ticket)s, nullif(%(person)s::bigint, 0),
            %(request)s::jsonb, 'sent', %(hidden)s, %(injections)s, %(now)s) returning id"""
    params = {
        "purpose": purpose if endpoint_id is None else TRIAL,
        "endpoint_id": target.id,
        "endpoint": target.name,
        "model": target.model,
        "ticket": about.ticket_id,
        "person": about.person_id or 0,
        "request": as_json(kept or messages),
        "hidden": counts[0],
        "injections": counts[1],
        "now": now,
    }
    exchange_id = await value(tx, int, sql, params) or 0
    prices = planned.price_in_micros, planned.price_out_micros
    return Begun(exchange_id, target, kept or messages, reserved, micros, *prices)


def _standing_in_the_way(planned: Planned | None, *, is_trial: bool) -> Problem | None:
    if planned is None or planned.endpoint_id is None:
        return "no_model"
    if is_trial:
        return None
    if not planned.is_on or not planned.endpoint_is_on:
        return "off"
    return "resting" if planned.is_resting else None


async def _reserve(
    tx: Transaction, purpose: str, planned: Planned, usage: Usage, micros: int, *, now: datetime
) -> bool:
    """Put aside what a question may take; what it did not take is given back at its end."""
    spent = await queries.lock_spent(tx, purpose, now.date())
    tokens = usage.tokens_in + usage.tokens_out
    if not fits(spent.tokens, tokens, planned.tokens_a_day) or not fits(spent.micros, micros, planned.micros_a_day):
        return False
    await _spend(tx, purpose, tokens, micros, 1, now=now)
    return True


async def _spend(tx: Transaction, purpose: str, tokens: int, micros: int, exchanges: int, *, now: datetime) -> None:
    sql = """
        update model_spending set tokens = greatest(tokens + %(tokens)s, 0), micros = greatest(micros + %(micros)s, 0),
            exchanges = exchanges + %(exchanges)s
        where purpose = %(purpose)s and day = %(day)s"""
    params = {"purpose": purpose, "day": now.date(), "tokens": tokens, "micros": micros, "exchanges": exchanges}
    await tx.execute(sql, params)


def _target(planned: Planned, endpoint_id: int, keys: KeyRing) -> Target:
    key = keys.open(planned.key, place=key_place(endpoint_id)).decode() if planned.key else ""
    return Target(
        endpoint_id,
        planned.name or "",
        planned.base_url,
        key,
        planned.model,
        planned.streams,
        planned.timeout_seconds,
        planned.output,
    )


async def end(
    tx: Transaction, purpose: str, begun: Begun, found: Answered[Any], *, now: datetime, is_trial: bool
) -> None:
    """Keep how a question ended, settle its budget, and judge its endpoint.

    Emits: ModelEndpointRested, ModelEndpointRecovered
    """
    usage = found.usage
    if usage == Usage() and found.value is not None:
        # Servers that do not count leave the counting to us.
        usage = Usage(begun.reserved.tokens_in, estimate([Message("assistant", found.answer)], 0).tokens_in)
    micros = cost_micros(usage, begun.price_in, begun.price_out)
    state = "answered" if found.problem is None else "refused" if found.problem in {"refused", "nonsense"} else "failed"
    sql = """
        update model_exchange set state = %(state)s, problem = %(problem)s, problem_detail = %(detail)s,
            answer = %(answer)s, attempts = %(attempts)s::jsonb, request = %(request)s::jsonb, tokens_in = %(in)s,
            tokens_out = %(out)s, micros = %(micros)s, ms = %(ms)s
        where id = %(id)s"""
    params = {
        "id": begun.exchange_id,
        "state": state,
        "problem": found.problem or "",
        "detail": _storable(found.detail),
        "answer": _storable(found.answer),
        "attempts": as_json(found.attempts),
        "request": as_json(found.messages or begun.messages),
        "in": usage.tokens_in,
        "out": usage.tokens_out,
        "micros": micros,
        "ms": sum(one.ms for one in found.attempts),
    }
    await tx.execute(sql, params)
    if not is_trial:
        left = (usage.tokens_in + usage.tokens_out) - (begun.reserved.tokens_in + begun.reserved.tokens_out)
        await _spend(tx, purpose, left, micros - begun.micros, 0, now=now)
    if found.problem is None:
        await note_answered(tx, begun.target.id, found.output, now=now)
    elif found.problem not in OURS:
        asked = found.asked_to_wait
        await note_failed(tx, begun.target.id, found.problem, found.detail, asked_to_wait=asked, now=now)


def as_json(found: object) -> str:
    """As a JSON text that PostgreSQL can keep: it knows no NUL."""
    return msgspec.json.encode(found).decode().replace("\\u0000", "")


def _storable(text: str) -> str:
    return text.replace("\0", "")


async def forget_exchanges(tx: Transaction, *, now: datetime, limit: int = 5_000) -> int:
    """Remove exchanges that are older than the policy keeps them, some at a time; how many.

    What was under way when its process ended is said to have failed.
    """
    sql = """
        update model_exchange set state = 'failed', problem = 'timeout', problem_detail = 'Its process ended.'
        where state = 'sent' and at < %(now)s - interval '1 hour'"""
    await tx.execute(sql, {"now": now})
    sql = """
        delete from model_exchange where id in (
            select id from model_exchange
            where at < %(now)s - make_interval(days => (select keep_days from model_policy))
            order by at limit %(limit)s)"""
    return await execute(tx, sql, {"now": now, "limit": limit})
