"""Endpoints of macros."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Struct

from ombud.shared.http import By, Now, Tx, may
from ombud.tickets.schemas import Macro, MacroApplied, MacroIn, MacroPreview
from ombud.tickets.services import macro_use, macros


class MacroList(Struct):
    """Macros, the most used first."""

    items: list[Macro]


@get("/macros", guards=[may("tickets.read")])
async def get_macros(tx: Tx, actor: By) -> MacroList:
    """Macros that the actor may use."""
    return MacroList(await macros.list_macros(tx, by=actor))


@post("/macros", guards=[may("tickets.reply")], status_code=HTTP_201_CREATED)
async def post_macro(tx: Tx, actor: By, now: Now, data: JSONBody[MacroIn]) -> Macro:
    """Keep a macro; shared ones need canned_replies.manage."""
    return await macros.add_macro(tx, data, by=actor, now=now)


@patch("/macros/{macro_id:int}", guards=[may("tickets.reply")])
async def patch_macro(tx: Tx, actor: By, now: Now, macro_id: FromPath[int], data: JSONBody[MacroIn]) -> Macro:
    """Replace a macro."""
    return await macros.change_macro(tx, macro_id, data, by=actor, now=now)


@delete("/macros/{macro_id:int}", guards=[may("tickets.reply")])
async def delete_macro(tx: Tx, actor: By, now: Now, macro_id: FromPath[int]) -> None:
    """Remove a macro."""
    await macros.remove_macro(tx, macro_id, by=actor, now=now)


@post("/tickets/{ticket_id:int}/macros/{macro_id:int}/preview", guards=[may("tickets.read")], status_code=HTTP_200_OK)
async def post_macro_preview(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], macro_id: FromPath[int]
) -> MacroPreview:
    """What a macro would change on a ticket, and its texts with their placeholders filled."""
    return await macro_use.preview_macro(tx, macro_id, ticket_id, by=actor, now=now)


@post("/tickets/{ticket_id:int}/macros/{macro_id:int}/apply", guards=[may("tickets.read")], status_code=HTTP_200_OK)
async def post_macro_apply(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], macro_id: FromPath[int]
) -> MacroApplied:
    """Do all of it or nothing; the text is not sent but answered. Each action needs the right for it."""
    return await macro_use.apply_macro(tx, macro_id, ticket_id, by=actor, now=now)


HANDLERS = [get_macros, post_macro, patch_macro, delete_macro, post_macro_preview, post_macro_apply]
