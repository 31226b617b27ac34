"""Reads of channels."""

from typing import Any

import msgspec
from msgspec import Struct

from ombud.channels.schemas import Channel, ChannelBrief
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound

BRIEF = "id, kind, name, public_key, brand_id, team_id, is_active, health"


class StoredChannel(ChannelBrief):
    """A channel as the database holds it, its secrets sealed."""

    settings: dict[str, Any]
    secrets: bytes | None
    cursor: dict[str, Any]
    created_at: Any


class BrandName(Struct):
    """A brand's name."""

    name: str


async def list_channels(tx: Transaction) -> list[ChannelBrief]:
    """All channels that are not removed."""
    return await rows(tx, ChannelBrief, f"select {BRIEF} from channel where deleted_at is null order by kind, name, id")


async def get_stored_channel(tx: Transaction, channel_id: int) -> StoredChannel:
    """A channel with sealed secrets.

    Raises:
        NotFound: there is none, or it was removed.
    """
    sql = f"select {BRIEF}, settings, secrets, cursor, created_at from channel where id = %(id)s and deleted_at is null"
    found = await row(tx, StoredChannel, sql, {"id": channel_id})
    if found is None:
        raise NotFound("There is no such channel.")
    return found


async def find_public_channel(tx: Transaction, kind: str, public_key: str) -> StoredChannel:
    """An active widget or form by its public key.

    Raises:
        NotFound: there is none.
    """
    sql = f"""
        select {BRIEF}, settings, secrets, cursor, created_at from channel
        where public_key = %(key)s and kind = %(kind)s and is_active and deleted_at is null"""
    found = await row(tx, StoredChannel, sql, {"key": public_key, "kind": kind})
    if found is None:
        raise NotFound("There is no such channel.")
    return found


async def list_active_channels(tx: Transaction, kind: str) -> list[StoredChannel]:
    """Active channels of a kind, for the workers that serve them."""
    sql = f"""
        select {BRIEF}, settings, secrets, cursor, created_at from channel
        where kind = %(kind)s and is_active and deleted_at is null order by id"""
    return await rows(tx, StoredChannel, sql, {"kind": kind})


def open_secrets(stored: StoredChannel, keys: KeyRing) -> dict[str, str]:
    """A channel's secrets in the clear; empty when it has none.

    Raises:
        KeyMissing: they were sealed with a key that is not here.
    """
    if stored.secrets is None:
        return {}
    plain = keys.open(stored.secrets, place=f"channel.secrets.{stored.id}")
    return msgspec.json.decode(plain, type=dict[str, str])


def shown(stored: StoredChannel, keys: KeyRing) -> Channel:
    """A channel for its settings page: which secrets are set, never what they are."""
    names = sorted(name for name, secret in open_secrets(stored, keys).items() if secret)
    return Channel(
        **{name: getattr(stored, name) for name in ChannelBrief.__struct_fields__},
        settings=stored.settings,
        secrets_set=names,
        created_at=stored.created_at,
    )
