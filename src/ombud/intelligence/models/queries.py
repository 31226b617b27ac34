"""Reads of endpoints, purposes and what was spent."""

from datetime import date

from msgspec import Struct

from ombud.intelligence.models.schemas import PURPOSES, ModelEndpoint, ModelPurpose, ModelSettings, Output, Purpose
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import NotFound

ENDPOINT = """
    id, name, base_url, model, kind, key is not null as has_key, is_on, streams, timeout_seconds, price_in_micros,
    price_out_micros, output, failures, resting_until, problem, problem_detail, failed_at, answered_at"""


async def list_endpoints(tx: Transaction) -> list[ModelEndpoint]:
    """All endpoints, the oldest first."""
    return await rows(tx, ModelEndpoint, f"select {ENDPOINT} from model_endpoint where removed_at is null order by id")


async def get_endpoint(tx: Transaction, endpoint_id: int, *, lock: bool = False) -> ModelEndpoint:
    """One endpoint, locked for a change if wanted.

    Raises:
        NotFound: it does not exist.
    """
    sql = f"select {ENDPOINT} from model_endpoint where id = %(id)s and removed_at is null"
    found = await row(tx, ModelEndpoint, f"{sql} for update" if lock else sql, {"id": endpoint_id})
    if found is None:
        raise NotFound
    return found


async def sealed_key(tx: Transaction, endpoint_id: int) -> bytes | None:
    """The encrypted key of an endpoint that was found before."""
    return await value(tx, bytes, "select key from model_endpoint where id = %(id)s", {"id": endpoint_id})


async def list_purposes(tx: Transaction, day: date) -> list[ModelPurpose]:
    """Every purpose in its order, those that nobody set up as they are: off."""
    sql = """
        select p.purpose, m.endpoint_id, coalesce(m.is_on, false) as is_on, m.tokens_a_day, m.micros_a_day,
            coalesce(s.tokens, 0) as tokens_today, coalesce(s.micros, 0) as micros_today,
            coalesce(s.exchanges, 0) as exchanges_today
        from unnest(%(purposes)s::text[]) with ordinality as p (purpose, place)
        left join model_purpose m on m.purpose = p.purpose
        left join model_spending s on s.purpose = p.purpose and s.day = %(day)s
        order by p.place"""
    return await rows(tx, ModelPurpose, sql, {"purposes": list(PURPOSES), "day": day})


class Planned(Struct):
    """A purpose with its endpoint as they are when a question is asked; without an endpoint its columns are null."""

    is_on: bool
    endpoint_id: int | None
    tokens_a_day: int | None
    micros_a_day: int | None
    name: str | None = None
    base_url: str = ""
    model: str = ""
    key: bytes | None = None
    endpoint_is_on: bool = False
    streams: bool = False
    timeout_seconds: int = 30
    price_in_micros: int | None = None
    price_out_micros: int | None = None
    output: Output = "json_schema"
    is_resting: bool = False
    problem: str = ""


async def plan(tx: Transaction, purpose: Purpose, endpoint_id: int | None, *, now: object) -> Planned | None:
    """What a question of a purpose would be asked of; of an endpoint that is named, for a trial, whatever it is for."""
    sql = """
        select coalesce(p.is_on, true) as is_on, e.id as endpoint_id, p.tokens_a_day, p.micros_a_day, e.name,
            coalesce(e.base_url, '') as base_url, coalesce(e.model, '') as model, e.key,
            coalesce(e.is_on, false) as endpoint_is_on, coalesce(e.streams, false) as streams,
            coalesce(e.timeout_seconds, 30) as timeout_seconds, e.price_in_micros, e.price_out_micros,
            coalesce(e.output, 'json_schema') as output, coalesce(e.resting_until > %(now)s, false) as is_resting,
            coalesce(e.problem, '') as problem
        from (select %(purpose)s::text as purpose) w
        left join model_purpose p on p.purpose = w.purpose and %(id)s::bigint is null
        left join model_endpoint e on e.id = coalesce(%(id)s::bigint, p.endpoint_id) and e.removed_at is null"""
    return await row(tx, Planned, sql, {"purpose": purpose, "id": endpoint_id, "now": now})


class Spent(Struct):
    """What was spent of a purpose on a day."""

    tokens: int
    micros: int


async def lock_spent(tx: Transaction, purpose: str, day: date) -> Spent:
    """What was spent of a purpose on a day, under a lock, so that two questions do not share one rest of a budget."""
    params = {"purpose": purpose, "day": day}
    sql = "insert into model_spending (purpose, day) values (%(purpose)s, %(day)s) on conflict do nothing"
    await tx.execute(sql, params)
    sql = "select tokens, micros from model_spending where purpose = %(purpose)s and day = %(day)s for update"
    return await row(tx, Spent, sql, params) or Spent(0, 0)


async def keep_days(tx: Transaction) -> int:
    """How long exchanges are kept."""
    return await value(tx, int, "select keep_days from model_policy") or 90


async def load_settings(tx: Transaction, day: date) -> ModelSettings:
    """All that an administrator sees of models."""
    return ModelSettings(await list_endpoints(tx), await list_purposes(tx, day), await keep_days(tx), day)
