"""What a channel says of the ticket that its message opens: its type and values of its custom fields."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from ombud.customers.services.records import check_references
from ombud.fields.queries import list_fields
from ombud.fields.services.values import merged_values
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import Unprocessable
from ombud.tickets.services.facets import ticket_facets, write_facets
from ombud.tickets.services.intake.plan import NewTicket
from ombud.tickets.services.types import find_type


class Filling(Struct, frozen=True):
    """Type and values for a ticket that does not exist yet."""

    type_id: int | None = None
    fields: dict[str, Any] = {}


async def check_filling(
    tx: Transaction,
    type_id: int | None,
    given: Mapping[str, Any],
    is_file_usable: Callable[[int], Awaitable[bool]],
    *,
    by: Actor,
) -> Filling:
    """Type and values as they are kept; what a form requires is asked when an agent saves, not of the customer.

    Raises:
        Unprocessable: no such type, or it is archived.
        BadFields: unknown or archived fields, or values that their definitions do not take.
    """
    if type_id is not None:
        kind = await find_type(tx, type_id)
        if kind is None or kind.is_archived:
            raise Unprocessable("There is no such type, or it is archived.", fields={"type_id": "unknown"})
    if not given:
        return Filling(type_id)
    fields = await list_fields(tx, "ticket")
    values, changed = merged_values(fields, {}, given)
    await check_references(tx, fields, {key: values[key] for key in changed}, is_file_usable, by=by)
    return Filling(type_id, values)


async def write_facets_of_new(tx: Transaction, opened: Sequence[NewTicket]) -> None:
    """Let lists find new tickets by what their channels said of them."""
    filled = [one for one in opened if one.first.message.type_id is not None or one.first.message.fields]
    if not filled:
        return
    fields = await list_fields(tx, "ticket")
    for one in filled:
        message = one.first.message
        await write_facets(tx, one.id, ticket_facets([], message.type_id, fields, message.fields))
