"""The demo desk shows merged, split and linked tickets."""

from ombud.accounts.permissions import ROLES
from ombud.demo.joined import join_some
from ombud.shared.actor import Actor
from tests.site import Site, note_of, reply_of


async def test_join_some_makes_merged_split_and_linked_tickets(site: Site) -> None:
    desk = site.desk
    you = await desk.person("Ada", role="administrator")
    browser = await site.browser(you)
    box = await desk.channel("email", address="help@desk.example")
    for text in ("Boiler", "Boiler again"):
        await desk.deliver(box, desk.mail(text, "rosa@example.com"))
    for number in range(7):
        await desk.deliver(box, desk.mail(f"Mail {number}", f"c{number}@example.com"))
        ticket = (await desk.tickets())[-1]
        await browser.put(f"/tickets/{ticket}/assignment", {"assignee_id": you.id, "force": True})
        await browser.post(f"/tickets/{ticket}/notes", note_of())
        for _ in range(2):
            await browser.post(f"/tickets/{ticket}/replies", reply_of())
            await desk.deliver(
                box,
                desk.mail(
                    f"More {number}: and the bill came twice", f"c{number}@example.com", proven_ticket_ids=[ticket]
                ),
            )
    async with desk.parts.database.transaction() as tx:
        await join_some(tx, you.id or 0, now=desk.later(minutes=1))
    kinds = await desk.sql(
        "select jsonb_object_agg(kind, n) from (select kind, count(*) n from ticket_link group by 1) k"
    )
    assert kinds == {"split_from": 3, "child_of": 3, "related": 1, "duplicate_of": 1}
    assert await desk.sql("select count(*) from ticket where merged_into_id is not null") == 1
    assert Actor("person", you.id, "Ada", ROLES["administrator"], None).may("tickets.write")
