"""Setting up the sites of brands: how they look, where they are, whether they are on, and their secrets."""

import re
from datetime import datetime
from typing import Any, cast

import msgspec
from msgspec import UNSET
from psycopg.types.json import Jsonb

from ombud.channels.queries import get_stored_channel
from ombud.portal import queries
from ombud.portal.customer.signing_in import secret_place
from ombud.portal.events import HelpSiteChanged, PortalViewersChanged
from ombud.portal.rules import audience_of, place_of
from ombud.portal.schemas import Look, PortalSite, PortalSitePatch, Site, Viewers
from ombud.shared.actor import Actor
from ombud.shared.clock import known_zone
from ombud.shared.crypto import KeyRing, new_token
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Conflict, Invalid, NotFound, TooLarge, Unprocessable
from ombud.shared.events import emit
from ombud.shared.files import FileStore
from ombud.shared.lines import ADDRESS

MAX_LOGO_BYTES = 512 * 1024
# By their first bytes. No SVG: it can hold scripts.
PICTURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"RIFF", "image/webp"))


class SiteChanged(Conflict):
    """Somebody else changed this site meanwhile. Load it again."""

    code = "site_changed"


class KeyTaken(Conflict):
    """Another brand's site has this name or host."""

    code = "site_taken"


class NoPicture(Unprocessable):
    """The logo must be a PNG, JPEG or WebP picture."""

    code = "no_picture"


async def list_sites(tx: Transaction, address: str, *, by: Actor) -> list[PortalSite]:
    """The sites of all brands that ``by`` sees; one that was never set up has its defaults."""
    sites = await queries.load_sites(tx)
    known = {one.brand_id: one for one in sites}
    brands = await queries.list_brands(tx, by=by)
    taken = {one.key for one in sites}
    found = []
    for brand in brands:
        site = known.get(brand.id) or new_site(brand.id, brand.name, taken)
        found.append(shown(sites, site, address, cast("datetime | None", brand.jwt_made_at)))
    return found


def new_site(brand_id: int, brand: str, taken: set[str]) -> Site:
    """A site that was never set up."""
    key = "-".join(re.findall(r"[a-z0-9]+", brand.lower()))[:30].strip("-") or f"brand-{brand_id}"
    key = key if key not in taken else f"{key}-{brand_id}"
    return Site(
        brand_id,
        brand,
        key,
        host=None,
        is_on=False,
        has_portal=False,
        look=Look(),
        logo_token=None,
        form_channel_id=None,
        jwt_secret=None,
        version=0,
    )


def shown(sites: list[Site], site: Site, address: str, made_at: datetime | None) -> PortalSite:
    """A site as its settings page shows it."""
    place = place_of(sites, site, f"/s/{site.key}", address)
    return PortalSite(
        brand_id=site.brand_id,
        brand=site.brand,
        key=site.key,
        host=site.host,
        is_on=site.is_on,
        has_portal=site.has_portal,
        look=site.look,
        logo_url=f"/help/s/{site.key}/logo/{site.logo_token[:12]}" if site.logo_token else None,
        form_channel_id=site.form_channel_id,
        has_jwt_secret=site.jwt_secret is not None,
        jwt_made_at=made_at,
        jwt_audience=audience_of(site),
        url=place.help_url,
        portal_url=place.portal_url,
        version=site.version,
    )


async def _require_brand(tx: Transaction, brand_id: int, *, by: Actor) -> str:
    name = await value(tx, str, "select name from brand where id = %(id)s", {"id": brand_id})
    if name is None or (by.brand_ids is not None and brand_id not in by.brand_ids):
        raise NotFound("There is no such brand.")
    return name


