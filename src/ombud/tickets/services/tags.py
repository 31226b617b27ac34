"""Names of tags, and where they are in use: whoever sees no ticket of a place is not told its tags."""

from collections.abc import Sequence
from datetime import datetime

from ombud.shared.database import Transaction


async def note_tags(tx: Transaction, tags: Sequence[str], team_id: int, brand_id: int, *, now: datetime) -> None:
    """Note that a team uses tags for a brand; it stays noted when the last ticket loses one."""
    if not tags:
        return
    params = {"tags": list(tags), "team": team_id, "brand": brand_id, "now": now}
    sql = "insert into tag (name, created_at) select unnest(%(tags)s::text[]), %(now)s on conflict do nothing"
    await tx.execute(sql, params)
    sql = """
        insert into tag_place (name, team_id, brand_id) select unnest(%(tags)s::text[]), %(team)s, %(brand)s
        on conflict do nothing"""
    await tx.execute(sql, params)
