"""Endpoints of ticket types and their forms."""

from litestar import get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_201_CREATED
from msgspec import Struct

from ombud.shared.http import By, Now, Tx, may, signed_in
from ombud.tickets.services import types
from ombud.tickets.services.types import TicketType, TicketTypeIn


class TicketTypeList(Struct):
    """Types in their order."""

    items: list[TicketType]


@get("/ticket-types", guards=[signed_in])
async def get_ticket_types(tx: Tx) -> TicketTypeList:
    """All types with their forms, archived ones last."""
    return TicketTypeList(await types.list_types(tx))


@post("/ticket-types", guards=[may("fields.manage")], status_code=HTTP_201_CREATED)
async def post_ticket_type(tx: Tx, actor: By, now: Now, data: JSONBody[TicketTypeIn]) -> TicketType:
    """Add a type with its form."""
    return await types.add_type(tx, data, by=actor, now=now)


@patch("/ticket-types/{type_id:int}", guards=[may("fields.manage")])
async def patch_ticket_type(
    tx: Tx, actor: By, now: Now, type_id: FromPath[int], data: JSONBody[TicketTypeIn]
) -> TicketType:
    """Replace a type's names, form and rules, or archive it; tickets keep it."""
    return await types.change_type(tx, type_id, data, by=actor, now=now)


HANDLERS = [get_ticket_types, post_ticket_type, patch_ticket_type]
