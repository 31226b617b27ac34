"""Whom an answer goes to, files of a draft after a reload, verbs taken back, and a customer's new name."""

import json
import re
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
SETTINGS = {"undo_seconds": 30}


def inbound(address: str, subject: str, text: str, **more: Any) -> InboundMessage:
    """A mail as the mail reader brings it."""
    return InboundMessage(
        sender=Sender("email", address, name=address.partition("@")[0].title(), email=address),
        text=text,
        at=utc_now(),
        subject=subject,
        message_id=f"{subject.replace(' ', '-')}@x.example",
        **more,
    )


async def mail_in(served: Served, subject: str) -> int:
    """A mail of Rosa's; gives its ticket."""
    if not await served.values("select 1 from channel"):
        await served.channel("email", "Service mail", address="help@desk.example", sender_name="Help")
    message = inbound("rosa@x.example", subject, "Please help.")
    channel = (await served.values("select id from channel"))[0]
    await served.do(lambda tx: receive(tx, [Arrival(channel, subject, message)], now=utc_now()))
    await until(lambda: served.values("select 1 from ticket where subject = %(s)s", s=subject))
    return int((await served.values("select id from ticket where subject = %(s)s", s=subject))[0])


async def at_ticket(served: Served, browser: Browser, subject: str, **context: Any) -> tuple[Screen, int]:
    """Somebody before a new ticket by mail."""
    ticket = await mail_in(served, subject)
    name = f"Agent{ticket}"
    screen = await sign_in(browser, served, await served.person(name), **context)
    await screen.page.goto(f"{served.url}/tickets/all/{ticket}")
    await screen.page.locator(".composer").wait_for()
    return screen, ticket


def line(screen: Screen, label: str) -> Locator:
    return screen.page.locator(".addresses").filter(has=screen.page.get_by_text(label, exact=True))


async def test_reply_goes_to_whom_the_writer_chose(served: Served, browser: Browser) -> None:
    screen, ticket = await at_ticket(served, browser, "Change of address")
    await screen.button("Recipients").click()
    to = line(screen, "To").first
    await expect(to).to_contain_text("Rosa")
    await to.locator("input").fill("Ben <ben@x.example>, nonsense")
    await screen.press("Enter")
    await screen.sees("This is not a mail address")
    await expect(to.locator("input")).to_have_value("nonsense")
    await to.locator("input").fill("")
    await screen.button("Remove rosa@x.example").click()
    await line(screen, "Copy to").locator("input").fill("eve@x.example")
    await screen.press("Tab")
    await screen.field.focus()
    await screen.type("For you both.")
    await screen.picture("composer-recipients")
    await screen.press("Control+Enter")
    await screen.sees(screen.entry("For you both."))
    sql = "select envelope from outbox where ticket_id = %(id)s"
    # shown before the server has answered
    await until(lambda: served.values(sql, id=ticket))
    envelope = (await served.values(sql, id=ticket))[0]
    found = json.loads(envelope) if isinstance(envelope, str) else envelope
    assert [one["address"] for one in found["to"]] == ["ben@x.example"]
    assert [one["address"] for one in found["cc"]] == ["eve@x.example"]
    assert screen.complaints == []


async def test_draft_keeps_files_and_recipients_over_a_reload(served: Served, browser: Browser) -> None:
    screen, ticket = await at_ticket(served, browser, "Draft with files")
    await screen.compose("r")
    await screen.type("See the bill.")
    for name in ("bill.txt", "photo.txt"):
        file = {"name": name, "mimeType": "text/plain", "buffer": b"three euros"}
        await screen.page.locator(".composer input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    await until(lambda: served.values("select 1 from draft where jsonb_array_length(details->'attachment_ids') = 2"))
    await screen.page.reload()
    await screen.sees("bill.txt")
    await screen.holds("See the bill.")
    await screen.button("Remove photo.txt").click()
    await until(lambda: served.values("select 1 from draft where jsonb_array_length(details->'attachment_ids') = 1"))
    await screen.field.focus()
    await screen.press("Control+Enter")
    sql = "select f.name from attachment a join file f on f.id = a.file_id where a.ticket_id = %(id)s"
    await until(lambda: served.values(sql, id=ticket))
    assert await served.values(sql, id=ticket) == ["bill.txt"]
    await screen.button("Undo").first.click()
    await screen.sees("The text is in the composer again.")
    await expect(screen.page.locator(".composer .chips")).to_contain_text("bill.txt")
    assert screen.complaints == []


async def test_solved_by_mistake_comes_back_asleep_and_held_as_it_was(served: Served, browser: Browser) -> None:
    screen, ticket = await at_ticket(served, browser, "Solved by mistake")
    sql = "update ticket set snoozed_until = now() + interval '1 day', assignee_id = null where id = %(id)s"
    await served.do(lambda tx: tx.execute(sql, {"id": ticket}))
    await screen.page.reload()
    await screen.page.locator(".composer").wait_for()
    await screen.press("e")
    state = "select to_jsonb(array[category, (snoozed_until is not null)::text]) from ticket where id = %(id)s"
    await until(lambda: _same(served, state, ticket, ["solved", "false"]))
    await screen.page.get_by_role("button", name="Undo").click()
    await until(lambda: _same(served, state, ticket, ["new", "true"]))
    assert screen.complaints == []


async def _same(served: Served, sql: str, ticket: int, wanted: list[str]) -> bool:
    return (await served.values(sql, id=ticket)) == [wanted]


async def test_new_name_of_a_customer_shows_on_the_open_ticket_of_a_colleague(served: Served, browser: Browser) -> None:
    screen, ticket = await at_ticket(served, browser, "Name of a customer")
    other = await sign_in(browser, served, await served.person("Olli"))
    await other.page.goto(f"{served.url}/tickets/all/{ticket}")
    await other.page.locator("aside.context").get_by_text("Rosa", exact=True).first.wait_for()
    customer = (await served.values("select customer_id from ticket where id = %(id)s", id=ticket))[0]
    session = await (await screen.page.request.get(f"{served.url}/api/v1/session")).json()
    changed = await screen.page.request.patch(
        f"{served.url}/api/v1/customers/{customer}",
        data={"name": "Rosalind Meyer", "tier": "VIP"},
        headers={"X-CSRF-Token": session["csrf"]},
    )
    assert changed.ok
    await expect(other.page.locator("aside.context")).to_contain_text(re.compile("Rosalind Meyer.*VIP", re.DOTALL))
    await other.sees(other.row("Rosalind Meyer"))
    assert other.complaints == []
