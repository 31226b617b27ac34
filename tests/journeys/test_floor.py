"""The floor: an agent's break, a raised hand, a whisper and a suspension, and what whoever leads them sees of it."""

import pytest
from playwright.async_api import Browser, expect

from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import AssignmentIn
from ombud.tickets.services.changes import assign_ticket
from tests.journeys.screen import sign_in
from tests.journeys.served import Served
from tests.journeys.spoken import BOTH, Speech
from tests.journeys.test_recipients import mail_in

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]


async def stock(served: Served) -> None:
    """A team whose tickets nobody is given by itself."""
    await served.do(lambda tx: tx.execute("update team set routing = 'manual'"))


async def held_ticket(served: Served, name: str, say: Speech) -> int:
    """A ticket that somebody works on."""
    ticket = await mail_in(served, f"Late parcel {say.short}")
    [person] = await served.values("select id from person where name = %(name)s", name=name)
    given = AssignmentIn(person, None, force=True)
    await served.do(lambda tx: assign_ticket(tx, ticket, given, by=SYSTEM, now=utc_now()))
    return ticket


@BOTH
async def test_leader_sees_helps_whispers_and_suspends(served: Served, browser: Browser, say: Speech) -> None:
    name = f"Lu{say.short}"
    agent = await sign_in(browser, served, await served.person(name, locale=say.locale), locale=say.browser)
    boss = await served.person(f"Boss{say.short}", role="supervisor", locale=say.locale)
    lead = await sign_in(browser, served, boss, locale=say.browser, viewport={"width": 1366, "height": 900})
    ticket = await held_ticket(served, name, say)
    await lead.press("g", "l")
    card = lead.page.locator("section.card li button", has_text=name)
    await expect(card).to_contain_text(say("floor.moods.work"))

    # A break begins at once where nothing bounds it, and the floor hears of it.
    await agent.press("b")
    await agent.page.get_by_role("button", name=say("state.reasons.meal"), exact=True).click()
    await expect(card).to_contain_text(say("state.reasons.meal"))
    await agent.press("b")
    await agent.page.get_by_role("button", name=say("state.back"), exact=True).click()
    await expect(card).to_contain_text(say("floor.moods.work"))

    # One key asks for help, with the ticket.
    await agent.page.goto(f"{served.url}/tickets/all/{ticket}")
    await agent.page.locator(".composer").wait_for()
    await agent.press("h")
    hand = agent.page.locator("article.card.own")
    await expect(hand).to_contain_text(f"#{ticket}")
    alert = lead.page.get_by_label(say("floor.alerts.title")).locator("li", has_text=name)
    await alert.first.get_by_role("button", name=say("state.hands.take"), exact=True).click()
    taken = lead.page.locator("article.card", has_text=f"#{ticket}")
    await taken.get_by_role("textbox").fill("Up to 100 is fine")
    await lead.press("Enter")
    await expect(hand).to_contain_text("Up to 100 is fine")
    await hand.get_by_role("button", name=say("state.hands.done"), exact=True).click()
    await expect(agent.entry("Up to 100 is fine").first).to_be_visible()
    # The button that had the focus is gone: Escape closes the panel all the same, and the ticket stays.
    await agent.press("Escape")
    await expect(agent.page.get_by_role("dialog", name=say("state.hands.title"))).to_have_count(0)
    assert agent.page.url.endswith(f"/tickets/all/{ticket}")

    # Listening in and whispering.
    await lead.page.goto(f"{served.url}/live")
    await card.click()
    await lead.picture(f"floor-agent-{say.short}")
    drawer = lead.page.locator("aside.drawer")
    await drawer.locator("li button", has_text=f"#{ticket}").click()
    await drawer.locator(".whisper input").fill("Ask for the photo first")
    await lead.press("Enter")
    await expect(agent.page.locator("section.whisper")).to_contain_text("Ask for the photo first")
    await lead.picture(f"floor-listen-{say.short}")

    # Kept from customers: their work is gone, and they read why.
    await lead.page.goto(f"{served.url}/live")
    await card.click()
    await drawer.get_by_role("button", name=say("floor.agent.suspend"), exact=True).click()
    await drawer.get_by_role("textbox", name=say("floor.agent.reason")).fill("Let us talk first")
    await drawer.get_by_role("button", name=say("floor.agent.suspend"), exact=True).click()
    await expect(agent.page.get_by_role("status").filter(has_text="Let us talk first")).to_be_visible()
    assert await served.values("select id from ticket where id = %(id)s and assignee_id is null", id=ticket)
    await agent.picture(f"floor-suspended-{say.short}")
    assert agent.complaints == lead.complaints == []
