"""Beside the customer's conversation: a department asked in the app, a supplier by mail, and releases told ahead."""

from typing import Any

import pytest
from playwright.async_api import Browser, expect

from ombud.shared.clock import utc_now
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, open_window, sign_in
from tests.journeys.served import Served, until
from tests.journeys.spoken import BOTH, Speech
from tests.journeys.test_recipients import inbound, mail_in

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]
SETTINGS = {"undo_seconds": 0}
MAKER = "parts@maker.example"


async def stock(served: Served) -> None:
    """A department beside the first line."""
    sql = "insert into team (name, routing, created_at) values ('Depot', 'manual', %s)"
    await served.do(lambda tx: tx.execute(sql, (utc_now(),)))


async def partner_of_depot(served: Served, say: Speech) -> str:
    """Somebody of the depot without a seat."""
    email = await served.person(f"Pei{say.short}", role="partner", locale=say.locale)

    async def depot_only(tx: Any) -> None:
        person = "(select id from person where email = %s)"
        await tx.execute(f"update person set sees_all_teams = false where id = {person}", (email,))
        await tx.execute(f"delete from membership where person_id = {person}", (email,))
        sql = f"insert into membership (team_id, person_id) select id, {person} from team where name = 'Depot'"
        await tx.execute(sql, (email,))

    await served.do(depot_only)
    return email


async def enter(browser: Browser, served: Served, email: str, say: Speech, to: str) -> Screen:
    """A window of somebody without a seat, who comes to what they were asked for."""
    _, screen = await open_window(browser, locale=say.browser, viewport={"width": 390, "height": 844})
    await screen.page.goto(await served.link(email))
    await screen.page.locator("button[type=submit]").click()
    await screen.page.wait_for_url("**/tasks")
    await screen.page.goto(f"{served.url}{to}")
    return screen


async def ask_the_depot(screen: Screen, say: Speech) -> None:
    """Ask a department in the app, from the ticket's panel."""
    await screen.button(say("teamwork.side.begin")).click()
    dialog = screen.page.get_by_role("dialog")
    await dialog.locator(".n-base-selection").click()
    await screen.type("Depot")
    await screen.page.locator(".n-base-select-option", has_text="Depot").click()
    await screen.press("Escape")
    await dialog.locator(".subject input").fill(f"Pallet {say.short}")
    await dialog.get_by_label(say("teamwork.side.text"), exact=True).fill("Where is pallet 7?")
    await dialog.get_by_role("button", name=say("teamwork.side.send.app"), exact=True).click()
    await expect(dialog).to_have_count(0)
    await expect(screen.page.locator(".thread article")).to_contain_text("Where is pallet 7?")


@BOTH
async def test_department_is_asked_and_answers_and_the_customer_sees_nothing(
    served: Served, browser: Browser, say: Speech
) -> None:
    ticket = await mail_in(served, f"Missing parcel {say.short}")
    agent = await served.person(f"Lin{say.short}", locale=say.locale)
    screen = await sign_in(browser, served, agent, locale=say.browser)
    await screen.page.goto(f"{served.url}/tickets/all/{ticket}")
    await ask_the_depot(screen, say)
    light = await enter(browser, served, await partner_of_depot(served, say), say, "/asked")
    await light.page.get_by_role("link", name=f"Pallet {say.short}").click()
    await light.sees("Where is pallet 7?")
    await expect(light.page.get_by_text("Please help.")).to_have_count(0)
    await light.page.get_by_label(say("teamwork.asked.answer"), exact=True).fill("Behind gate 4.")
    await light.picture(f"asked-partner-{say.short}-390")
    await light.page.get_by_role("button", name=say("teamwork.asked.send"), exact=True).click()
    await light.sees(light.entry("Behind gate 4."))
    # it comes to the agent's panel by itself, and to the bell
    await expect(screen.page.locator(".thread article").nth(1)).to_contain_text("Behind gate 4.", timeout=20_000)
    await screen.picture(f"side-thread-{say.short}-1440")
    assert await served.values("select text from public_entry where ticket_id = %(id)s", id=ticket) == ["Please help."]
    assert (screen.complaints, light.complaints) == ([], [])


