"""Endpoints of custom fields' definitions."""

from litestar import Router, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_201_CREATED

from ombud.fields.queries import list_fields
from ombud.fields.schemas import Field, FieldIn, FieldList, FieldPatch, Subject
from ombud.fields.services import definitions
from ombud.shared.http import By, Now, Tx, may, signed_in


@get("/fields", guards=[signed_in])
async def get_fields(tx: Tx, subject: FromQuery[Subject] = "ticket") -> FieldList:
    """Definitions of tickets', customers' or organisations' fields, archived ones last."""
    return FieldList(await list_fields(tx, subject))


@post("/fields", guards=[may("fields.manage")], status_code=HTTP_201_CREATED)
async def post_field(
    tx: Tx, actor: By, now: Now, data: JSONBody[FieldIn], subject: FromQuery[Subject] = "ticket"
) -> Field:
    """Define a field. Its key and kind never change."""
    return await definitions.define_field(tx, subject, data, by=actor, now=now)


@patch("/fields/{field_id:int}", guards=[may("fields.manage")])
async def patch_field(tx: Tx, actor: By, now: Now, field_id: FromPath[int], data: JSONBody[FieldPatch]) -> Field:
    """Replace names, options and order of a field, or archive it; the values that exist stay."""
    return await definitions.change_field(tx, field_id, data, by=actor, now=now)


routers = [Router("/api/v1", route_handlers=[get_fields, post_field, patch_field], tags=["fields"])]
