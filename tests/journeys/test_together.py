"""Two agents on one ticket, in both languages: who looks and writes, stale replies, collisions, things to do."""

import json
import re
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Route, expect

from tests.journeys.screen import Screen, sign_in
from tests.journeys.served import Served, until
from tests.journeys.spoken import Speech
from tests.journeys.test_recipients import mail_in

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]
SETTINGS = {"undo_seconds": 1}


@dataclass(frozen=True)
class Words:
    """What the page says in a language."""

    locale: str
    reply: str
    note: str
    stale: str
    edit_first: str
    anyway: str
    collision: str
    keep: str
    mine: str
    follow: str
    unfollow: str
    add_item: str
    shared: str
    taken: str
    take_over: str
    use: str
    other_window: str
    this_one: str


EN = Words(
    "en",
    "{name} is writing a reply",
    "{name} is writing a note",
    "A colleague answered meanwhile",
    "Edit first",
    "Send anyway",
    "Changed meanwhile",
    "Keep theirs",
    "Set mine",
    "Follow",
    "Unfollow",
    "Add an item",
    "Shared draft",
    "has written meanwhile",
    "Take over with mine",
    "Put into my reply",
    "You have written on in another window",
    "Go on with this one",
)
ZH = Words(
    "zh-CN",
    "{name}正在写回复",
    "{name}正在写备注",
    "同事刚刚已经回复",
    "先修改",
    "仍然发送",
    "内容已被他人修改",
    "保留对方的",
    "改用我的",
    "关注",
    "取消关注",
    "添加一项",
    "共享草稿",
    "刚刚改过",
    "用我的覆盖",
    "放入我的回复",
    "您在另一个窗口里继续写过",
    "继续用这里的",
)
SHARED = ".shared :is(textarea, .written)"
BOTH = pytest.mark.parametrize("words", [EN, ZH], ids=["en", "zh"])


async def at(served: Served, browser: Browser, name: str, ticket: int, words: Words, **context: object) -> Screen:
    email = await served.person(name, locale=words.locale)  # type: ignore[arg-type]
    locale = "en-GB" if words is EN else "zh-CN"
    screen = await sign_in(browser, served, email, **{"locale": locale, **context})
    await screen.page.goto(f"{served.url}/tickets/all/{ticket}")
    await screen.field.wait_for()
    return screen


async def write(screen: Screen, kind: str, text: str) -> None:
    await screen.page.locator(".number").first.click()
    await screen.press(kind)
    await expect(screen.field).to_be_focused()
    await screen.type(text)


async def reply_by_api(screen: Screen, ticket: int, text: str) -> None:
    script = """async ([ticket, text]) => {
        const session = await (await fetch('/api/v1/session')).json()
        const body = JSON.stringify({ text, client_key: crypto.randomUUID(), force: true })
        const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': session.csrf }
        return (await fetch(`/api/v1/tickets/${ticket}/replies`, { method: 'POST', headers, body })).status
    }"""
    assert await screen.page.evaluate(script, [ticket, text]) == 201


@BOTH
async def test_agents_see_each_other_look_and_write_and_leave(served: Served, browser: Browser, words: Words) -> None:
    ticket = await mail_in(served, f"Looking {words.locale}")
    ann = await at(served, browser, f"Ann{words.locale[:2]}", ticket, words)
    ben = await at(served, browser, f"Ben{words.locale[:2]}", ticket, words)
    faces = ann.page.locator(".lookers .face")
    await expect(faces).to_have_count(1)
    await expect(ben.page.locator(".lookers .face")).to_have_count(1)
    name = f"Ben{words.locale[:2]}"
    await write(ben, "r", "I am on it")
    await ann.sees(words.reply.format(name=name))
    await ann.picture(f"together-looking-{words.locale}")
    await ben.press("Escape")
    await write(ben, "n", "Between us")
    await ann.sees(words.note.format(name=name))
    await ben.page.goto(f"{served.url}/tickets/all")
    # at once as a rule; a last beat that was on its way outlives the page by 28 s at most
    await expect(faces).to_have_count(0, timeout=30_000)
    await ben.page.goto(f"{served.url}/tickets/all/{ticket}")
    await expect(faces).to_have_count(1)
    # killed: nothing is said any more
    await ben.page.context.set_offline(True)
    await ben.page.close(run_before_unload=False)
    await expect(faces).to_have_count(0, timeout=30_000)
    assert ann.complaints == []


