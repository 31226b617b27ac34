"""Formatted answers with a pasted picture, up to the customer's mail, and new tickets from a template: zh and en."""

import base64
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from ombud.customers.schemas import Sender
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.shared.database import Transaction
from ombud.tickets.schemas import InboundMessage, TemplateTicket, TicketTemplateIn
from ombud.tickets.services.intake.door import Arrival, receive
from ombud.tickets.services.ticket_templates import add_template
from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until
from tests.mailserver import Outside

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mNk+M9Qz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC"
)


@dataclass(frozen=True)
class Words:
    """What a language says."""

    locale: str
    reply: str
    bold: str
    list: str
    link: str
    address: str
    undo: str
    signature: str
    rich: str
    template: str
    from_template: str
    filled: str
    create: str
    greeting: str
    first: str
    # What stands right before a mark: Chinese writes no blank there.
    before: str = ""


EN = Words(
    "en",
    "Reply to customer",
    "Bold",
    "List",
    "Link",
    "Address to link to",
    "Undo",
    "Signature below it",
    "Formatted text",
    "Return by post",
    "From a template",
    "Filled from “Return by post”",
    "Create ticket",
    "Dear Rosa",
    "Close the tap",
)
ZH = Words(
    "zh-CN",
    "回复客户",
    "加粗",
    "项目列表",
    "链接",
    "链接地址",
    "撤回",
    "签名",
    "富文本",
    "退货登记",
    "使用模板",
    "已套用“退货登记”",
    "创建工单",
    "您好，沈女士",
    "请先关好水龙头",
    before="请您，",
)
BOTH = pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh"])


async def mailbox(served: Served, world: Outside, locale: str) -> int:
    address = f"help-{locale.lower()}@desk.example"
    made = await served.channel("email", f"Mail {locale}", address=address, smtp=world.smtp_settings())
    return made.id


async def mail_in(served: Served, channel: int, text: str, who: str) -> None:
    async def give(tx: Transaction) -> None:
        sender = Sender("email", who, name="Rosa", email=who)
        message = InboundMessage(sender=sender, text=text, at=utc_now(), subject=text, message_id=f"{who}.first")
        await receive(tx, [Arrival(channel, f"{who}-first", message)], now=utc_now())

    await served.do(give)
    await until(lambda: served.values("select 1 from ticket where subject = %(text)s", text=text))


async def paste(screen: Screen, kind: str, data: str, name: str = "leak.png") -> None:
    """What the browser does when somebody pastes: a picture in base64, or a text of a type."""
    script = """([kind, data, name]) => {
        const held = new DataTransfer()
        if (kind === 'image/png') {
            const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0))
            held.items.add(new File([bytes], name, { type: kind }))
        } else held.setData(kind, data)
        const event = new ClipboardEvent('paste', { clipboardData: held, bubbles: true, cancelable: true })
        document.querySelector('.composer .written').dispatchEvent(event)
    }"""
    await screen.page.evaluate(script, [kind, data, name])


async def compose_chinese(screen: Screen, spelt: str, text: str) -> None:
    """Type through an input method: what is spelt stands there first, and what was meant takes its place."""
    session = await screen.page.context.new_cdp_session(screen.page)
    for end in range(1, len(spelt) + 1):
        part = {"text": spelt[:end], "selectionStart": end, "selectionEnd": end}
        await session.send("Input.imeSetComposition", part)
    await session.send("Input.insertText", {"text": text})
    await session.detach()


async def pictures(screen: Screen, name: str) -> None:
    """Light, dark and narrow."""
    await screen.picture(name)
    await screen.page.emulate_media(color_scheme="dark")
    await screen.page.set_viewport_size({"width": 1280, "height": 800})
    await screen.picture(f"{name}-dark")
    await screen.page.emulate_media(color_scheme="light")
    await screen.page.set_viewport_size({"width": 390, "height": 844})
    await screen.picture(f"{name}-390")
    await screen.page.set_viewport_size({"width": 1440, "height": 900})


def part_of(mail: EmailMessage, kind: str) -> Any:
    return next(one for one in mail.walk() if one.get_content_type() == kind)


def check_mail(mail: EmailMessage, words: Words) -> None:
    """Text, HTML and picture as the customer gets them."""
    text, html = part_of(mail, "text/plain").get_content(), part_of(mail, "text/html").get_content()
    lines = [
        words.greeting,
        f"- {words.first}",
        f"{words.before}now aqua.example/help (https://aqua.example/help)[leak.png]Bye",
    ]
    assert text.splitlines() == [*lines, "", "-- ", f"Ada{words.locale[:2]} Lin", "Ombud"]
    assert f">{words.greeting}</strong>" in html
    assert "onclick" not in html
    assert "script" not in html
    picture = part_of(mail, "image/png")
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html
    assert picture.get_content() == PNG


