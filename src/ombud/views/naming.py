"""Names of what custom fields hold by number: customers and files."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from ombud.customers.queries.customers import VISIBLE
from ombud.fields.schemas import Field
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows
from ombud.tickets.schemas import TicketRow


class ValueNames(Struct):
    """Names by number; those that the reader may not see are left out."""

    customers: dict[int, str] = {}
    files: dict[int, str] = {}


class _Named(Struct):
    id: int
    name: str


async def names_in(tx: Transaction, fields: Sequence[Field], tickets: Sequence[TicketRow], *, by: Actor) -> ValueNames:
    """Names of the customers and files that stand in custom fields of tickets which the actor sees."""
    params = by.sight()
    customers = f"select c.id, c.name from customer c where c.id = any(%(ids)s::bigint[]) and {VISIBLE}"
    files = "select f.id, f.name from file f where f.id = any(%(ids)s::bigint[])"
    found = ValueNames()
    if ids := _ids(fields, tickets, "customer"):
        found.customers = {one.id: one.name for one in await rows(tx, _Named, customers, params | {"ids": ids})}
    if ids := _ids(fields, tickets, "file"):
        found.files = {one.id: one.name for one in await rows(tx, _Named, files, {"ids": ids})}
    return found


def _ids(fields: Sequence[Field], tickets: Iterable[TicketRow], kind: str) -> list[int]:
    keys = [field.key for field in fields if field.kind == kind]
    values = {ticket.fields.get(key) for ticket in tickets for key in keys} if keys else set()
    return sorted(one for one in values if isinstance(one, int))
