"""API keys: made, revoked."""

from datetime import datetime

from msgspec import structs

from ombud.accounts.events import ApiKeyCreated, ApiKeyRevoked
from ombud.accounts.permissions import SCOPES
from ombud.accounts.queries.api_keys import api_key
from ombud.accounts.schemas import NewApiKey, NewApiKeyInput
from ombud.accounts.services.memberships import check_brands, check_teams
from ombud.shared.actor import Actor
from ombud.shared.crypto import hash_token, new_token
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Invalid, NotFound
from ombud.shared.events import emit

PREFIX = "omb_"
SHOWN_CHARACTERS = 10


async def create_api_key(tx: Transaction, *, wanted: NewApiKeyInput, by: Actor, now: datetime) -> NewApiKey:
    """Make a key; the answer is the only place where it can ever be read.

    Raises:
        Invalid: a scope, a team or a brand does not exist.

    Emits: ApiKeyCreated
    """
    scopes = sorted(set(wanted.scopes))
    unknown = set(scopes) - SCOPES
    if unknown:
        raise Invalid(f"There is no scope {min(unknown)}.", fields={"scopes": "unknown"})
    if wanted.team_ids is not None:
        await check_teams(tx, set(wanted.team_ids))
    brands = by.visible_brands() if wanted.brand_ids is None else await check_brands(tx, wanted.brand_ids)
    if by.brand_ids is not None and not by.brand_ids.issuperset(brands or ()):
        raise Invalid("A key sees no more brands than you do.", fields={"brand_ids": "unknown"})
    key = new_token(PREFIX)
    sql = """
        insert into api_key (name, prefix, key_hash, scopes, team_ids, brand_ids, created_by, created_at)
        values (%(name)s, %(prefix)s, %(key_hash)s, %(scopes)s, %(team_ids)s::bigint[], %(brands)s::bigint[], %(by)s,
            %(now)s)
        returning id"""
    params = {
        "name": wanted.name.strip(),
        "prefix": key[:SHOWN_CHARACTERS],
        "key_hash": hash_token(key),
        "scopes": scopes,
        "team_ids": wanted.team_ids if wanted.team_ids is None else sorted(set(wanted.team_ids)),
        "brands": brands,
        "by": by.id,
        "now": now,
    }
    key_id = await value(tx, int, sql, params) or 0
    await emit(tx, ApiKeyCreated(api_key_id=key_id, scopes=scopes), by=by, at=now)
    return NewApiKey(**structs.asdict(await api_key(tx, key_id)), key=key)


async def revoke_api_key(tx: Transaction, *, key_id: int, by: Actor, now: datetime) -> None:
    """End a key.

    Raises:
        NotFound: there is no such key that works.

    Emits: ApiKeyRevoked
    """
    sql = "update api_key set revoked_at = %(now)s where id = %(id)s and revoked_at is null"
    if not await execute(tx, sql, {"now": now, "id": key_id}):
        raise NotFound
    await emit(tx, ApiKeyRevoked(api_key_id=key_id), by=by, at=now)
