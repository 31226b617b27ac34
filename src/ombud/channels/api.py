"""Endpoints of channels' settings."""

from litestar import Router, delete, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED
from msgspec import Struct

from ombud.channels import queries, services
from ombud.channels.email.signature import Signature, preview_signature
from ombud.channels.schemas import Channel, ChannelBrief, ChannelIn, ChannelPatch, ConnectionTest
from ombud.shared.http import By, Now, Tx, may, signed_in


class ChannelList(Struct):
    """All channels."""

    items: list[ChannelBrief]


class IdentitySecret(Struct):
    """A widget's key, shown once."""

    identity_secret: str


@get("/channels", guards=[signed_in])
async def get_channels(tx: Tx) -> ChannelList:
    """All channels, without their settings."""
    return ChannelList(await queries.list_channels(tx))


@get("/channels/{channel_id:int}", guards=[may("channels.manage")])
async def get_channel(tx: Tx, state: State, channel_id: FromPath[int]) -> Channel:
    """A channel with its settings; of secrets only which are set."""
    return queries.shown(await queries.get_stored_channel(tx, channel_id), state.key_ring)


@post("/channels", guards=[may("channels.manage")], status_code=HTTP_201_CREATED)
async def post_channel(tx: Tx, actor: By, now: Now, state: State, data: JSONBody[ChannelIn]) -> Channel:
    """Make a mailbox, a chat widget, a form or an API channel."""
    return await services.add_channel(tx, data, keys=state.key_ring, by=actor, now=now)


@patch("/channels/{channel_id:int}", guards=[may("channels.manage")])
async def patch_channel(
    tx: Tx, actor: By, now: Now, state: State, channel_id: FromPath[int], data: JSONBody[ChannelPatch]
) -> Channel:
    """Change a channel."""
    return await services.change_channel(tx, channel_id, data, keys=state.key_ring, by=actor, now=now)


@delete("/channels/{channel_id:int}", guards=[may("channels.manage")])
async def delete_channel(tx: Tx, actor: By, now: Now, channel_id: FromPath[int]) -> None:
    """Remove a channel; its tickets stay."""
    await services.remove_channel(tx, channel_id, by=actor, now=now)


@post("/channels/{channel_id:int}/test", guards=[may("channels.manage")], status_code=HTTP_200_OK)
async def post_channel_test(state: State, channel_id: FromPath[int]) -> ConnectionTest:
    """Try the connections of a mailbox; says in words what to mend."""
    # No transaction over the trial: a host that keeps silent would keep a connection to the database with it.
    async with state.database.transaction() as tx:
        stored = await queries.get_stored_channel(tx, channel_id)
    test = state.connection_tests.get(stored.kind)
    if test is None:
        return ConnectionTest(ok=True)
    answer: ConnectionTest = await test(stored, queries.open_secrets(stored, state.key_ring))
    return answer


@post("/channels/{channel_id:int}/identity-secret", guards=[may("channels.manage")], status_code=HTTP_200_OK)
async def post_identity_secret(tx: Tx, actor: By, now: Now, state: State, channel_id: FromPath[int]) -> IdentitySecret:
    """Make a new key for signing a widget's visitors and show it once; the old one is worth nothing from now on."""
    return IdentitySecret(await services.rotate_identity_secret(tx, channel_id, keys=state.key_ring, by=actor, now=now))


@get("/tickets/{ticket_id:int}/signature", guards=[may("tickets.read")])
async def get_signature(tx: Tx, actor: By, ticket_id: FromPath[int]) -> Signature:
    """What would stand below the actor's answer by mail; '' where there is none, or the answer is no mail."""
    return await preview_signature(tx, ticket_id, by=actor)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            get_channels,
            get_channel,
            post_channel,
            patch_channel,
            delete_channel,
            post_channel_test,
            post_identity_secret,
            get_signature,
        ],
        tags=["channels"],
    )
]
