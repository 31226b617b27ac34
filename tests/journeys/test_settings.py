"""An administrator sets the desk up: each page used for what it is there for, with the real thing behind it."""

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import Screen, open_window, sign_in
from tests.journeys.served import Served, until
from tests.journeys.shop import Shop, Visitor
from tests.journeys.spoken import BOTH, Speech
from tests.mailserver import ADDRESS, PASSWORD, MailServer, Outside
from tests.receiver import receiving

pytestmark = [
    pytest.mark.journey,
    pytest.mark.needs_dovecot,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(120),
]
SETTINGS = {"outbound_allow": "127.0.0.0/8"}
BOSS = "olga@desk.example"


async def stock(served: Served) -> None:
    """An administrator, and an API channel to bring messages in."""
    await served.person("Olga Ops", role="administrator")
    await served.channel("api", "Shop")


async def boss(served: Served, browser: Browser, path: str) -> Screen:
    screen = await sign_in(browser, served, BOSS)
    await screen.page.goto(f"{served.url}/settings/{path}")
    await screen.page.locator("h1").first.wait_for()
    return screen


def field(screen: Screen, label: str, place: int = 0) -> Locator:
    return screen.page.get_by_label(label, exact=True).nth(place)


async def enter_server(screen: Screen, place: int, server: dict[str, Any]) -> None:
    await field(screen, "Encryption", place).select_option(label="None")
    await field(screen, "Server", place).fill("127.0.0.1")
    await field(screen, "Port", place).fill(str(server["port"]))
    await field(screen, "Port", place).press("Tab")


async def test_mailbox_is_connected_and_its_test_says_what_is_wrong(
    served: Served, browser: Browser, mailbox: MailServer, world: Outside
) -> None:
    screen = await boss(served, browser, "mailboxes/new")
    await field(screen, "Name").fill("Service")
    await field(screen, "E-mail address").fill(ADDRESS)
    await enter_server(screen, 0, mailbox.imap_settings())
    await enter_server(screen, 1, world.smtp_settings())
    await field(screen, "User name").fill(ADDRESS)
    await field(screen, "Password").fill("wrong-password")
    await screen.button(re.compile("^Add and test")).click()
    await screen.sees("Receiving does not work")
    await screen.sees("User name or password was refused.")
    await screen.picture("mailbox-refused")
    await field(screen, "Password").fill(PASSWORD)
    await screen.button("Save and test").click()
    await screen.sees("Receiving works", 20)
    assert await served.values("select settings->>'address' from channel where kind = 'email'") == [ADDRESS]
    assert PASSWORD not in str(await served.values("select settings::text from channel"))
    assert screen.complaints == []


async def test_widget_snippet_brings_the_chat_to_a_shop(served: Served, browser: Browser, shop: Shop) -> None:
    screen = await boss(served, browser, "widgets/new")
    await field(screen, "Name").fill("Shop chat")
    await screen.button(re.compile("^Create the widget")).click()
    snippet = await screen.page.get_by_role("group", name="Put it on your site").locator("code").inner_text()
    found = re.search(r'src="(.+)/widget\.js" data-key="([^"]+)"', snippet)
    assert found
    shop.desk, shop.key = found.groups()
    visitor = await Visitor.enter(browser, shop)
    await visitor.introduce("Anna Wei")
    await visitor.write("Is anybody there?")
    await until(lambda: served.values("select 1 from entry where text = 'Is anybody there?'"))
    assert screen.complaints == visitor.screen.complaints == []


