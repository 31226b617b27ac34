"""The demo's help centres, and its shop, which signs a customer in as a real shop would."""

from ombud.demo.help_centre import make_help_centres
from ombud.demo.shop_signing import sign_a_customer
from ombud.portal.queries import load_sites
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction
from tests.portal.conftest import Centre

ROSA = "rosa@example.com"


async def test_demo_opens_a_help_centre_for_each_brand(tx: Transaction) -> None:
    await tx.execute("insert into brand (id, name, created_at) values (2, 'Young', now())")
    await make_help_centres(tx, SYSTEM, now=utc_now())
    first, second = await load_sites(tx)
    assert (first.key, first.is_on, first.look.locale_default) == ("lanjia", True, "zh-CN")
    assert (second.key, second.is_on, second.has_portal) == ("qingyou", True, False)


async def test_shop_signs_a_customer_with_tickets_in(centre: Centre) -> None:
    keys, now = centre.desk.parts.key_ring, centre.desk.now
    assert await centre.desk.write(lambda tx: sign_a_customer(tx, keys, now=now)) is None
    for number in range(3):
        await centre.desk.answer(await centre.ticket(ROSA, subject=f"Order {number}"))
    signed = await centre.desk.write(lambda tx: sign_a_customer(tx, keys, now=now))
    assert signed is not None
    await centre.fresh()
    browser = centre.browser()
    assert (await browser.post("/portal/token", data={"token": signed.token})).status_code == 303
    assert "Order 2" in (await browser.get("/portal")).text


async def test_second_signature_uses_the_key_that_is_there(centre: Centre) -> None:
    keys, now = centre.desk.parts.key_ring, centre.desk.now
    for _ in range(3):
        await centre.desk.answer(await centre.ticket(ROSA))
    for _ in range(2):
        await centre.desk.write(lambda tx: sign_a_customer(tx, keys, now=now))
    made = "select count(*) from event where kind = 'help_site_changed' and data -> 'fields' ? 'jwt_secret'"
    await centre.desk.settled()
    assert await centre.desk.sql(int, made) == 1


async def test_shop_page_is_the_demos_alone(centre: Centre) -> None:
    assert (await centre.get("/demo/shop/tickets")).status_code == 404
