"""Values of tickets for conditions that are asked one ticket after the other: the fields that all readers share."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct

from ombud.fields.schemas import Field
from ombud.shared.conditions import Kind
from ombud.shared.database import Transaction, rows
from ombud.views.fields import PERSONAL, Place, kinds_of, places_of

# What the customer wrote last; whoever knows of an entry asks for its own words.
MESSAGE = "message"
MOST_LETTERS = 20_000


def shared_kinds(fields: Sequence[Field]) -> dict[str, Kind]:
    """What such conditions may name, with how each compares."""
    shared: dict[str, Kind] = {name: kind for name, kind in kinds_of(fields).items() if name not in PERSONAL}
    return shared | {MESSAGE: "text"}


class _Found(Struct):
    id: int
    found: dict[str, Any]


class Asked:
    """One statement for all the fields that some conditions ask for; it is put together once."""

    def __init__(self, names: Collection[str], fields: Sequence[Field]) -> None:
        places = places_of(fields)
        wanted = sorted(name for name in names if name in places and name not in PERSONAL)
        self.params: dict[str, object] = {}
        pairs = [pair for number, name in enumerate(wanted) for pair in self._pair(number, name, places[name])]
        if MESSAGE in names:
            pairs.append(f"'{MESSAGE}', {_LAST_WORDS}")
        # A function takes at most 100 arguments.
        slices = [pairs[first : first + 40] for first in range(0, len(pairs), 40)] or [[]]
        built = " || ".join(f"jsonb_build_object({', '.join(one)})" for one in slices)
        self._sql = f"""
            select t.id, {built} as found from ticket t join customer c on c.id = t.customer_id
            where t.id = any(%(ids)s::bigint[]) and t.merged_into_id is null"""

    def _pair(self, number: int, name: str, place: Place) -> list[str]:
        self.params[f"n{number}"] = name
        sql = place.sql
        if place.key:
            self.params[f"k{number}"] = place.key
            sql = sql.replace("%(key)s", f"%(k{number})s::text")
        return [f"%(n{number})s::text, {sql}"]

    async def load(self, tx: Transaction, ticket_ids: Collection[int]) -> dict[int, dict[str, Any]]:
        """Values by ticket; tickets that went into others are left out."""
        found = await rows(tx, _Found, self._sql, self.params | {"ids": sorted(ticket_ids)})
        return {one.id: one.found for one in found}


_LAST_WORDS = f"""(select left(e.text, {MOST_LETTERS}) from public_entry e
    where e.ticket_id = t.id and e.direction = 'in' order by e.id desc limit 1)"""


class _Words(Struct):
    id: int
    text: str


async def words_of(tx: Transaction, entry_ids: Collection[int]) -> Mapping[int, str]:
    """What entries say."""
    sql = f"select id, left(text, {MOST_LETTERS}) as text from entry where id = any(%(ids)s::bigint[])"
    return {one.id: one.text for one in await rows(tx, _Words, sql, {"ids": sorted(entry_ids)})}
