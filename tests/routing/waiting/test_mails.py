"""Acknowledgements that say how long an answer takes: from what was measured, only where it is long, and checked."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.channels.email.acknowledgement import acknowledgements
from ombud.routing.waiting.reactions import WAITING
from ombud.routing.waiting.rules import FEWEST_ANSWERS, MAIL_ENDS, mail_range
from ombud.routing.waiting.services.mails import tell_mail
from ombud.shared.readers import Reader, read_batch, register_reader
from ombud.tickets.schemas import Address, EntryDetails
from tests.accounts.desk import Browser
from tests.site import Site, reply_of

ACK = acknowledgements(tell_mail)


@given(st.lists(st.floats(0, 500_000), max_size=60))
def test_range_is_one_that_people_say_and_silent_where_it_goes_quickly(seconds: list[float]) -> None:
    found = mail_range(seconds)
    if found is None:
        assert len(seconds) < FEWEST_ANSWERS or sorted(seconds)[len(seconds) // 2] < 1_800
        return
    low, high = found
    assert {low // 60, high // 60} <= set(MAIL_ENDS)
    assert low <= high
    assert max(seconds) >= 1_800


@dataclass
class Post:
    """A mailbox that says how long it takes, and somebody who answers."""

    site: Site
    lin: Browser
    channel: int
    number: int = 0

    async def hear(self, *readers: Reader) -> None:
        """Let readers hear of all that happened."""
        await self.site.desk.events()
        for one in readers:
            while (await read_batch(self.site.desk.parts.database, one, now=self.site.desk.now)).passed:
                pass

    async def arrive(self, text: str = "My machine leaks.") -> int:
        """A mail, and its acknowledgement."""
        self.number += 1
        desk = self.site.desk
        address = f"c{self.number}@example.com"
        details = EntryDetails(auto_answer="allowed", from_=Address(address))
        await desk.deliver(self.channel, desk.mail(text, address, details=details))
        await self.hear(ACK)
        return (await desk.tickets())[-1]

    async def told(self, ticket: int) -> str:
        """What was said of the wait: the last lines of the acknowledgement."""
        said = [one.text for one in await self.site.desk.timeline(ticket) if one.author.kind == "system"]
        return said[0].rpartition("\n\n")[2]

    async def answer(self, ticket: int) -> None:
        """Somebody answers."""
        assert (await self.lin.post(f"/tickets/{ticket}/replies", reply_of())).status_code == 201
        await self.hear(WAITING)

    async def figures(self) -> dict[str, Any]:
        """How true it was."""
        [one] = (await self.lin.get("/waiting/figures")).json()["items"]
        found: dict[str, Any] = one["mails"]
        return found


@pytest.fixture
async def post(site: Site) -> Post:
    desk = site.desk
    for one in (ACK, WAITING):
        async with desk.parts.database.transaction() as tx:
            await register_reader(tx, one)
    ack = {"is_on": True, "tells_wait": True}
    channel = await desk.channel("email", address="help@desk.example", acknowledgement=ack)
    sql = 'update channel set settings = settings || \'{"smtp": {"host": "mail.example"}}\' where id = %(id)s'
    await desk.run(sql, id=channel)
    return Post(site, await site.browser(await desk.person("Lin", role="supervisor")), channel)


async def test_acknowledgement_tells_a_long_wait_and_its_error_is_known(post: Post) -> None:
    desk = post.site.desk
    # Nothing was measured: nothing is said.
    first = [await post.arrive() for _ in range(8)]
    assert "usually takes" not in await post.told(first[-1])
    for number, ticket in enumerate(first[:7]):
        desk.later(minutes=25 + number)
        await post.answer(ticket)
    ticket = await post.arrive()
    words = "At present an answer usually takes 1 h to 4 h. Messages that came before yours and wait: 1."
    assert await post.told(ticket) == words
    other = await post.arrive("我的咖啡机漏水")
    assert (await post.told(other)).startswith("目前回复通常需要 1 小时至 4 小时。在您之前等待回复的来信：2 封。")
    # one is answered as was said, the other one hours later
    desk.later(minutes=100)
    await post.answer(ticket)
    desk.later(hours=6)
    await post.answer(other)
    found = await post.figures()
    assert (found["told"], found["within"], found["longer"], found["shorter"]) == (2, 1, 1, 0)
    assert found["error_seconds"] == pytest.approx((100 * 60 + 6 * 3600 - 4 * 3600) / 2)


async def test_mail_that_waits_is_told_no_place_of_a_chat(post: Post) -> None:
    for _ in range(6):
        await post.arrive()
    post.site.desk.later(hours=3)
    ticket = await post.arrive()
    assert "usually takes" in await post.told(ticket)
    sql = "select count(*) from wait_estimate where kind = 'mail' and ended_at is null"
    assert await post.site.desk.sql(sql) == 1
    [one] = (await post.lin.get("/waiting/figures")).json()["items"]
    assert (one["waiting"], one["told"], one["left"]) == (0, 0, 0)
    await post.site.desk.run(
        "update channel set settings = jsonb_set(settings, '{acknowledgement,tells_wait}', 'false')"
    )
    assert "usually takes" not in await post.told(await post.arrive())