async def change_site(
    tx: Transaction, brand_id: int, patch: PortalSitePatch, address: str, *, by: Actor, now: datetime
) -> PortalSite:
    """Set up or change a brand's site. What is the same already changes nothing and emits nothing.

    Raises:
        NotFound: there is no such brand for ``by``.
        SiteChanged: it is not the version that was read any more.
        KeyTaken: another site has this name or host.
        Invalid: no such time zone, or a form that is not this brand's.

    Emits: HelpSiteChanged
    """
    before = await _own_site(tx, brand_id, by=by, now=now)
    if before.version != patch.version:
        raise SiteChanged
    given = {name: new for name, new in msgspec.structs.asdict(patch).items() if new is not UNSET and name != "version"}
    if given.get("host"):
        given["host"] = given["host"].lower()
    wanted = {name: new for name, new in given.items() if getattr(before, name) != new}
    await _check(tx, before, wanted)
    if wanted:
        await _write(tx, before, wanted, now=now)
        await emit(tx, HelpSiteChanged(brand_id=brand_id, fields=sorted(wanted)), by=by, at=now)
    return await get_site(tx, brand_id, address, by=by)


async def get_site(tx: Transaction, brand_id: int, address: str, *, by: Actor) -> PortalSite:
    """A brand's site.

    Raises:
        NotFound: there is no such brand for ``by``.
    """
    found = [one for one in await list_sites(tx, address, by=by) if one.brand_id == brand_id]
    if not found:
        raise NotFound("There is no such brand.")
    return found[0]


async def _own_site(tx: Transaction, brand_id: int, *, by: Actor, now: datetime) -> Site:
    """The site, locked; made where it was never set up."""
    name = await _require_brand(tx, brand_id, by=by)
    found = await queries.lock_site(tx, brand_id)
    if found is None:
        fresh = new_site(brand_id, name, {one.key for one in await queries.load_sites(tx)})
        sql = """
            insert into portal_site (brand_id, key, version, changed_at) values (%(id)s, %(key)s, 0, %(now)s)
            on conflict (brand_id) do nothing"""
        await execute(tx, sql, {"id": brand_id, "key": fresh.key, "now": now})
        found = await queries.lock_site(tx, brand_id)
    return found or new_site(brand_id, name, set())


async def _check(tx: Transaction, before: Site, wanted: dict[str, Any]) -> None:
    look = wanted.get("look")
    if look is not None and known_zone(look.time_zone) is None:
        raise Invalid("There is no such time zone.", fields={"look.time_zone": "unknown"})
    channel_id = wanted.get("form_channel_id")
    if channel_id is not None:
        channel = await get_stored_channel(tx, channel_id)
        if channel.kind != "form" or channel.brand_id != before.brand_id:
            raise Invalid("Choose a form of this brand.", fields={"form_channel_id": "unknown"})
    sql = """
        select exists (select from portal_site where brand_id <> %(id)s
            and (key = %(key)s::text or host = %(host)s::text))"""
    params = {"id": before.brand_id, "key": wanted.get("key"), "host": wanted.get("host")}
    if await value(tx, bool, sql, params):
        raise KeyTaken


async def _write(tx: Transaction, before: Site, wanted: dict[str, Any], *, now: datetime) -> None:
    # Column names come from the struct PortalSitePatch, never from input.
    sets = "".join(f"{name} = %({name})s, " for name in wanted)
    sql = f"update portal_site set {sets} version = version + 1, changed_at = %(now)s where brand_id = %(id)s"
    kept = {name: Jsonb(msgspec.to_builtins(new)) if name == "look" else new for name, new in wanted.items()}
    await execute(tx, sql, {**kept, "now": now, "id": before.brand_id})


async def set_logo(
    tx: Transaction, files: FileStore, brand_id: int, name: str, data: bytes, *, by: Actor, now: datetime
) -> None:
    """Give a site its logo; no bytes take it away.

    Raises:
        NotFound: there is no such brand for ``by``.
        NoPicture: not a picture that browsers show.
        TooLarge: more than 512 KiB.

    Emits: HelpSiteChanged
    """
    await _own_site(tx, brand_id, by=by, now=now)
    file_id = await _keep_logo(tx, files, name, data, by=by, now=now) if data else None
    sql = """
        update portal_site set logo_file_id = %(file)s, version = version + 1, changed_at = %(now)s
        where brand_id = %(id)s"""
    await execute(tx, sql, {"file": file_id, "now": now, "id": brand_id})
    await emit(tx, HelpSiteChanged(brand_id=brand_id, fields=["logo"]), by=by, at=now)


