"""What screens hear when a customer's data change."""

from typing import Any

import msgspec

from ombud.shared.actor import Actor
from tests.site import Site


async def shown(site: Site, actor: Actor, after: int) -> list[Any]:
    """The customers in the frames that an actor's screen gets."""
    frames = await site.frames(actor, after=after)
    return [msgspec.to_builtins(frame.data.customer) for frame in frames if frame.event == "customer"]


async def last_event(site: Site) -> int:
    """The number of the newest event."""
    return (await site.desk.events())[-1].seq


async def test_change_of_name_and_tier_reaches_each_team_that_has_a_ticket(site: Site) -> None:
    repairs, billing = await site.desk.team("Repairs"), await site.desk.team("Billing")
    ri, bo = await site.desk.person("Ri", repairs), await site.desk.person("Bo", billing)
    everywhere = await site.desk.person("Al", everywhere=True)
    ticket = await site.ticket(team=repairs)
    customer = await site.desk.column(ticket, "customer_id")
    after = await last_event(site)
    agent = await site.browser(ri)
    assert (await agent.patch(f"/customers/{customer}", {"name": "琳达", "tier": "VIP"})).is_success
    wanted = {"id": customer, "name": "琳达", "tier": "VIP"}
    assert await shown(site, ri, after) == [wanted]
    assert await shown(site, everywhere, after) == [wanted]
    assert await shown(site, bo, after) == []


async def test_frame_holds_what_is_true_now_not_what_was_then(site: Site) -> None:
    lu = await site.desk.person("Lu")
    customer = await site.desk.column(await site.ticket(), "customer_id")
    agent = await site.browser(lu)
    after = await last_event(site)
    for name in ("First", "Second"):
        await agent.patch(f"/customers/{customer}", {"name": name})
    names = [one["name"] for one in await shown(site, lu, after)]
    assert names == ["Second"]


async def test_change_of_a_customer_without_tickets_is_nobodys_frame(site: Site) -> None:
    al = await site.desk.person("Al", everywhere=True)
    sql = "insert into customer (name, words, created_at, updated_at) values ('x', '', now(), now()) returning id"
    customer = await site.desk.sql(sql)
    agent = await site.browser(al)
    assert (await agent.patch(f"/customers/{customer}", {"name": "Nobody's"})).is_success
    assert await shown(site, al, 0) == []
