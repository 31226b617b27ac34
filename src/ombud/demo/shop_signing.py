"""How the demo's shop signs one of its customers in to the portal: as a real shop does, with the brand's secret."""

from datetime import datetime, timedelta

import jwt
from msgspec import Struct

from ombud.portal.queries import load_sites
from ombud.portal.rules import audience_of
from ombud.portal.services import open_secret, rotate_secret
from ombud.shared.actor import SYSTEM
from ombud.shared.crypto import KeyRing, new_token
from ombud.shared.database import Transaction, row

LASTS = timedelta(minutes=9)
# Somebody with a few tickets and a fresh answer, the same one while nothing happens.
CUSTOMER = """
    select i.value as address, c.name from customer c
    join identity i on i.customer_id = c.id and i.kind = 'email' and i.scope = ''
    cross join lateral (select count(*) as tickets, max(t.last_message_id) as newest from ticket t
        where t.customer_id = c.id and t.brand_id = %(brand)s and t.message_count > 1) t
    where not c.is_blocked and t.tickets between 3 and 12 order by t.newest desc limit 1"""


class Signed(Struct, frozen=True):
    """Who is signed in to the shop, and the shop's word for it."""

    name: str
    token: str


class _Customer(Struct):
    address: str
    name: str


async def sign_a_customer(tx: Transaction, keys: KeyRing, *, now: datetime) -> Signed | None:
    """A token for a customer of the first brand whose portal is on; None where there is no portal or no customer."""
    site = next((one for one in await load_sites(tx) if one.is_on and one.has_portal), None)
    customer = await row(tx, _Customer, CUSTOMER, {"brand": site.brand_id}) if site else None
    if site is None or customer is None:
        return None
    secret = open_secret(site, keys) or await rotate_secret(tx, site.brand_id, keys=keys, by=SYSTEM, now=now)
    claims = {
        "sub": f"shop:{customer.address}",
        "jti": new_token(),
        "aud": audience_of(site),
        "exp": int((now + LASTS).timestamp()),
        "name": customer.name,
        "email": customer.address,
        "email_verified": True,
    }
    return Signed(customer.name, jwt.encode(claims, secret, algorithm="HS256"))
