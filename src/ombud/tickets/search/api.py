"""Endpoints of the search."""

from litestar import get
from litestar.params import FromQuery
from msgspec import Struct

from ombud.shared.http import By, Now, Reading, Tx, may
from ombud.tickets.search import queries
from ombud.tickets.search.schemas import Kind, Order, SearchFound
from ombud.tickets.search.suggest import Suggestion, SuggestionKind, suggest

MAX_TYPED = 60


class Suggestions(Struct):
    """Suggestions, the best first."""

    items: list[Suggestion]


@get("/search", guards=[may("tickets.read")])
async def get_search(
    tx: Tx,
    actor: By,
    now: Now,
    q: FromQuery[str],
    kind: FromQuery[Kind | None] = None,
    order: FromQuery[Order] = "newest",
    typing: FromQuery[bool] = False,
    as_text: FromQuery[bool] = False,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 20,
) -> SearchFound:
    """Find tickets, messages, notes, attachments and customers by words, phrases in quotes and operators.

    Without `kind` it gives the first hits of each. `typing`: the last word may be a beginning. `as_text` takes
    operators as words, on purpose; otherwise a wrong one answers 400 `query_invalid` with its place and what there is.
    """
    search = await queries.understand(tx, q, by=actor, now=now, is_typing=typing, as_text=as_text)
    if kind is None:
        return await queries.find_overview(tx, search, limit=limit)
    return await queries.find(tx, search, kind, order=order, cursor=cursor, limit=limit)


@get("/search/suggest", guards=[may("tickets.read")])
async def get_suggestions(
    reading: Reading, actor: By, kind: FromQuery[SuggestionKind], q: FromQuery[str] = ""
) -> Suggestions:
    """What may be meant by what was typed so far: by its beginning, pinyin or initials (`tk` for 退款)."""
    return Suggestions(await suggest(reading, q[:MAX_TYPED], kind, by=actor))


HANDLERS = [get_search, get_suggestions]
