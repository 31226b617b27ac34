"""Endpoints of templates of new tickets."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_201_CREATED
from msgspec import Struct

from ombud.shared.http import By, Now, Tx, may
from ombud.tickets.schemas import TicketTemplate, TicketTemplateIn
from ombud.tickets.services import ticket_templates


class TicketTemplateList(Struct):
    """Templates, the most used first."""

    items: list[TicketTemplate]


@get("/ticket-templates", guards=[may("tickets.read")])
async def get_ticket_templates(tx: Tx, actor: By) -> TicketTemplateList:
    """Templates of new tickets that the actor may use."""
    return TicketTemplateList(await ticket_templates.list_templates(tx, by=actor))


@post("/ticket-templates", guards=[may("tickets.reply")], status_code=HTTP_201_CREATED)
async def post_ticket_template(tx: Tx, actor: By, now: Now, data: JSONBody[TicketTemplateIn]) -> TicketTemplate:
    """Keep a template; shared ones need canned_replies.manage."""
    return await ticket_templates.add_template(tx, data, by=actor, now=now)


@patch("/ticket-templates/{template_id:int}", guards=[may("tickets.reply")])
async def patch_ticket_template(
    tx: Tx, actor: By, now: Now, template_id: FromPath[int], data: JSONBody[TicketTemplateIn]
) -> TicketTemplate:
    """Replace a template."""
    return await ticket_templates.change_template(tx, template_id, data, by=actor, now=now)


@delete("/ticket-templates/{template_id:int}", guards=[may("tickets.reply")])
async def delete_ticket_template(tx: Tx, actor: By, now: Now, template_id: FromPath[int]) -> None:
    """Remove a template; tickets made from it stay."""
    await ticket_templates.remove_template(tx, template_id, by=actor, now=now)


HANDLERS = [get_ticket_templates, post_ticket_template, patch_ticket_template, delete_ticket_template]