@BOTH
async def test_supplier_is_asked_by_mail_and_answers_into_the_thread(
    served: Served, browser: Browser, say: Speech
) -> None:
    ticket = await mail_in(served, f"Broken pump {say.short}")
    screen = await sign_in(
        browser, served, await served.person(f"Mai{say.short}", locale=say.locale), locale=say.browser
    )
    await screen.page.goto(f"{served.url}/tickets/all/{ticket}")
    await screen.button(say("teamwork.side.begin")).click()
    dialog = screen.page.get_by_role("dialog")
    await dialog.get_by_label(say("teamwork.side.ways.mail")).check()
    to = dialog.locator(".addresses").first.locator("input")
    await to.fill(MAKER)
    await to.press("Enter")
    await dialog.get_by_label(say("teamwork.side.text"), exact=True).fill("Do you have the pump?")
    await dialog.get_by_role("button", name=say("teamwork.side.send.mail"), exact=True).click()
    await expect(dialog).to_have_count(0)
    thread = screen.page.locator(".thread")
    await expect(thread.locator("article")).to_contain_text("Do you have the pump?")
    side = (await served.values("select max(id) from side_conversation"))[0]
    answer = inbound(MAKER, f"Re: Broken pump {say.short}", "Two on the shelf.", side_ids=[side])
    channel = (await served.values("select id from channel"))[0]
    await served.do(lambda tx: receive(tx, [Arrival(channel, answer.message_id, answer)], now=utc_now()))
    await expect(thread.locator("article").nth(1)).to_contain_text("Two on the shelf.", timeout=20_000)
    # to whom the first one went, and the same subject
    await thread.get_by_label(say("teamwork.side.text"), exact=True).fill("We take both.")
    await thread.get_by_role("button", name=say("teamwork.side.send.mail"), exact=True).click()
    await expect(thread.locator("article")).to_have_count(3)
    await until(lambda: served.values("select 1 from outbox where ticket_id = %(id)s having count(*) = 2", id=ticket))
    await thread.get_by_role("button", name=say("teamwork.side.close"), exact=True).click()
    await expect(thread.locator(".ended")).to_be_visible()
    assert await served.values("select text from public_entry where ticket_id = %(id)s", id=ticket) == ["Please help."]
    assert screen.complaints == []


async def announce(screen: Screen, say: Speech, title: str) -> None:
    """Announce a release with the readiness list as it is offered."""
    await screen.page.get_by_role("button", name=say("releases.announce"), exact=True).click()
    dialog = screen.page.get_by_role("dialog")
    await dialog.get_by_label(say("releases.field.title"), exact=True).fill(title)
    await dialog.get_by_label(say("releases.impact"), exact=True).fill("They will ask how.")
    await dialog.get_by_role("button", name=say("releases.announce"), exact=True).click()
    await expect(dialog).to_have_count(0)
    await expect(screen.page.get_by_role("heading", name=title)).to_be_visible()


@BOTH
async def test_release_is_announced_asked_about_made_ready_and_let_go(
    served: Served, browser: Browser, say: Speech
) -> None:
    title = f"App 5.2 {say.short}"
    boss = await served.person(f"Bao{say.short}", role="supervisor", locale=say.locale)
    lead = await sign_in(browser, served, boss, locale=say.browser)
    await lead.page.goto(f"{served.url}/releases")
    await announce(lead, say, title)
    agent = await sign_in(
        browser, served, await served.person(f"Rui{say.short}", locale=say.locale), locale=say.browser
    )
    await agent.page.goto(f"{served.url}/releases")
    await agent.page.get_by_role("link", name=title).click()
    await agent.page.get_by_role("button", name=say("releases.tick"), exact=True).click()
    await agent.sees(say("releases.isRead"))
    await expect(agent.page.get_by_role("button", name=say("releases.go"), exact=True)).to_have_count(0)
    await agent.page.get_by_label(say("releases.ask"), exact=True).fill("And old phones?")
    await agent.page.get_by_role("button", name=say("releases.ask"), exact=True).click()
    # the owner sees it without a reload, and answers for everybody
    answer = lead.page.locator("article", has_text="And old phones?").locator("textarea")
    await answer.fill("From Android 9 on.", timeout=20_000)
    await lead.page.get_by_role("button", name=say("releases.answer"), exact=True).click()
    await expect(agent.page.locator("article", has_text="From Android 9 on.")).to_be_visible(timeout=20_000)
    boxes = lead.page.get_by_role("region", name=say("releases.readiness")).get_by_role("checkbox")
    for place in range(4):
        await boxes.nth(place).check()
        await expect(boxes.nth(place)).to_be_checked()
    await lead.page.get_by_role("button", name=say("releases.go"), exact=True).click()
    await lead.page.get_by_role("button", name=say("releases.confirm.go"), exact=True).click()
    await expect(lead.page.locator(".decision.go")).to_be_visible()
    await lead.picture(f"release-{say.short}-1440")
    await expect(agent.page.locator(".decision.go")).to_be_visible(timeout=20_000)
    assert (lead.complaints, agent.complaints) == ([], [])
