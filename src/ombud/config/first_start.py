"""What happens between a ready database and the first page: the demo is filled, the way in is made."""

from ombud.accounts.services.first_start import first_link
from ombud.accounts.services.links import make_sign_in_link
from ombud.config.settings import Settings
from ombud.demo.live import find_you
from ombud.demo.loader import ensure_demo
from ombud.demo.shop import PATH as SHOP_PATH
from ombud.demo.work.cast import PARTNER
from ombud.shared.clock import utc_now
from ombud.shared.database import Database, Transaction, value
from ombud.shared.files import FileStore


async def prepare_desk(settings: Settings) -> list[str]:
    """Fill an empty demo desk, make the link of a desk that nobody can sign in to; what to tell, in lines."""
    database = Database(settings.database_url, max_connections=2)
    await database.open()
    try:
        return await _prepare_demo(settings, database) if settings.demo else await _prepare(settings, database)
    finally:
        await database.close()


async def _prepare(settings: Settings, database: Database) -> list[str]:
    async with database.transaction() as tx:
        link = await first_link(tx, address=settings.address, now=utc_now())
    return [f"sign in the first time with this link, which works once: {link}"] if link else []


async def _prepare_demo(settings: Settings, database: Database) -> list[str]:
    files = FileStore(settings.files)
    async with database.transaction() as tx:
        loaded = await ensure_demo(tx, now=utc_now(), keep_file=files.put)
    you = await find_you(database)
    async with database.transaction() as tx:
        email = await value(tx, str, "select email from person where id = %(id)s", {"id": you}) or ""
        link = await make_sign_in_link(tx, email=email, address=settings.address, now=utc_now())
        partner = await _partner_link(tx, settings)
    filled = f"the demo desk holds {loaded.tickets} tickets (loaded in {loaded.seconds:.0f} s)" if loaded else ""
    way_in = f"sign in with this link, which works once: {link}"
    shop = f"be a customer in the demo shop: {settings.address}{SHOP_PATH}"
    return [line for line in (filled, way_in, partner, shop) if line]


async def _partner_link(tx: Transaction, settings: Settings) -> str:
    if not await value(tx, bool, "select exists (select from person where email = %(email)s)", {"email": PARTNER}):
        return ""
    link = await make_sign_in_link(tx, email=PARTNER, address=settings.address, now=utc_now())
    return f"or be somebody of another department, who sees only what was asked of them: {link}"
