"""What the demo desk asks beside its tickets, and what it is told of."""

from ombud.demo.asides import RELEASES, make_asides
from ombud.shared.actor import Actor
from tests.site import Site


async def stocked(site: Site) -> Actor:
    """A signed-in person with tickets in two languages, and colleagues."""
    desk = site.desk
    by = await desk.person("You", role="administrator", everywhere=True)
    for number in range(3):
        await desk.person(f"Colleague{number}", role="supervisor" if number == 0 else "agent")
    for subject in ("净水器漏水", "The kettle leaks", "水泵有噪音"):
        ticket = await site.ticket(subject, kind="email", subject=subject)
        await desk.run("update ticket set assignee_id = %(you)s where id = %(id)s", you=by.id, id=ticket)
    return by


async def test_make_asides_asks_by_mail_and_in_the_app_and_sends_nothing(site: Site) -> None:
    by = await stocked(site)
    async with site.desk.parts.database.transaction() as tx:
        await make_asides(tx, by, now=site.desk.later(days=30))
    kinds = await site.desk.sql("select array_agg(kind order by kind) from side_conversation")
    assert kinds == ["app", "app", "mail", "mail"]
    assert await site.desk.sql("select count(*) from outbox where state <> 'sent'") == 0
    assert await site.desk.sql("select count(*) from entry where kind = 'side' and direction = 'in'") == 2
    assert await site.desk.sql("select count(*) from public_entry") == 3


async def test_make_asides_announces_one_of_each_standing(site: Site) -> None:
    by = await stocked(site)
    async with site.desk.parts.database.transaction() as tx:
        await make_asides(tx, by, now=site.desk.later(days=30))
    browser = await site.browser(by)
    coming = (await browser.get("/releases?which=coming")).json()["items"]
    assert [(one["decision"], one["items_done"], one["questions_open"]) for one in coming] == [
        (None, 2, 1),
        ("go", 4, 0),
    ]
    live = (await browser.get("/releases?which=live")).json()["items"]
    assert [one["title"] for one in live] == [RELEASES[2][1]]


async def test_make_asides_on_a_desk_without_colleagues_does_nothing(site: Site) -> None:
    by = await site.desk.person("You", role="administrator", everywhere=True)
    await site.desk.run("delete from membership where person_id <> %(you)s", you=by.id)
    async with site.desk.parts.database.transaction() as tx:
        await make_asides(tx, by, now=site.desk.now)
    assert await site.desk.sql("select count(*) from side_conversation") == 0
    assert await site.desk.sql("select count(*) from release_note") == 0
