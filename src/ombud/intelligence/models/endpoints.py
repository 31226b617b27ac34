"""Verbs on endpoints, purposes and how long exchanges are kept."""

from datetime import datetime

from msgspec import UNSET, structs

from ombud.intelligence.models import queries
from ombud.intelligence.models.events import (
    ModelEndpointChanged,
    ModelEndpointRecovered,
    ModelEndpointRested,
    ModelPolicyChanged,
    ModelPurposeChanged,
)
from ombud.intelligence.models.rules import limit_rest, rest_after
from ombud.intelligence.models.schemas import (
    ModelEndpoint,
    ModelEndpointChange,
    ModelEndpointIn,
    ModelPolicyIn,
    ModelPurposeIn,
    ModelSettings,
    Output,
    Problem,
    Purpose,
)
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Transaction, draw_ids, execute, value
from ombud.shared.errors import Conflict, Invalid
from ombud.shared.events import emit
from ombud.shared.outbound import Guard

KINDS = {"embed": "embedding"}


class EndpointInUse(Conflict):
    """Purposes use this endpoint. Give them another one first."""

    code = "model_endpoint_in_use"


class NameTaken(Conflict):
    """Another endpoint has this name."""

    code = "model_endpoint_name_taken"


def key_place(endpoint_id: int) -> str:
    """What an endpoint's key is bound to."""
    return f"model_endpoint.key.{endpoint_id}"


async def add_endpoint(
    tx: Transaction, given: ModelEndpointIn, *, keys: KeyRing, guard: Guard, by: Actor, now: datetime
) -> ModelEndpoint:
    """Enter an endpoint. Nothing is asked of it before a purpose uses it.

    Raises:
        AddressRefused: the address may not be called.
        NameTaken: another one has the name.

    Emits: ModelEndpointChanged
    """
    guard.check_url(given.base_url)
    await _require_name(tx, given.name, 0)
    (endpoint_id,) = await draw_ids(tx, "model_endpoint", 1)
    sql = """
        insert into model_endpoint (id, name, base_url, key, model, kind, is_on, streams, timeout_seconds,
            price_in_micros, price_out_micros, created_by, created_at)
        values (%(id)s, %(name)s, %(base_url)s, %(key)s, %(model)s, %(kind)s, %(is_on)s, %(streams)s,
            %(timeout_seconds)s, %(price_in_micros)s, %(price_out_micros)s, nullif(%(by)s::bigint, 0), %(now)s)"""
    sealed = _sealed(keys, endpoint_id, given.key)
    await tx.execute(sql, structs.asdict(given) | {"id": endpoint_id, "key": sealed, "by": by.person_id, "now": now})
    await emit(tx, ModelEndpointChanged(endpoint_id=endpoint_id, change="made"), by=by, at=now)
    return await queries.get_endpoint(tx, endpoint_id)


async def change_endpoint(
    tx: Transaction,
    endpoint_id: int,
    change: ModelEndpointChange,
    *,
    keys: KeyRing,
    guard: Guard,
    by: Actor,
    now: datetime,
) -> ModelEndpoint:
    """Change an endpoint; what was known of its failures and its form is forgotten, so that it is tried anew.

    Raises:
        NotFound: it does not exist.
        AddressRefused: the address may not be called.
        NameTaken: another one has the name.
        Invalid: its address changes while its key stays: the key would go to somebody else.

    Emits: ModelEndpointChanged
    """
    before = await queries.get_endpoint(tx, endpoint_id, lock=True)
    given = {name: new for name, new in structs.asdict(change).items() if new is not UNSET}
    key = given.pop("key", None)
    if "base_url" in given and given["base_url"] != before.base_url:
        guard.check_url(given["base_url"])
        if before.has_key and key is None:
            raise Invalid("Enter the key again: it belongs to the address that was there before.", fields={"key": ""})
    if "name" in given:
        await _require_name(tx, given["name"], endpoint_id)
    after = structs.replace(before, **given)
    if after == before and key is None:
        return before
    sql = """
        update model_endpoint set name = %(name)s, base_url = %(base_url)s, model = %(model)s, is_on = %(is_on)s,
            streams = %(streams)s, timeout_seconds = %(timeout_seconds)s, price_in_micros = %(price_in_micros)s,
            price_out_micros = %(price_out_micros)s,
            key = case when %(has_new_key)s then %(new_key)s::bytea else key end,
            output = 'json_schema', failures = 0, resting_until = null, problem = '', problem_detail = ''
        where id = %(id)s"""
    sealed = _sealed(keys, endpoint_id, key or "")
    await tx.execute(sql, structs.asdict(after) | {"has_new_key": key is not None, "new_key": sealed})
    await emit(tx, ModelEndpointChanged(endpoint_id=endpoint_id, change="changed"), by=by, at=now)
    return await queries.get_endpoint(tx, endpoint_id)


