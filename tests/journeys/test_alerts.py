"""What an agent hears without looking: notices and sound of the browser, live frames without a shared worker."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from ombud.customers.schemas import Sender
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import AssignmentIn, InboundMessage, NoteIn
from ombud.tickets.services.changes import add_note, assign_ticket
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, open_window
from tests.journeys.served import Served, until

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
# The desk is behind another window: what the browser shows and plays is written down on its way there.
BEHIND = """
    document.hasFocus = () => false
    window.told = []
    const Real = window.Notification
    window.Notification = class extends Real {
      constructor(title, options) { super(title, options); window.told.push([title, options.body]) }
    }
    const start = OscillatorNode.prototype.start
    OscillatorNode.prototype.start = function (at) { window.told.push('tone'); return start.call(this, at) }
"""
NO_WORKER = "delete window.SharedWorker"
NO_LOCKS = f"{NO_WORKER}; delete Navigator.prototype.locks"


async def stock(served: Served) -> None:
    """A team that takes its tickets by hand, and a channel."""
    await served.do(lambda tx: tx.execute("update team set routing = 'manual'"))
    await served.channel("api", "Shop")


async def bring(served: Served, key: str, text: str) -> int:
    """A customer's message as a new ticket, or as the next one of theirs."""
    message = InboundMessage(Sender("external", "mei", name="Mei"), text, utc_now(), conversation=key, subject=text)
    channel = (await served.values("select id from channel"))[0]
    await served.do(lambda tx: receive(tx, [Arrival(channel, f"{key} {text}", message)], now=utc_now()))
    await until(lambda: served.values("select 1 from entry where text = %(text)s", text=text))
    return int((await served.values("select ticket_id from entry where text = %(text)s", text=text))[0])


async def id_of(served: Served, email: str) -> int:
    return int((await served.values("select id from person where email = %(email)s", email=email))[0])


async def tell_all(served: Served, name: str) -> None:
    """An assignment, a mention and a customer's answer, one after the other."""
    person = await id_of(served, f"{name.lower()}@desk.example")
    ticket = await bring(served, name, f"It leaks, {name}")
    given = AssignmentIn(person, 1, force=True)
    await served.do(lambda tx: assign_ticket(tx, ticket, given, by=SYSTEM, now=utc_now()))
    note = NoteIn("Look here", f"mention-of-{name}", mentions=[person])
    await served.do(lambda tx: add_note(tx, ticket, note, by=SYSTEM, now=utc_now()))
    await bring(served, name, f"It still leaks, {name}")


async def ready(browser: Browser, served: Served, name: str, *, script: str, **context: Any) -> Screen:
    """Somebody who is signed in, with a script that ran before the page's own."""
    email = await served.person(name)
    made, screen = await open_window(browser, **context)
    await made.add_init_script(script)
    await screen.page.goto(await served.link(email))
    await screen.page.locator("button[type=submit]").click()
    await screen.page.wait_for_url("**/tickets/mine")
    await screen.page.locator("section.list h1").wait_for()
    return screen


async def told(screen: Screen) -> list[Any]:
    found: list[Any] = await screen.page.evaluate("window.told")
    return found


async def test_notices_and_sound_tell_of_assignment_mention_and_answer(served: Served, browser: Browser) -> None:
    screen = await ready(browser, served, "Ada", script=BEHIND, permissions=["notifications"])
    await screen.page.goto(f"{served.url}/settings/profile")
    for name in ("Notices of the browser", "Sound"):
        await screen.page.get_by_role("switch", name=name).click()
        await expect(screen.page.get_by_role("switch", name=name)).to_be_checked()
    await screen.page.evaluate("window.told = []")
    await tell_all(served, "Ada")
    await until(lambda: screen.page.evaluate("window.told.length >= 9"))
    heard = await told(screen)
    notices = [one for one in heard if one != "tone"]
    assert notices == [
        ["Assigned to you", "It leaks, Ada"],
        ["You were mentioned in a note", "It leaks, Ada"],
        ["The customer replied", "It leaks, Ada"],
    ]
    assert heard.count("tone") == 6
    await screen.picture("profile-alerts")
    await screen.page.reload()
    await expect(screen.page.get_by_role("switch", name="Sound")).to_be_checked()
    assert screen.complaints == []


async def test_switched_off_the_browser_stays_silent_and_the_bell_counts(served: Served, browser: Browser) -> None:
    screen = await ready(browser, served, "Sid", script=BEHIND, permissions=["notifications"])
    await tell_all(served, "Sid")
    await expect(screen.button(re.compile("^Notifications, 3 unread$"))).to_be_visible()
    assert await told(screen) == []


async def test_notices_that_the_browser_forbids_stay_off_and_say_why(served: Served, browser: Browser) -> None:
    script = "Notification.requestPermission = async () => 'denied'"
    screen = await ready(browser, served, "Fay", script=script)
    await screen.page.goto(f"{served.url}/settings/profile")
    await screen.page.get_by_role("switch", name="Notices of the browser").click()
    await screen.sees("The browser does not allow notices from this site.")
    await expect(screen.page.get_by_role("switch", name="Notices of the browser")).not_to_be_checked()


def count_streams(context: BrowserContext) -> list[str]:
    """The streams that the pages of a window open from now on."""
    opened: list[str] = []
    context.on("request", lambda one: opened.append(one.url) if "/api/v1/stream?" in one.url else None)
    return opened


@pytest.mark.parametrize(("script", "streams"), [(NO_WORKER, 1), (NO_LOCKS, 2)])
async def test_tabs_without_shared_worker_stay_live_and_take_over(
    served: Served, browser: Browser, script: str, streams: int
) -> None:
    name = f"Tab{streams}"
    first = await ready(browser, served, name, script=script)
    assert await first.page.evaluate("'SharedWorker' in window") is False
    opened = count_streams(first.page.context)
    await first.page.goto(f"{served.url}/tickets/all")
    second = Screen(await first.page.context.new_page())
    await second.page.goto(f"{served.url}/tickets/all")
    await second.page.locator("section.list h1").wait_for()
    await until(lambda: _is(len(opened) >= streams))
    await bring(served, f"one{streams}", f"First of {name}")
    for screen in (first, second):
        await screen.gets(f"First of {name}")
    assert len(opened) == streams
    await first.page.close()
    await bring(served, f"two{streams}", f"Second of {name}")
    await second.gets(f"Second of {name}")
    assert first.complaints == second.complaints == []


async def _is(true: bool) -> bool:
    return true
