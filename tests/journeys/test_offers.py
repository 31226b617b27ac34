"""Work is offered in the workspace: taken with a key, declined with a reason, missed; in both languages."""

import pytest
from playwright.async_api import Browser, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.process_desk import call
from tests.journeys.screen import sign_in
from tests.journeys.served import Served, until
from tests.journeys.spoken import BOTH, Speech

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]
LONG, SHORT = 300, 5


async def stock(served: Served) -> None:
    """Chats must be accepted, with much time."""
    sql = "insert into team_routing (team_id, offer_seconds, offered_channels) values (1, %(seconds)s, '{chat}')"
    await served.do(lambda tx: tx.execute(sql, {"seconds": LONG}))


async def chat(served: Served, subject: str) -> int:
    """A visitor writes; gives the ticket."""
    channel = await served.channel("chat", f"Chat {subject}")
    sender = Sender("external", subject, name=subject)
    message = InboundMessage(sender=sender, text="Hello", at=utc_now(), conversation=subject, subject=subject)
    await served.do(lambda tx: receive(tx, [Arrival(channel.id, subject, message)], now=utc_now()))
    find = "select id from ticket where subject = %(subject)s"
    await until(lambda: served.values(find, subject=subject))
    return int((await served.values(find, subject=subject))[0])


async def outcome_is(served: Served, ticket: int, state: str) -> None:
    """Wait until the ticket's only offer has ended so."""

    async def is_so() -> bool:
        sql = "select state from work_offer where ticket_id = %(id)s"
        return await served.values(sql, id=ticket) == [state]

    await until(is_so, 30)


@BOTH
async def test_offered_chat_is_taken_declined_or_missed(served: Served, browser: Browser, say: Speech) -> None:
    link = await served.person(f"Ann-{say.short}", locale=say.locale)
    screen = await sign_in(browser, served, link, locale=say.browser)
    assert await call(screen, "PUT", "/me/presence", {"state": "online"}) == 204
    offer = screen.page.get_by_role("alertdialog", name=say("offers.title"))

    taken = await chat(served, f"Taken {say.short}")
    await expect(offer).to_contain_text(f"#{taken} Taken {say.short}", timeout=30_000)
    await expect(offer).to_contain_text(say("offers.channel.chat"))
    await screen.picture(f"offer-{say.short}")
    await screen.press("y")
    await screen.page.wait_for_url(f"**/tickets/mine/{taken}")
    await expect(offer).to_have_count(0)
    await outcome_is(served, taken, "accepted")

    declined = await chat(served, f"Declined {say.short}")
    await expect(offer).to_contain_text(f"#{declined}", timeout=30_000)
    await offer.get_by_role("button", name=say("offers.decline")).click()
    await offer.get_by_role("button", name=say("offers.reasons.occupied")).click()
    await expect(offer).to_have_count(0)
    await outcome_is(served, declined, "declined")

    await served.do(lambda tx: tx.execute("update team_routing set offer_seconds = %(s)s", {"s": SHORT}))
    missed = await chat(served, f"Missed {say.short}")
    await screen.sees(screen.page.get_by_text(say("offers.missed")), seconds=40)
    await outcome_is(served, missed, "missed")
    states = "select state || ' ' || reason from presence join person p on p.id = person_id where p.name = %(name)s"
    assert await served.values(states, name=f"Ann-{say.short}") == ["busy missed"]
    assert await served.values("select assignee_id from ticket where id = %(id)s", id=missed) == [None]
    # The next language begins as this one did.
    sql = "update team_routing set offer_seconds = %(s)s"
    await served.do(lambda tx: tx.execute(sql, {"s": LONG}))
    for ticket in (declined, missed):
        await served.do(lambda tx, ticket=ticket: tx.execute(CLOSE, {"id": ticket}))  # type: ignore[misc]
    assert screen.complaints == []


CLOSE = """
    update ticket set category = 'closed', status_id = (select id from status where category = 'closed' and is_default)
    where id = %(id)s"""