async def remove_endpoint(tx: Transaction, endpoint_id: int, *, by: Actor, now: datetime) -> None:
    """Remove an endpoint with its key; its exchanges stay for the auditor.

    Raises:
        NotFound: it does not exist.
        EndpointInUse: a purpose uses it.

    Emits: ModelEndpointChanged
    """
    await queries.get_endpoint(tx, endpoint_id, lock=True)
    if await value(tx, int, "select 1 from model_purpose where endpoint_id = %(id)s limit 1", {"id": endpoint_id}):
        raise EndpointInUse
    sql = """
        update model_endpoint set removed_at = %(now)s, key = null, is_on = false, name = name || ' #' || id
        where id = %(id)s"""
    await tx.execute(sql, {"id": endpoint_id, "now": now})
    await emit(tx, ModelEndpointChanged(endpoint_id=endpoint_id, change="removed"), by=by, at=now)


async def set_purpose(
    tx: Transaction, purpose: Purpose, given: ModelPurposeIn, *, by: Actor, now: datetime
) -> ModelSettings:
    """Say what a purpose may use and spend; saying the same again changes nothing.

    Raises:
        NotFound: there is no such endpoint.
        Invalid: the endpoint is of another kind, or it is to be on without one.

    Emits: ModelPurposeChanged
    """
    if given.endpoint_id is not None:
        endpoint = await queries.get_endpoint(tx, given.endpoint_id)
        if endpoint.kind != KINDS.get(purpose, "chat"):
            raise Invalid(
                "This endpoint is of another kind: embeddings come from embedding models, all else from chat."
            )
    elif given.is_on:
        raise Invalid("Choose an endpoint first.", fields={"endpoint_id": ""})
    sql = """
        insert into model_purpose as p (purpose, endpoint_id, is_on, tokens_a_day, micros_a_day)
        values (%(purpose)s, %(endpoint_id)s, %(is_on)s, %(tokens_a_day)s, %(micros_a_day)s)
        on conflict (purpose) do update set endpoint_id = excluded.endpoint_id, is_on = excluded.is_on,
            tokens_a_day = excluded.tokens_a_day, micros_a_day = excluded.micros_a_day
        where (p.endpoint_id, p.is_on, p.tokens_a_day, p.micros_a_day) is distinct from
            (excluded.endpoint_id, excluded.is_on, excluded.tokens_a_day, excluded.micros_a_day)"""
    if await execute(tx, sql, structs.asdict(given) | {"purpose": purpose}):
        await emit(tx, ModelPurposeChanged(purpose=purpose, is_on=given.is_on), by=by, at=now)
    return await queries.load_settings(tx, now.date())


async def set_policy(tx: Transaction, given: ModelPolicyIn, *, by: Actor, now: datetime) -> ModelSettings:
    """Say how long exchanges are kept.

    Emits: ModelPolicyChanged
    """
    sql = "update model_policy set keep_days = %(days)s where keep_days <> %(days)s"
    if await execute(tx, sql, {"days": given.keep_days}):
        await emit(tx, ModelPolicyChanged(keep_days=given.keep_days), by=by, at=now)
    return await queries.load_settings(tx, now.date())


async def note_answered(tx: Transaction, endpoint_id: int, output: Output, *, now: datetime) -> None:
    """An endpoint did well: its failures are over, and the form that it understands is known.

    Emits: ModelEndpointRecovered, if it had failed
    """
    sql = """
        update model_endpoint set failures = 0, resting_until = null, problem = '', problem_detail = '',
            output = %(output)s, answered_at = %(now)s
        from (select id, failures as before from model_endpoint where id = %(id)s for update) o
        where model_endpoint.id = o.id returning o.before > 0"""
    if await value(tx, bool, sql, {"id": endpoint_id, "output": output, "now": now}):
        await emit(tx, ModelEndpointRecovered(endpoint_id=endpoint_id), by=SYSTEM, at=now)


async def note_failed(
    tx: Transaction, endpoint_id: int, problem: Problem, detail: str, *, asked_to_wait: str | None, now: datetime
) -> None:
    """An endpoint did badly: counted, and left alone for a while when it was too often.

    Emits: ModelEndpointRested
    """
    # Being told to wait is no failure of theirs, and an answer that our checks refuse is none either.
    is_failure = problem not in {"limited", "refused"}
    sql = """
        update model_endpoint set failures = failures + %(more)s, problem = %(problem)s, problem_detail = %(detail)s,
            failed_at = %(now)s
        where id = %(id)s returning failures"""
    params = {"id": endpoint_id, "more": int(is_failure), "problem": problem, "detail": detail, "now": now}
    failures = await value(tx, int, sql, params) or 0
    rest = rest_after(problem, failures)
    if problem == "limited":
        rest = limit_rest(asked_to_wait, now=now)
    if rest is None:
        return
    sql = "update model_endpoint set resting_until = %(until)s where id = %(id)s"
    await tx.execute(sql, {"id": endpoint_id, "until": now + rest})
    await emit(tx, ModelEndpointRested(endpoint_id=endpoint_id, problem=problem), by=SYSTEM, at=now)


async def _require_name(tx: Transaction, name: str, own_id: int) -> None:
    sql = "select 1 from model_endpoint where name = %(name)s and id <> %(id)s"
    if await value(tx, int, sql, {"name": name, "id": own_id}):
        raise NameTaken


def _sealed(keys: KeyRing, endpoint_id: int, key: str) -> bytes | None:
    return keys.seal(key.encode(), place=key_place(endpoint_id)) if key.strip() else None