@BOTH
async def test_reply_that_missed_a_colleagues_is_held_back_shown_and_sent_on_purpose(
    served: Served, browser: Browser, words: Words
) -> None:
    ticket = await mail_in(served, f"Stale {words.locale}")
    ann = await at(served, browser, f"Cara{words.locale[:2]}", ticket, words)
    ben = await at(served, browser, f"Dan{words.locale[:2]}", ticket, words)
    await write(ann, "r", "My own answer")
    await ann.page.context.route("**/api/v1/stream*", lambda route: route.abort())
    first = (await served.values("select min(id) from entry where ticket_id = %(id)s", id=ticket))[0]

    async def as_if_unseen(route: Route) -> None:
        # the line may be quicker than the test: the window says that it has not heard of the newest message
        data = json.dumps({**(route.request.post_data_json or {}), "last_seen_entry_id": first})
        await route.continue_(post_data=data)

    await ann.page.route("**/replies", as_if_unseen)
    await reply_by_api(ben, ticket, "We have sent you a new part.\n\nIt comes on Friday.")
    await ann.press("Control+Enter")
    notice = ann.page.locator(".notice.stale")
    await expect(notice).to_contain_text(words.stale)
    await expect(notice).to_contain_text("It comes on Friday.")
    await ann.holds("My own answer")
    await ann.picture(f"together-stale-{words.locale}")
    await ann.page.unroute("**/replies")
    if words is EN:
        await ann.button(words.edit_first).click()
        await expect(notice).to_have_count(0)
        await ann.field.focus()
        await ann.press("Control+Enter")
    else:
        await ann.button(words.anyway).click()
    await ann.sees(ann.entry("My own answer"))
    # shown before the server has answered
    sql = "select 1 from public_entry where ticket_id = %(id)s and text = 'My own answer'"
    await until(lambda: served.values(sql, id=ticket))


@BOTH
async def test_field_changed_by_a_colleague_meanwhile_asks_whose_counts(
    served: Served, browser: Browser, words: Words
) -> None:
    ticket = await mail_in(served, f"Collision {words.locale}")
    ann = await at(served, browser, f"Eva{words.locale[:2]}", ticket, words)
    ben = await at(served, browser, f"Fritz{words.locale[:2]}", ticket, words)
    for choice, kept in ((words.keep, "Ben was first"), (words.mine, "Ann's words")):
        for screen in (ann, ben):
            await screen.page.locator("button.subject").click()
        await ben.page.locator("input.subject").fill("Ben was first")
        await ben.press("Enter")
        await until(lambda: served.values("select 1 from ticket where subject = 'Ben was first'"))
        await ann.page.locator("input.subject").fill("Ann's words")
        await ann.press("Enter")
        await ann.sees(words.collision)
        await ann.picture(f"together-collision-{words.locale}")
        await ann.button(choice).click()
        await expect(ann.page.locator("button.subject")).to_contain_text(kept)
        await expect(ben.page.locator("button.subject")).to_contain_text(kept)
        if choice == words.keep:
            await served.do(lambda tx: tx.execute("update ticket set subject = 'Again' where id = %s", (ticket,)))
            for screen in (ann, ben):
                await screen.page.reload()
                await expect(screen.page.locator("button.subject")).to_contain_text("Again")
    assert ann.complaints == []
    assert ben.complaints == []


@BOTH
async def test_panel_follows_ticks_off_and_counts_live_for_both(served: Served, browser: Browser, words: Words) -> None:
    ticket = await mail_in(served, f"Panel {words.locale}")
    ann = await at(served, browser, f"Gita{words.locale[:2]}", ticket, words)
    ben = await at(served, browser, f"Hugo{words.locale[:2]}", ticket, words)
    await ann.press("w")
    await expect(ann.button(re.compile(words.unfollow)).first).to_be_visible()
    await expect(ben.page.locator(".together .faces li")).to_have_count(1)
    field = ann.page.get_by_role("textbox", name=words.add_item)
    for text in ("Call the customer", "Check the order", "Refund"):
        await field.fill(text)
        await field.press("Enter")
        await ann.sees(text)
    await expect(ben.page.locator(".together li", has_text="Refund")).to_be_visible()
    await field.press("Escape")
    await ann.press("l")
    await ann.press("Space", "ArrowDown", "Alt+ArrowDown")
    items = ben.page.locator(".together ul:has(input[type=checkbox]) li .text")
    await expect(items.nth(2)).to_contain_text("Check the order")
    await expect(items.nth(0)).to_contain_text(f"Gita{words.locale[:2]}")
    await ann.picture(f"together-panel-{words.locale}")
    for width, height in ((1280, 800), (390, 844)):
        await ben.page.set_viewport_size({"width": width, "height": height})
        await ben.picture(f"together-panel-{words.locale}-{width}")
    await ben.page.set_viewport_size({"width": 1440, "height": 900})
    await ben.page.emulate_media(color_scheme="dark")
    await ben.picture(f"together-panel-{words.locale}-dark")
    assert ann.complaints == []
    assert ben.complaints == []