async def test_invited_person_joins_by_the_link_handed_over(served: Served, browser: Browser) -> None:
    # Without a mailbox nobody can be written to: the administrator hands the link over.
    await served.do(lambda tx: tx.execute("update channel set is_active = false where kind = 'email'"))
    screen = await boss(served, browser, "people")
    await screen.button("Invite somebody").click()
    await field(screen, "E-mail").fill("nia@desk.example")
    await field(screen, "Name").fill("Nia New")
    await screen.page.get_by_label("Support").check()
    await screen.button("Send the invitation").click()
    await screen.sees("Hand this link to Nia New yourself")
    link = await screen.page.get_by_role("group", name="Invitation link").locator("code").inner_text()
    _, nia = await open_window(browser)
    await nia.page.goto(link)
    await nia.sees("Welcome to the desk")
    for label in ("New password", "New password again"):
        await field(nia, label).fill("nine lanterns over the quiet bay")
    await nia.button("Join the desk").click()
    await expect(nia.page).to_have_url(re.compile("/tickets/mine$"))
    assert screen.complaints == nia.complaints == []


async def test_team_is_made_and_shown_with_its_members(served: Served, browser: Browser) -> None:
    screen = await boss(served, browser, "teams")
    await screen.button("Add a team").click()
    await field(screen, "Name").fill("Spare parts 配件")
    await screen.page.get_by_role("dialog").get_by_text("Olga Ops").click()
    await screen.button("Create the team").click()
    await screen.sees("Spare parts 配件")
    sql = "select p.email from team t join membership m on m.team_id = t.id join person p on p.id = m.person_id"
    assert BOSS in await served.values(f"{sql} where t.name = 'Spare parts 配件'")
    assert screen.complaints == []


async def bring(served: Served, key: str, who: str, text: str) -> None:
    """A message from the API channel, taken in."""
    message = InboundMessage(Sender("external", who, name=who), text, utc_now(), conversation=who, subject=text)
    channel = (await served.values("select id from channel where kind = 'api'"))[0]
    await served.do(lambda tx: receive(tx, [Arrival(channel, key, message)], now=utc_now()))


async def test_canned_reply_is_written_and_used_with_the_names_of_the_ticket(served: Served, browser: Browser) -> None:
    screen = await boss(served, browser, "canned-replies")
    await screen.button("New canned reply").first.click()
    await field(screen, "Title").fill("Parcel is on its way")
    await screen.page.get_by_label(re.compile("^Shortcut")).fill("parcel")
    await screen.page.get_by_label("Text", exact=True).fill("Dear {{customer.name}}, no. {{ticket.id}} is on its way.")
    await screen.button("Add it").click()
    await screen.sees("Parcel is on its way")
    await bring(served, "canned-1", "Mei Shen", "Where is my parcel?")
    await screen.page.goto(f"{served.url}/tickets/all")
    await screen.gets("Where is my parcel?")
    await screen.row("Where is my parcel?").click()
    await screen.sees(screen.entry("Where is my parcel?"))
    written = await screen.compose("r")
    await screen.page.keyboard.type("/")
    await expect(screen.page.get_by_role("combobox", name="Search canned replies")).to_be_focused()
    await screen.page.keyboard.type("parcel")
    await screen.page.get_by_role("option", name=re.compile("Parcel is on its way")).wait_for()
    await screen.press("Enter")
    ticket = (await served.values("select id from ticket where subject = 'Where is my parcel?'"))[0]
    await expect(written).to_have_value(f"Dear Mei Shen, no. {ticket} is on its way.")
    await screen.press("Control+Enter")
    await screen.sees(screen.entry(f"Dear Mei Shen, no. {ticket} is on its way."))
    assert screen.complaints == []


async def test_api_key_is_shown_once_and_works(served: Served, browser: Browser) -> None:
    screen = await boss(served, browser, "api-keys")
    await screen.button("Make an API key").first.click()
    await field(screen, "Name").fill("Data warehouse")
    await screen.page.get_by_label("Read tickets and their timelines").check()
    await screen.button("Make the key").click()
    await screen.sees("it is shown this once")
    key = await screen.page.get_by_role("dialog").locator("code").first.inner_text()
    assert key.startswith("omb_")
    asked = await screen.page.request.get(f"{served.url}/api/v1/tickets", headers={"Authorization": f"Bearer {key}"})
    assert asked.ok
    await screen.page.reload()
    await screen.sees("Data warehouse")
    assert key not in await screen.page.content()
    assert screen.complaints == []


