"""Facets: what lists compare for equality, kept beside each ticket under one index."""

from collections.abc import Mapping, Sequence
from typing import Any

from ombud.fields.schemas import Field
from ombud.fields.services.values import facets_of
from ombud.shared.database import Transaction


def ticket_facets(
    tags: Sequence[str], type_id: int | None, fields: Sequence[Field], values: Mapping[str, Any]
) -> list[str]:
    """The facets of a ticket with these tags, type and values."""
    kind = [] if type_id is None else [f"type:{type_id}"]
    return sorted({*(tag_facet(tag) for tag in tags), *kind, *facets_of(fields, values)})


def tag_facet(tag: str) -> str:
    """The facet of a tag: tags are found whatever their letters' case."""
    return f"tag:{tag.lower()}"


async def write_facets(tx: Transaction, ticket_id: int, facets: Sequence[str]) -> None:
    """Replace a ticket's facets."""
    if not facets:
        await tx.execute("delete from ticket_facet where ticket_id = %(id)s", {"id": ticket_id})
        return
    sql = """
        insert into ticket_facet (ticket_id, facets) values (%(id)s, %(facets)s)
        on conflict (ticket_id) do update set facets = excluded.facets"""
    await tx.execute(sql, {"id": ticket_id, "facets": list(facets)})
