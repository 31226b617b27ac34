"""Reads of sites."""

from msgspec import Struct

from ombud.portal.schemas import Site
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows, value, values

SITE = """
    select s.brand_id, b.name as brand, s.key, s.host, s.is_on, s.has_portal, s.look, f.token as logo_token,
        s.form_channel_id, s.jwt_secret, s.version
    from portal_site s join brand b on b.id = s.brand_id left join file f on f.id = s.logo_file_id"""


async def load_sites(tx: Transaction) -> list[Site]:
    """All sites that were ever set up, by brand."""
    return await rows(tx, Site, f"{SITE} order by s.brand_id")


async def lock_site(tx: Transaction, brand_id: int) -> Site | None:
    """The site of a brand, locked; None where it was never set up."""
    sql = "select true from portal_site where brand_id = %(id)s for update"
    if not await value(tx, bool, sql, {"id": brand_id}):
        return None
    return await row(tx, Site, f"{SITE} where s.brand_id = %(id)s", {"id": brand_id})


class BrandRow(Struct):
    """A brand, and when the secret of its site was made."""

    id: int
    name: str
    jwt_made_at: object | None


async def list_brands(tx: Transaction, *, by: Actor) -> list[BrandRow]:
    """The brands that somebody sees."""
    sql = """
        select b.id, b.name, s.jwt_made_at from brand b left join portal_site s on s.brand_id = b.id
        where %(brands)s::bigint[] is null or b.id = any(%(brands)s) order by b.id"""
    return await rows(tx, BrandRow, sql, {"brands": by.visible_brands()})


async def stamp(tx: Transaction) -> int:
    """The number that grows with each change that readers see."""
    return await value(tx, int, "select number from help_stamp") or 0


async def viewers_of(tx: Transaction, organisation_id: int) -> list[str]:
    """Addresses whose owners see all tickets of an organisation."""
    sql = "select address from portal_viewer where organisation_id = %(id)s order by address"
    return await values(tx, str, sql, {"id": organisation_id})


class LogoFile(Struct):
    """A picture in the store."""

    token: str
    type: str


async def logo_file(tx: Transaction, brand_id: int) -> LogoFile | None:
    """The logo of a brand's site."""
    sql = """
        select f.token, f.type from portal_site s join file f on f.id = s.logo_file_id where s.brand_id = %(id)s"""
    return await row(tx, LogoFile, sql, {"id": brand_id})