async def test_webhook_is_made_and_pinged(served: Served, browser: Browser) -> None:
    async with receiving() as receiver:
        screen = await boss(served, browser, "webhooks/new")
        await field(screen, "Name").fill("Group chat")
        await field(screen, "Address").fill(receiver.url())
        await screen.page.get_by_label("Ticket opened").check()
        await screen.button(re.compile("^Create the webhook")).click()
        await screen.page.get_by_role("link", name=re.compile("go on to the webhook")).click()
        await screen.button("Send a ping").click()
        await screen.sees(screen.page.get_by_text(re.compile(r"Answered 200 in \d+ ms")))
        (got,) = await receiver.wait_for(1)
        assert got.method == "POST"
        assert b"ping" in got.body
        assert screen.complaints == []


async def test_set_aside_message_is_listed_with_its_reason_and_retried(served: Served, browser: Browser) -> None:
    channel = (await served.values("select id from channel where kind = 'api'"))[0]
    message = InboundMessage(Sender("external", "Bad", name="Bad"), "poison", utc_now(), conversation="bad")

    async def poison(tx: Any) -> None:
        await receive(tx, [Arrival(channel, "poison", message)], now=utc_now())
        await tx.execute("""update inbox set message = '{"sender": 7}' where key = 'poison'""")

    await served.do(poison)
    await until(lambda: served.values("select 1 from inbox where key = 'poison' and state = 'set_aside'"))
    screen = await boss(served, browser, "set-aside")
    await screen.sees("3 attempts")
    await screen.picture("set-aside")
    await screen.button("Try again").click()
    await screen.sees("On its way again.")
    await expect(screen.button("Try again")).to_have_count(0)
    # It is as broken as before: it comes back.
    await screen.sees("It has no sender to answer to", 15)
    assert screen.complaints == []


async def test_widget_keeps_days_off_and_kinds_of_files_when_hours_are_saved(served: Served, browser: Browser) -> None:
    hours = {
        "time_zone": "UTC",
        "intervals": [{"weekday": 0, "start": 540, "end": 1080}],
        "closed_on": ["2026-12-25"],
    }
    made = await served.channel("chat", "Holiday chat", office_hours=hours, file_types=["image/*"], signed_only=True)
    screen = await boss(served, browser, f"widgets/{made.id}")
    await screen.sees("December 25")
    await screen.page.get_by_label("From", exact=True).fill("2027-02-06")
    await screen.page.get_by_label("To (if longer)").fill("2027-02-08")
    await screen.button("Add").last.click()
    await screen.page.get_by_label("PDF", exact=True).check()
    await field(screen, "At most, to one address").fill("4")
    await screen.page.get_by_label("Tuesday opens at").or_(screen.button("Add hours on Tuesday")).first.click()
    await screen.picture("widget-days-off")
    await screen.button(re.compile("^Save")).click()
    changed = (
        "select settings from channel where id = %(id)s and settings #> '{office_hours,closed_on}' <> %(old)s::jsonb"
    )
    await until(lambda: served.values(changed, id=made.id, old='["2026-12-25"]'))
    [kept] = await served.values("select settings from channel where id = %(id)s", id=made.id)
    assert kept["office_hours"]["closed_on"] == ["2026-12-25", "2027-02-06", "2027-02-07", "2027-02-08"]
    assert [one["weekday"] for one in kept["office_hours"]["intervals"]] == [0, 1]
    assert sorted(kept["file_types"]) == ["application/pdf", "image/*"]
    assert (kept["signed_only"], kept["mails_per_day"]) == (True, 4)
    assert screen.complaints == []