async def write_formatted(screen: Screen, words: Words) -> None:
    """Typed: Markdown becomes format, and an input method writes as into any field."""
    page = screen.page
    await screen.press("Control+b")
    if words is ZH:
        await compose_chinese(screen, "ninhao", "您好，沈女士")
    else:
        await page.keyboard.type("Dear Rosa")
    await screen.press("Control+b", "Enter")
    await page.keyboard.type("- ")
    await screen.type(words.first)
    await screen.press("Enter", "Enter")
    await page.keyboard.type(f"{words.before}**now** ")
    await expect(page.locator(".written strong").first).to_have_text(words.greeting)
    await expect(page.locator(".written li")).to_have_text(words.first)
    await expect(page.locator(".written strong").last).to_have_text("now")
    await page.locator(".format").get_by_role("button", name=words.link).click()
    await page.get_by_label(words.address).fill("aqua.example/help")
    await screen.press("Enter")
    await expect(page.locator(".written a")).to_have_attribute("href", "https://aqua.example/help")


@BOTH
async def test_formatted_reply_with_a_picture_reaches_the_customer(
    served: Served, browser: Browser, world: Outside, words: Words
) -> None:
    channel = await mailbox(served, world, words.locale)
    who = f"rosa-{words.locale.lower()}@example.com"
    await mail_in(served, channel, f"Leak {words.locale}", who)
    ada = await served.person(f"Ada{words.locale[:2]} Lin", locale=words.locale)  # type: ignore[arg-type]
    await served.values("update person set display_name = name where email = %(email)s returning 1", email=ada)
    await served.values("update brand set signature = '{{agent.name}}' || chr(10) || '{{brand.name}}' returning 1")
    screen = await sign_in(browser, served, ada)
    page = screen.page
    # Folded, or it covers a narrow screen.
    await page.evaluate("localStorage.setItem('ombud.context', 'folded')")
    await page.goto(f"{served.url}/tickets/all")
    await screen.row(f"Leak {words.locale}").click()
    await page.locator(".composer .written").wait_for()
    await page.locator(".number").first.click()
    await screen.press("r")
    await expect(screen.field).to_be_focused()

    await write_formatted(screen, words)

    # Pasted: a picture is shown at once, marks of elsewhere are cleaned.
    await paste(screen, "image/png", base64.b64encode(PNG).decode())
    await expect(page.locator(".written img.picture:not(.uploading)")).to_be_visible()
    await paste(screen, "text/html", '<p onclick="x()">Bye<script>x()</script></p>')
    await screen.sees(words.signature)
    await pictures(screen, f"rich-compose-{words.locale}")
    await until(lambda: served.values("select 1 from draft where details ->> 'html' like '%%cid:file-%%Bye%%'"))
    await page.reload()
    await expect(page.locator(".written img.picture")).to_be_visible()
    await expect(page.locator(".written li")).to_have_text(words.first)

    await screen.field.focus()
    await screen.press("Control+Enter")
    shown = page.locator("article.out .richText")
    await expect(shown.locator("img")).to_be_visible()
    await expect(shown.locator("strong").first).to_have_text(words.greeting)
    await screen.button(words.undo).first.click()
    await expect(page.locator(".written img.picture")).to_be_visible()
    await screen.field.focus()
    await screen.press("Control+Enter")
    await expect(shown).to_have_count(1)
    mail = await sent_to(world, who)
    await screen.picture(f"rich-sent-{words.locale}")

    check_mail(mail, words)
    assert screen.complaints == []


async def sent_to(world: Outside, address: str) -> EmailMessage:
    async def found() -> bool:
        return any(address in str(mail["To"]) for mail in world.mails)

    await until(found)
    return next(mail for mail in world.mails if address in str(mail["To"]))


@BOTH
async def test_new_ticket_begins_from_a_template(
    served: Served, browser: Browser, world: Outside, words: Words
) -> None:
    await mailbox(served, world, f"new-{words.locale}")
    filled = TemplateTicket(
        subject="{{customer.name}}: RMA", text="RMA {{ticket.id}}, {{customer.name}}", tags=["rma"], priority=3
    )
    template = TicketTemplateIn(words.template, filled, "all")
    await served.do(lambda tx: add_template(tx, template, by=SYSTEM, now=utc_now()))
    screen = await sign_in(browser, served, await served.person(f"Ben{words.locale[:2]} Wu", locale=words.locale))  # type: ignore[arg-type]
    page = screen.page
    await screen.press("c")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name=words.from_template).click()
    # Found by its sound where it is Chinese.
    await page.keyboard.type("thdj" if words is ZH else "post")
    await page.get_by_role("option", name=words.template).click()
    await screen.sees(words.filled)
    name = f"Shen {words.locale}"
    await dialog.locator("form input").first.fill(name)
    await screen.picture(f"template-{words.locale}")
    await dialog.get_by_role("button", name=words.create).click()
    await page.wait_for_url("**/tickets/*/1*")
    sql = "select id from ticket where subject = %(text)s and tags = '{rma}' and priority = 3"
    (ticket,) = await served.values(sql, text=f"{name}: RMA")
    await screen.sees(screen.entry(f"RMA {ticket}, {name}"))
    assert screen.complaints == []
