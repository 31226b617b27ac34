"""Endpoints of the exchange log."""

from typing import Annotated

from litestar import Router, get
from litestar.params import FromPath, FromQuery
from msgspec import Meta

from ombud.assistance.exchanges import queries
from ombud.assistance.exchanges.queries import State, Wanted
from ombud.intelligence.models.schemas import ModelExchange, ModelExchangeRow
from ombud.shared.http import By, Reading, may
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page

AUDIT = [may("models.audit")]
Typed = Annotated[str, Meta(max_length=200)]


@get("/model-exchanges", guards=AUDIT)
async def list_model_exchanges(
    reading: Reading,
    actor: By,
    text: FromQuery[Typed] = "",
    purpose: FromQuery[str | None] = None,
    ended: FromQuery[State | None] = None,
    ticket_id: FromQuery[int | None] = None,
    person_id: FromQuery[int | None] = None,
    is_attacked: FromQuery[bool] = False,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> Paged[ModelExchangeRow]:
    """What was asked of language models, newest first; ``text`` searches in what was said.

    ``ended`` says how they ended: sent, answered, refused or failed.
    """
    wanted = Wanted(text, purpose, ended, ticket_id, person_id, is_attacked)
    before = decode_cursor(cursor, int) if cursor else None
    found = await queries.list_exchanges(reading, wanted, by=actor, before=before, limit=checked_limit(limit))
    return page(found, limit, lambda one: one.id)


@get("/model-exchanges/{exchange_id:int}", guards=AUDIT)
async def get_model_exchange(reading: Reading, actor: By, exchange_id: FromPath[int]) -> ModelExchange:
    """One exchange as it went over the wire, with each attempt."""
    return await queries.get_exchange(reading, exchange_id, by=actor)


routers = [Router("/api/v1", route_handlers=[list_model_exchanges, get_model_exchange], tags=["models"])]
