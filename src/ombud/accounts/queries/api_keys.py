"""Reads of API keys."""

from ombud.accounts.schemas import ApiKey
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound

KEY = """
    select id, name, prefix, scopes, team_ids, brand_ids, created_by, created_at, last_used_at
    from api_key where revoked_at is null"""


async def api_keys(tx: Transaction) -> list[ApiKey]:
    """All keys that work, the newest first."""
    return await rows(tx, ApiKey, f"{KEY} order by id desc")


async def api_key(tx: Transaction, key_id: int) -> ApiKey:
    """One key that works.

    Raises:
        NotFound: there is none.
    """
    found = await row(tx, ApiKey, f"{KEY} and id = %(id)s", {"id": key_id})
    if found is None:
        raise NotFound
    return found
