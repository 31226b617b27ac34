"""The demo's decisions: read by the panel of a ticket, with candidates, a missed offer and ranks by hand."""

from ombud.demo.engine import make_decisions
from tests.desk import Desk
from tests.site import Site


async def test_decisions_are_read_on_the_ticket_and_ranks_wait_for_their_review(site: Site, desk: Desk) -> None:
    boss = await desk.person("Ada", role="administrator", everywhere=True)
    lu, mia = await desk.person("Lu"), await desk.person("Mia")
    await desk.online(lu, mia)
    for kind in ("chat", "api"):
        channel = await desk.channel(kind)
        await desk.deliver(channel, *(desk.message(f"Help {number}", who=f"{kind}{number}") for number in range(6)))
    await desk.run("update ticket set assignee_id = %(id)s", id=lu.id)
    async with desk.parts.database.transaction() as tx:
        await make_decisions(tx, now=desk.now)
    browser = await site.browser(boss)
    kinds: set[str] = set()
    for ticket in await desk.tickets():
        lines = (await browser.get(f"/tickets/{ticket}/routing")).json()["lines"]
        kinds |= {one["kind"] for one in lines}
        chosen = [one for one in lines if one["kind"] in {"accepted", "assigned"}]
        assert [one["person_id"] for one in chosen] == [lu.id]
    assert kinds == {"offered", "missed", "accepted", "assigned"}
    ranks = (await browser.get("/routing/ranks")).json()["items"]
    assert [one["reviewed_at"] is None for one in ranks].count(True) == 1
    counts = await desk.sql("select jsonb_agg(details -> 'count') from routing_decision where kind = 'offered'")
    assert all(count >= 1 for count in counts)
