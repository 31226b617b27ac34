"""API keys."""

from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from ombud.accounts import queries
from ombud.accounts.api.edge import person_id_of
from ombud.accounts.schemas import ApiKey, NewApiKey, NewApiKeyInput
from ombud.accounts.services.api_keys import create_api_key, revoke_api_key
from ombud.shared.http import By, Now, Tx, may
from ombud.shared.paging import Paged


@get(
    "/api-keys",
    guards=[may("api_keys.manage")],
    operation_id="list_api_keys",
    summary="All API keys",
    tags=["API keys"],
)
async def get_api_keys(tx: Tx) -> Paged[ApiKey]:
    """All keys that work, without their secrets."""
    return Paged(await queries.api_keys(tx))


@post(
    "/api-keys",
    guards=[may("api_keys.manage")],
    operation_id="create_api_key",
    summary="Make an API key",
    tags=["API keys"],
)
async def post_api_key(data: JSONBody[NewApiKeyInput], tx: Tx, actor: By, now: Now) -> NewApiKey:
    """Make a key. The answer shows it this one time. Only people make keys: a stolen one must not breed."""
    person_id_of(actor)
    return await create_api_key(tx, wanted=data, by=actor, now=now)


@delete(
    "/api-keys/{key_id:int}",
    guards=[may("api_keys.manage")],
    operation_id="revoke_api_key",
    summary="Revoke an API key",
    tags=["API keys"],
)
async def delete_api_key(key_id: FromPath[int], tx: Tx, actor: By, now: Now) -> None:
    """End a key, within seconds."""
    await revoke_api_key(tx, key_id=key_id, by=actor, now=now)


handlers = [get_api_keys, post_api_key, delete_api_key]