async def _keep_logo(tx: Transaction, files: FileStore, name: str, data: bytes, *, by: Actor, now: datetime) -> int:
    kind = next((kind for magic, kind in PICTURES if data.startswith(magic)), None)
    if kind is None:
        raise NoPicture
    if len(data) > MAX_LOGO_BYTES:
        raise TooLarge("A logo may have at most 512 KiB.")
    stored = await files.put(data)
    sql = """
        insert into file (token, name, type, size, sha256, uploaded_by_kind, uploaded_by_id, created_at)
        values (%(token)s, %(name)s, %(type)s, %(size)s, %(sha256)s, %(kind)s, %(by)s, %(now)s) returning id"""
    params = {"token": stored.token, "name": name[:150] or "logo", "type": kind, "size": stored.size}
    made = await value(tx, int, sql, params | {"sha256": stored.sha256, "kind": by.kind, "by": by.id, "now": now})
    return made or 0


async def rotate_secret(tx: Transaction, brand_id: int, *, keys: KeyRing, by: Actor, now: datetime) -> str:
    """Make a new key for a brand's own site and give it, this once; the old one is worth nothing from now on.

    Raises:
        NotFound: there is no such brand for ``by``.

    Emits: HelpSiteChanged
    """
    await _own_site(tx, brand_id, by=by, now=now)
    secret = new_token() + new_token()
    sealed = keys.seal(secret.encode(), place=secret_place(brand_id))
    sql = """
        update portal_site set jwt_secret = %(secret)s, jwt_made_at = %(now)s, version = version + 1,
            changed_at = %(now)s where brand_id = %(id)s"""
    await execute(tx, sql, {"secret": sealed, "now": now, "id": brand_id})
    await emit(tx, HelpSiteChanged(brand_id=brand_id, fields=["jwt_secret"]), by=by, at=now)
    return secret


def open_secret(site: Site, keys: KeyRing) -> str:
    """The key with which a brand's own site signs; empty where it has none.

    Raises:
        KeyMissing: it was sealed with a key that is not here.
    """
    if site.jwt_secret is None:
        return ""
    return keys.open(site.jwt_secret, place=secret_place(site.brand_id)).decode()


async def set_viewers(tx: Transaction, organisation_id: int, data: Viewers, *, by: Actor, now: datetime) -> list[str]:
    """Say which addresses see all tickets of an organisation that they belong to. The same again changes nothing.

    Raises:
        NotFound: there is no such organisation.
        Invalid: something is no address.

    Emits: PortalViewersChanged
    """
    if not await value(tx, bool, "select true from organisation where id = %(id)s for update", {"id": organisation_id}):
        raise NotFound("There is no such organisation.")
    wanted = sorted({one.strip().lower() for one in data.addresses if one.strip()})
    wrong = [one for one in wanted if not re.match(ADDRESS, one)]
    if wrong:
        raise Invalid(f"{wrong[0]!r} is no address.", fields={"addresses": "invalid"})
    if wanted == await queries.viewers_of(tx, organisation_id):
        return wanted
    params: dict[str, object] = {"id": organisation_id, "addresses": wanted, "by": by.person_id or None, "now": now}
    sql = "delete from portal_viewer where organisation_id = %(id)s and not address = any(%(addresses)s::text[])"
    await execute(tx, sql, params)
    sql = """
        insert into portal_viewer (organisation_id, address, made_by, made_at)
        select %(id)s, a, %(by)s, %(now)s from unnest(%(addresses)s::text[]) as a on conflict do nothing"""
    await execute(tx, sql, params)
    await emit(tx, PortalViewersChanged(organisation_id=organisation_id), by=by, at=now)
    return wanted