@BOTH
async def test_shared_draft_is_taken_over_and_put_into_the_reply(
    served: Served, browser: Browser, words: Words
) -> None:
    ticket = await mail_in(served, f"Shared {words.locale}")
    ann = await at(served, browser, f"Ida{words.locale[:2]}", ticket, words)
    ben = await at(served, browser, f"Jan{words.locale[:2]}", ticket, words)
    await ann.press("d")
    await ann.page.locator(SHARED).fill("Dear Rosa,")
    box = ben.page.locator(SHARED)
    await until(lambda: served.values("select 1 from shared_draft where ticket_id = %(id)s", id=ticket))
    await ben.page.reload()
    await ben.holds("Dear Rosa,", box)
    await ben.page.context.set_offline(True)
    await box.fill("Hello from Jan")
    await ann.page.locator(SHARED).fill("Dear Rosa, we are sorry.")
    await until(lambda: served.values("select 1 from shared_draft where text like '%%sorry.'"))
    await ben.page.context.set_offline(False)
    await box.press("End")
    await box.type("!")
    await expect(ben.page.locator(".taken")).to_contain_text(words.taken)
    await expect(ben.page.locator(".taken")).to_contain_text("Dear Rosa, we are sorry.")
    await ben.picture(f"together-shared-{words.locale}")
    await ben.button(words.take_over).click()
    await ann.holds("Hello from Jan!", ann.page.locator(SHARED))
    await ann.button(words.use).click()
    await ann.holds("Hello from Jan!")
    await expect(box).to_have_text("")


@BOTH
async def test_draft_in_two_windows_of_one_person_is_not_lost(served: Served, browser: Browser, words: Words) -> None:
    ticket = await mail_in(served, f"Windows {words.locale}")
    one = await at(served, browser, f"Kim{words.locale[:2]}", ticket, words)
    two = Screen(await one.page.context.new_page())
    await two.page.goto(f"{served.url}/tickets/all/{ticket}")
    await two.field.wait_for()
    await write(two, "r", "Written in the second window")
    await until(lambda: served.values("select 1 from draft where text like '%%second window'"))
    await one.field.fill("Written in the first")
    await expect(one.page.locator(".conflict")).to_contain_text(words.other_window)
    await expect(one.page.locator(".conflict")).to_contain_text("Written in the second window")
    await one.picture(f"together-draft-{words.locale}")
    await one.button(words.this_one).click()
    await until(lambda: served.values("select 1 from draft where text = 'Written in the first'"))


@BOTH
async def test_mention_brings_a_colleague_to_the_ticket_and_time_is_added_up(
    served: Served, browser: Browser, words: Words
) -> None:
    say = Speech("en" if words is EN else "zh-CN")
    ticket = await mail_in(served, f"Mention {words.locale}")
    ann = await at(served, browser, f"Lena{say.short}", ticket, words)
    ben = await at(served, browser, f"Max{say.short}", ticket, words)
    await ann.page.locator(".number").first.click()
    await ann.press("n")
    await ann.page.locator(".composer").get_by_role("button", name=say("tickets.composer.mention")).click()
    await ann.page.get_by_role("option", name=f"Max{say.short}").click()
    await ann.type(" please look")
    await ann.press("Control+Enter")
    sql = "select 1 from mention m join person p on p.id = m.person_id where m.ticket_id = %(id)s and p.name = %(name)s"
    await until(lambda: served.values(sql, id=ticket, name=f"Max{say.short}"))
    await ben.page.goto(f"{served.url}/tickets/mentions")
    await ben.sees(ben.row(f"Mention {words.locale}"))
    # whoever is mentioned follows
    await ben.page.goto(f"{served.url}/tickets/following/{ticket}")
    await ben.sees(ben.row(f"Mention {words.locale}"))
    await ben.page.get_by_role("button", name=say("together.time.enter")).first.click()
    how_long = ben.page.get_by_label(say("together.time.howLong"))
    await how_long.fill("1:30")
    await how_long.press("Enter")
    await expect(ann.page.locator(".together")).to_contain_text(say("together.time.hours", h=1, m=30))
    await ben.picture(f"together-mention-{words.locale}")
    assert ann.complaints == ben.complaints == []
