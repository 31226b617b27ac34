"""Verbs on channels: make, change, remove."""

import secrets as random_secrets
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET
from psycopg.types.json import Jsonb

from ombud.channels import queries
from ombud.channels.events import ChannelChanged
from ombud.channels.questions import check_questions
from ombud.channels.schemas import Channel, ChannelIn, ChannelPatch
from ombud.channels.settings import SECRETS, SETTINGS, checked
from ombud.shared.actor import Actor
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Invalid
from ombud.shared.events import emit

PUBLIC_KINDS = frozenset({"chat", "form"})


async def add_channel(tx: Transaction, data: ChannelIn, *, keys: KeyRing, by: Actor, now: datetime) -> Channel:
    """Make a channel; widgets and forms get a public key, a widget also a secret to sign visitors with.

    Raises:
        Invalid: settings or secrets that this kind does not have, or no such team or brand.

    Emits: ChannelChanged
    """
    await _check_places(tx, data.brand_id, data.team_id)
    await check_questions(tx, data.kind, data.settings)
    sql = """
        insert into channel (kind, name, public_key, brand_id, team_id, settings, is_active, created_at)
        values (%(kind)s, %(name)s, %(key)s, %(brand)s, %(team)s, %(settings)s, %(active)s, %(now)s) returning id"""
    params: dict[str, object] = {
        "kind": data.kind,
        "name": data.name,
        "key": random_secrets.token_urlsafe(12) if data.kind in PUBLIC_KINDS else None,
        "brand": data.brand_id,
        "team": data.team_id,
        "settings": Jsonb(checked(SETTINGS, data.kind, data.settings)),
        "active": data.is_active,
        "now": now,
    }
    made = await value(tx, int, sql, params) or 0
    secrets = dict(data.secrets)
    if data.kind == "chat":
        secrets.setdefault("identity_secret", random_secrets.token_urlsafe(32))
    await _seal(tx, made, data.kind, secrets, keys)
    await emit(tx, ChannelChanged(channel_id=made, channel_kind=data.kind, change="made"), by=by, at=now)
    return queries.shown(await queries.get_stored_channel(tx, made), keys)


async def _check_places(tx: Transaction, brand_id: int, team_id: int) -> None:
    sql = """
        select case when not exists (select from brand where id = %(brand)s) then 'brand_id'
                    when not exists (select from team where id = %(team)s and archived_at is null) then 'team_id' end"""
    missing = await value(tx, str, sql, {"brand": brand_id, "team": team_id})
    if missing:
        raise Invalid("Choose a brand and a team that exist.", fields={missing: "unknown"})


async def _seal(tx: Transaction, channel_id: int, kind: str, secrets: dict[str, str], keys: KeyRing) -> None:
    kept = {name: secret for name, secret in checked(SECRETS, kind, secrets).items() if secret}
    sealed = keys.seal(msgspec.json.encode(kept), place=f"channel.secrets.{channel_id}") if kept else None
    await tx.execute("update channel set secrets = %(sealed)s where id = %(id)s", {"sealed": sealed, "id": channel_id})


async def change_channel(
    tx: Transaction, channel_id: int, patch: ChannelPatch, *, keys: KeyRing, by: Actor, now: datetime
) -> Channel:
    """Change a channel; settings are merged over the present ones, one level deep.

    Raises:
        NotFound: there is none.
        Invalid: settings or secrets that this kind does not have, or no such team or brand.

    Emits: ChannelChanged
    """
    stored = await queries.get_stored_channel(tx, channel_id)
    changes: dict[str, Any] = {
        name: new for name, new in msgspec.structs.asdict(patch).items() if new is not UNSET and name != "secrets"
    }
    await _check_places(tx, changes.get("brand_id", stored.brand_id), changes.get("team_id", stored.team_id))
    if "settings" in changes:
        await check_questions(tx, stored.kind, changes["settings"])
        changes["settings"] = Jsonb(checked(SETTINGS, stored.kind, stored.settings | changes["settings"]))
    if changes:
        sets = ", ".join(f"{name} = %({name})s" for name in changes)
        await tx.execute(f"update channel set {sets} where id = %(id)s", {**changes, "id": channel_id})
    if patch.secrets is not UNSET:
        await _seal(tx, channel_id, stored.kind, queries.open_secrets(stored, keys) | patch.secrets, keys)
    await emit(tx, ChannelChanged(channel_id=channel_id, channel_kind=stored.kind, change="changed"), by=by, at=now)
    return queries.shown(await queries.get_stored_channel(tx, channel_id), keys)


async def remove_channel(tx: Transaction, channel_id: int, *, by: Actor, now: datetime) -> None:
    """Remove a channel: it receives and sends no more; its tickets stay, and its secrets are gone.

    Raises:
        NotFound: there is none.

    Emits: ChannelChanged
    """
    stored = await queries.get_stored_channel(tx, channel_id)
    sql = "update channel set deleted_at = %(now)s, is_active = false, secrets = null where id = %(id)s"
    await tx.execute(sql, {"now": now, "id": channel_id})
    await emit(tx, ChannelChanged(channel_id=channel_id, channel_kind=stored.kind, change="removed"), by=by, at=now)


async def rotate_identity_secret(tx: Transaction, channel_id: int, *, keys: KeyRing, by: Actor, now: datetime) -> str:
    """Give a widget a new key for signing visitors and return it.

    Raises:
        NotFound: there is no such channel.
        Invalid: it is no chat widget.

    Emits: ChannelChanged
    """
    secret = random_secrets.token_urlsafe(32)
    stored = await queries.get_stored_channel(tx, channel_id)
    if stored.kind != "chat":
        raise Invalid("Only chat widgets have an identity key.")
    await change_channel(tx, channel_id, ChannelPatch(secrets={"identity_secret": secret}), keys=keys, by=by, now=now)
    return secret
