"""The workspace by keyboard alone, two agents on one ticket, and a reply that comes too late."""

import asyncio
import re
from itertools import count

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until
from tests.mailserver import Outside

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
SETTINGS = {"undo_seconds": 4}
SUBJECTS = ["Kettle hums", "洗衣机不脱水", "Wrong charge", "冰箱门关不严", "Hob clicks"]
_numbers = count(1)


async def write_in(served: Served, subject: str, text: str, *, place: int) -> None:
    """A mail of a customer comes to the door as the mail reader brings it; a second one answers the first."""
    name, first = f"m{next(_numbers)}@example.com", f"m{place + 1}@example.com"
    address = f"customer{place}@example.com"
    message = InboundMessage(
        sender=Sender("email", address, name=f"Customer {place}", email=address),
        text=text,
        at=utc_now(),
        subject=subject,
        message_id=name,
        references=[] if name == first else [first],
    )
    channel = (await served.values("select id from channel order by id limit 1"))[0]
    await served.do(lambda tx: receive(tx, [Arrival(channel, name, message)], now=utc_now()))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stocked(served: Served, world: Outside) -> Served:
    """The desk with a mailbox that can send, and five tickets."""
    await served.channel("email", "Service mail", address="help@desk.example", smtp=world.smtp_settings())
    for place, subject in enumerate(SUBJECTS):
        await write_in(served, subject, f"{subject}, please help.", place=place)

    async def is_taken_in() -> bool:
        return bool(await served.values("select count(*) from ticket having count(*) = 5"))

    await until(is_taken_in)
    return served


async def number_of(served: Served, subject: str) -> int:
    return int((await served.values("select id from ticket where subject = %(subject)s", subject=subject))[0])


async def open_by_search(agent: Screen, text: str, subject: str) -> None:
    await agent.press("/")
    await expect(agent.page.get_by_role("searchbox")).to_be_focused()
    await agent.type(text)
    await agent.sees(agent.row(subject))
    await agent.press("Enter")
    await expect(agent.page.locator("header.head")).to_contain_text(subject)


async def choose(agent: Screen, key: str, label: str, typed: str) -> None:
    """Open a menu of the ticket by its key, type, and take the first."""
    await agent.press(key)
    await expect(agent.page.get_by_role("combobox", name=label)).to_be_focused()
    await agent.type(typed)
    listed = agent.page.get_by_role("listbox", name=label)
    await expect(listed.get_by_role("option", name=re.compile(typed, re.IGNORECASE)).first).to_be_visible()
    await agent.press("Enter")


async def test_whole_workspace_is_walked_by_keyboard(stocked: Served, browser: Browser) -> None:
    agent = await sign_in(browser, stocked, await stocked.person("Keyla Keys"))
    page = agent.page
    await agent.press("g", "a")
    await agent.sees(agent.row("Hob clicks"))
    await agent.press("j", "j", "k", "o")
    await expect(page).to_have_url(re.compile(r"/tickets/all/\d+$"))
    await agent.press("Escape")
    await expect(page).to_have_url(re.compile("/tickets/all$"))
    await agent.press("j", "Enter")
    await expect(page).to_have_url(re.compile(r"/tickets/all/\d+$"))
    await agent.press("Escape")
    await expect(page).to_have_url(re.compile("/tickets/all$"))

    await open_by_search(agent, str(await number_of(stocked, "Wrong charge")), "Wrong charge")
    await open_by_search(agent, "脱水", "洗衣机不脱水")
    await choose(agent, "p", "Change priority", "Urgent")
    await agent.sees(agent.button("Change priority: Urgent"))
    await choose(agent, "a", "Assign", "Keyla")
    await agent.sees(agent.button("Assign: Keyla Keys"))
    await choose(agent, "t", "Tags", "售后")
    await agent.press("Escape")
    await agent.sees(page.locator("header.head").get_by_text("售后", exact=True))

    await agent.press("?")
    await agent.sees(page.get_by_role("dialog", name="Keyboard shortcuts"))
    await agent.picture("keyboard-overlay")
    await agent.press("Escape", "Control+k")
    await agent.sees(page.get_by_role("dialog", name="All commands"))
    await agent.type("Snoozed")
    await agent.press("Enter")
    await expect(page).to_have_url(re.compile("/tickets/snoozed$"))
    await open_by_search(agent, "脱水", "洗衣机不脱水")
    await choose(agent, "s", "Snooze", "In a week")
    await agent.press("g", "s")
    await agent.sees(agent.row("洗衣机不脱水"))

    await open_by_search(agent, "Kettle", "Kettle hums")
    await agent.press("e")
    ticket = await number_of(stocked, "Kettle hums")

    async def is_solved() -> bool:
        sql = "select s.category from ticket t join status s on s.id = t.status_id where t.id = %(id)s"
        return await stocked.values(sql, id=ticket) == ["solved"]

    await until(is_solved)
    sql = "select priority, tags, snoozed_until is not null from ticket where subject = '洗衣机不脱水'"
    assert await stocked.values(f"select row_to_json(t) from ({sql}) t (priority, tags, is_asleep)") == [
        {"priority": 4, "tags": ["售后"], "is_asleep": True}
    ]
    assert agent.complaints == []


