"""The demo's waits: told in ranges, over, and read by the page of waiting customers."""

from ombud.demo.waits import make_waits
from tests.desk import Desk
from tests.site import Site


async def test_waits_of_chats_are_read_by_the_page(site: Site, desk: Desk) -> None:
    boss = await desk.person("Ada", role="administrator", everywhere=True)
    channel = await desk.channel("chat")
    await desk.deliver(channel, *(desk.message(f"Help {number}", who=f"c{number}") for number in range(30)))
    await desk.run("update ticket set assignee_id = %(id)s", id=boss.id)
    async with desk.parts.database.transaction() as tx:
        await make_waits(tx, boss, now=desk.now)
    [one] = (await (await site.browser(boss)).get("/waiting/figures")).json()["items"]
    assert one["told"] + one["left"] == 30
    assert 0 < one["within"] <= one["told"]
    assert one["waiting"] == 0
    assert await desk.sql("select tells from strain_policy where team_id = 1") == "supervisors"
