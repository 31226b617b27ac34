"""Placeholders in texts that agents reuse: filled from a ticket, and never sent out unfilled."""

import re

from msgspec import Struct

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row
from ombud.shared.errors import NotFound, Unprocessable
from ombud.tickets.queries.tickets import require_visible
from ombud.tickets.schemas import Rendering

PLACEHOLDER = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")
# Only our own names: a customer who asks about templates may be answered with a template.
UNFILLED = re.compile(r"\{\{\s*((?:customer|ticket|agent|brand)\.[a-z_.]+)\s*\}\}")


class Unfilled(Unprocessable):
    """A placeholder in the text has no value yet. Write what belongs there, then send again."""

    code = "placeholder_unfilled"

    def __init__(self, names: list[str]) -> None:
        super().__init__()
        self.names = names

    def extra(self) -> dict[str, object]:
        """Names of the placeholders that stand in the text as they are."""
        return {"missing": self.names}


class _Values(Struct):
    customer: str
    subject: str
    agent: str
    brand: str


async def ticket_values(tx: Transaction, ticket_id: int, *, by: Actor) -> dict[str, str]:
    """What placeholders stand for on a ticket; unknown values are empty.

    Raises:
        NotFound: the ticket may not be seen.
    """
    await require_visible(tx, ticket_id, by=by)
    return await values_of(tx, ticket_id, by.person_id)


async def values_of(tx: Transaction, ticket_id: int, person_id: int | None) -> dict[str, str]:
    """What placeholders stand for on a ticket in the words of a person; visibility is the caller's.

    Raises:
        NotFound: there is no such ticket.
    """
    sql = """
        select c.name as customer, t.subject, b.name as brand,
               -- the name that customers may read; the one that colleagues know stays inside
               coalesce((select p.display_name from person p where p.id = %(me)s), '') as agent
        from ticket t join customer c on c.id = t.customer_id join brand b on b.id = t.brand_id
        where t.id = %(ticket)s"""
    found = await row(tx, _Values, sql, {"me": person_id, "ticket": ticket_id})
    if found is None:
        raise NotFound
    return {
        "customer.name": found.customer,
        "ticket.id": str(ticket_id),
        "ticket.subject": found.subject,
        "agent.name": found.agent,
        "brand.name": found.brand,
    }


def fill(text: str, known: dict[str, str]) -> Rendering:
    """The text with its placeholders filled; those without a value stay as they are and are named."""
    missing = [name for name in PLACEHOLDER.findall(text) if not known.get(name, "").strip()]
    filled = PLACEHOLDER.sub(lambda match: known.get(match[1], "").strip() or match[0], text)
    return Rendering(filled, sorted(set(missing)))


def fill_lines(text: str, known: dict[str, str]) -> str:
    """The text filled line by line; a line with a placeholder that has no value is left out as a whole."""
    filled = [fill(line, known) for line in text.split("\n")]
    return "\n".join(one.text for one in filled if not one.missing)


def check_filled(*texts: str | None) -> None:
    """Refuse what would leave with a placeholder in it.

    Raises:
        Unfilled: one of our placeholders stands in a text as it is.
    """
    names = {name for text in texts if text for name in UNFILLED.findall(text)}
    if names:
        raise Unfilled(sorted(names))