async def test_reply_is_undone_its_draft_kept_and_sent_in_the_end(
    stocked: Served, browser: Browser, world: Outside
) -> None:
    agent = await sign_in(browser, stocked, await stocked.person("Undine Undo"))
    page = agent.page
    await open_by_search(agent, "Hob", "Hob clicks")
    await agent.write("r", "We send a new lighter.")
    await agent.sees("Reply is being sent")
    await agent.sees(agent.entry("We send a new lighter."))
    await agent.press("z")
    await agent.sees("Taken back. The text is in the composer again.")
    await expect(agent.entry("We send a new lighter.")).to_have_count(0)

    field = await agent.compose("r")
    await agent.holds("We send a new lighter.", field)
    await agent.press("Control+End")
    await agent.type(" Today.")
    await agent.sees("Draft saved")
    await agent.press("Escape", "Escape")
    await expect(page).to_have_url(re.compile("/tickets/all$"))
    await page.reload()
    await agent.sees(page.locator("section.list h1"))
    await open_by_search(agent, "Hob", "Hob clicks")
    await agent.holds("We send a new lighter. Today.", field)
    await asyncio.sleep(3)
    assert world.mails == []
    await agent.compose("r")
    await agent.press("Control+Enter")

    async def is_sent() -> bool:
        return len(world.mails) == 1

    await until(is_sent)
    assert "We send a new lighter. Today." in world.mails[0].as_string()
    assert agent.complaints == []


async def test_two_agents_see_each_other_work(stocked: Served, browser: Browser) -> None:
    one = await sign_in(browser, stocked, await stocked.person("Ann One"))
    two = await sign_in(browser, stocked, await stocked.person("Tom Two"))
    for agent in (one, two):
        await open_by_search(agent, "关不严", "冰箱门关不严")
    await one.compose("r")
    await one.page.keyboard.type("I", delay=20)
    await two.sees("Ann One is typing")
    await one.press("Backspace", "Escape")
    await choose(two, "p", "Change priority", "High")
    await one.sees(one.button("Change priority: High"))
    await two.write("n", "I call her back.")
    await one.sees(one.entry("I call her back."))
    assert one.complaints == two.complaints == []


async def test_reply_that_crosses_a_message_is_held_back_and_sent_on_purpose(
    stocked: Served, browser: Browser, world: Outside
) -> None:
    agent = await sign_in(browser, stocked, await stocked.person("Stan Stale"))
    await open_by_search(agent, "charge", "Wrong charge")

    async def wait_for_the_customer(route: Route) -> None:
        # The reply is on its way while the customer's message is committed: it cannot have been seen.
        await write_in(stocked, "Wrong charge", "It was charged twice!", place=2)
        await until(lambda: stocked.values("select 1 from entry where text = 'It was charged twice!'"))
        await route.continue_()

    await agent.page.route("**/replies", wait_for_the_customer, times=1)
    await agent.write("r", "All is well.")
    await agent.sees("The customer wrote meanwhile. Read it before you send.")
    await agent.sees(agent.page.get_by_role("alert").get_by_text("It was charged twice!"))
    await agent.holds("All is well.")
    await agent.picture("stale-reply")
    await agent.sees(agent.entry("It was charged twice!"))
    await agent.button("Send anyway").focus()
    await agent.press("Enter")

    async def is_sent() -> bool:
        return any("All is well." in mail.as_string() for mail in world.mails)

    await until(is_sent)
    assert sum("All is well." in mail.as_string() for mail in world.mails) == 1
    assert agent.complaints == []