async def test_team_is_archived_when_its_channel_and_tickets_have_another_place(
    served: Served, browser: Browser
) -> None:
    add = "insert into team (name, created_at) values ('Repairs', now()) returning id"
    team = (await served.values(add))[0]
    channel = await served.channel("api", "Repair shop")
    sql = "update channel set team_id = %(team)s where id = %(id)s"
    await served.do(lambda tx: tx.execute(sql, {"team": team, "id": channel.id}))
    message = InboundMessage(Sender("external", "Rex", name="Rex"), "It hums", utc_now(), subject="It hums")
    await served.do(lambda tx: receive(tx, [Arrival(channel.id, "hum", message)], now=utc_now()))
    await until(lambda: served.values("select 1 from ticket where team_id = %(team)s", team=team))
    screen = await boss(served, browser, "teams")
    await screen.button("Repairs").click()
    await screen.sees("A channel still brings tickets to it.")
    await screen.picture("team-archive-channel")
    await screen.page.get_by_role("link", name="Repair shop").click()
    await screen.page.wait_for_url(f"**/settings/api-channels/{channel.id}")
    await served.do(lambda tx: tx.execute(sql, {"team": 1, "id": channel.id}))
    await screen.page.goto(f"{served.url}/settings/teams")
    await screen.button("Repairs").click()
    await screen.sees("Its open ticket goes to")
    await screen.page.get_by_label("Its open ticket goes to").select_option(label="Support")
    await screen.picture("team-archive")
    await screen.button("Archive the team").click()
    await screen.sees("Repairs is archived.")
    assert await served.values("select team_id from ticket where subject = 'It hums'") == [1]
    await screen.picture("teams-archived")
    await screen.button("Restore").click()
    await screen.sees("Repairs is back.")
    await expect(screen.button("Repairs")).to_be_visible()
    assert await served.values("select 1 from team where id = %(id)s and archived_at is null", id=team)
    assert screen.complaints == []


@BOTH
async def test_ticket_template_is_made_changed_and_says_what_is_gone(
    served: Served, browser: Browser, say: Speech
) -> None:
    key = f"serial_{say.short}"
    sql = """
        insert into field (subject, key, name_en, name_zh, kind, created_at)
        values ('ticket', %(key)s, %(key)s, %(key)s, 'text', now())"""
    await served.do(lambda tx: tx.execute(sql, {"key": key}))
    email = await served.person(f"Tess{say.short} Boss", role="administrator", locale=say.locale)
    screen = await sign_in(browser, served, email, locale=say.browser)
    page = screen.page
    await page.goto(f"{served.url}/settings/ticket-templates")
    title = f"Return {say.short}"
    await page.get_by_role("button", name=say("settings.templates.add")).first.click()
    drawer = page.get_by_role("dialog")
    await drawer.get_by_label(say("settings.canned.title"), exact=True).fill(title)
    await drawer.get_by_label(say("settings.templates.subject")).fill("Return of {{nobody.name}}")
    await drawer.get_by_label(say("settings.scoped.addField")).select_option(label=key)
    await drawer.get_by_label(key, exact=True).fill("SN-1")
    await drawer.get_by_role("button", name=say("settings.templates.create")).click()
    await screen.sees(drawer.get_by_text("{{nobody.name}}").last)
    await drawer.get_by_label(say("settings.templates.subject")).fill("Return of {{customer.name}}")
    await drawer.get_by_role("button", name=say("settings.templates.create")).click()
    await expect(drawer).to_have_count(0)
    row = page.get_by_role("listitem").filter(has_text=title)
    await screen.sees(row)
    await served.do(lambda tx: tx.execute("update field set archived_at = now() where key = %(key)s", {"key": key}))
    await page.reload()
    await screen.sees(row.get_by_text(say("fields.gone.tag")))
    await screen.picture(f"templates-{say.short}")
    await row.get_by_role("button", name=title).first.click()
    await screen.sees(drawer.get_by_text(say("fields.gone.text", names=key)))
    await screen.picture(f"template-drawer-{say.short}")
    await drawer.get_by_label(say("settings.canned.title"), exact=True).fill(f"{title} 2")
    await drawer.get_by_role("button", name=say("form.save"), exact=True).click()
    await screen.sees(page.get_by_role("listitem").filter(has_text=f"{title} 2"))
    assert screen.complaints == []
