"""What journeys of processes share: a ticket's panel and stages, partners of other departments, days that pass."""

import re
from typing import Any

import httpx
from playwright.async_api import Browser, Locator, expect

from ombud.shared.clock import utc_now
from tests.journeys.screen import Screen, open_window
from tests.journeys.served import Served, until

CHINESE = {"locale": "zh-CN", "viewport": {"width": 1440, "height": 900}}
LINK = re.compile(r"https?://[^\s]+/confirm/[\w-]+")
STILL_NEEDED = re.compile("还需要|Still needed")
# Days pass because everything that has happened is moved back: what is due then is due now, and the worker takes it.
PAST = {
    "entry": "at",
    "clock": "started_at due_at next_at",
    "process_run": "started_at",
    "stage_visit": "entered_at due_at ended_at",
    "solution_tried": "at outcome_at",
    "task": "made_at accepted_at due_at ended_at",
    "dispatch": "dispatched_at accept_due_at accepted_at due_at ended_at",
    "urge": "at",
    "confirmation": "at",
    "confirmation_link": "made_at expires_at used_at",
}


async def teams(served: Served, *names: str) -> None:
    """Departments beside the first line, in which tickets are taken by hand."""
    sql = "insert into team (name, routing, created_at) select name, 'manual', %s from unnest(%s::text[]) as name"
    await served.do(lambda tx: tx.execute(sql, (utc_now(), list(names))))


async def partner(served: Served, name: str, team: str, locale: Any = "zh-CN") -> str:
    """Somebody of a department without a seat."""
    email = await served.person(name, role="partner", locale=locale)

    async def only_there(tx: Any) -> None:
        person = "(select id from person where email = %(email)s)"
        await tx.execute(f"update person set sees_all_teams = false where id = {person}", {"email": email})
        await tx.execute(f"delete from membership where person_id = {person}", {"email": email})
        sql = f"insert into membership (team_id, person_id) select id, {person} from team where name = %(team)s"
        await tx.execute(sql, {"email": email, "team": team})

    await served.do(only_there)
    return email


async def call(screen: Screen, method: str, path: str, body: dict[str, Any]) -> int:
    """Ask the server as the page does; gives the status."""
    script = """async ([method, path, body]) => {
        const session = await (await fetch('/api/v1/session')).json()
        const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': session.csrf }
        return (await fetch('/api/v1' + path, { method, headers, body: JSON.stringify(body) })).status
    }"""
    return int(await screen.page.evaluate(script, [method, path, body]))


async def open_ticket(screen: Screen, served: Served, ticket: int) -> None:
    """Open a ticket with the panel beside it."""
    await screen.page.goto(f"{served.url}/tickets/all/{ticket}")
    await screen.page.locator(".composer").wait_for()
    await expect(screen.page.locator("section.teamwork")).to_be_visible()


def panel(screen: Screen) -> Locator:
    """The process of the ticket that is open."""
    return screen.page.locator("section.process")


async def stage_is(screen: Screen, name: str) -> None:
    """Wait until the ticket is in a stage."""
    await expect(panel(screen).locator(".now b")).to_have_text(name, timeout=20_000)


async def fill(screen: Screen, answers: dict[str, str], save: str = "保存") -> None:
    """Fill in the form of the stage and save it."""
    for label, given in answers.items():
        place = panel(screen).get_by_label(label)
        if await place.evaluate("node => node.tagName") == "SELECT":
            await place.select_option(label=given)
        else:
            await place.fill(given)
    button = panel(screen).get_by_role("button", name=save)
    await expect(button).to_be_enabled()
    await button.click()
    await expect(button).to_be_disabled()


async def go_on(screen: Screen, to: str, button: str = "进入下一阶段") -> None:
    """Go on to the next stage, or to the end."""
    # What the stage still needs stands in the message, should it never be done.
    await expect(panel(screen)).not_to_contain_text(STILL_NEEDED, timeout=20_000)
    found = panel(screen).get_by_role("button", name=button)
    await expect(found).to_be_enabled()
    await found.click()
    if to:
        await stage_is(screen, to)


async def write(screen: Screen, kind: str, text: str, labels: tuple[str, str] = ("回复客户", "内部备注")) -> None:
    """Write a reply (r) or a note (n)."""
    # Where the last click was may take letters for its own.
    await screen.page.locator("main.talk").click(position={"x": 5, "y": 5})
    await screen.press(kind)
    field = screen.page.get_by_role("textbox", name=labels["rn".index(kind)])
    await expect(field).to_be_focused()
    await screen.type(text)
    await screen.press("Control+Enter")
    await screen.sees(screen.entry(text))
    await screen.press("Escape")


async def try_solution(screen: Screen, text: str, outcome: str = "", label: str = "尝试的方案") -> None:
    """Enter what is tried, and whether it helped."""
    rows = screen.page.locator(".solutions li")
    before = await rows.count()
    field = screen.page.get_by_label(label)
    await field.fill(text)
    await field.press("Enter")
    if outcome:
        await expect(rows).to_have_count(before + 1)
        await rows.last.get_by_role("button", name=outcome).click()
        await expect(rows.last.get_by_role("button", name=outcome)).to_have_count(0)


async def hours_pass(served: Served, ticket: int, hours: float) -> None:
    """Let time pass for one ticket: all that has happened on it, and all that is due, moves back."""

    async def move(tx: Any) -> None:
        for table, columns in PAST.items():
            sets = ", ".join(f"{one} = {one} - make_interval(secs => %(s)s)" for one in columns.split())
            await tx.execute(f"update {table} set {sets} where ticket_id = %(id)s", {"s": hours * 3600, "id": ticket})

    await served.do(move)


async def due_now(served: Served, ticket: int, metric: str) -> None:
    """Let the running clock of a metric be due now; the worker takes it."""
    sql = """
        update clock set due_at = %(now)s, next_at = %(now)s
        where ticket_id = %(id)s and metric = %(metric)s and state <> 'ended'"""
    await served.do(lambda tx: tx.execute(sql, {"now": utc_now(), "id": ticket, "metric": metric}))


async def line_comes(served: Served, ticket: int, field: str) -> int:
    """Wait until the timeline has a line of a kind, folded or not; gives how many it has."""
    sql = "select id from entry where ticket_id = %(id)s and details ->> 'field' = %(field)s"
    await until(lambda: served.values(sql, id=ticket, field=field))
    return len(await served.values(sql, id=ticket, field=field))


async def link_of(served: Served, ticket: int) -> str:
    """The newest link to confirm that the customer was written."""
    sql = "select text from entry where ticket_id = %(id)s and text like '%%/confirm/%%' order by id"
    await until(lambda: served.values(sql, id=ticket))
    found = LINK.search((await served.values(sql, id=ticket))[-1])
    assert found
    return found[0]


async def scan(url: str) -> None:
    """Open a link as a mail scanner does, without a person."""
    async with httpx.AsyncClient() as client:
        for _ in range(2):
            assert (await client.get(url)).status_code == 200


async def answer_link(browser: Browser, url: str, answer: str, send: str, words: str = "", **context: Any) -> Screen:
    """Answer by the link as the customer does, in a window that nobody is signed in with."""
    _, customer = await open_window(browser, **context)
    await customer.page.goto(url)
    await customer.page.get_by_label(answer, exact=True).check()
    if words:
        await customer.page.locator("#words").fill(words)
    await customer.picture(f"confirm-page-{context.get('locale', 'en')}")
    await customer.button(send).click()
    await expect(customer.page.locator("form")).to_have_count(0)
    return customer


async def say_the_closing(screen: Screen, cause: str, other: str) -> None:
    """Fill in what a complaint is closed with."""
    await screen.page.locator("section.teamwork").get_by_role("button", name="填写").click()
    dialog = screen.page.get_by_role("dialog")
    await dialog.get_by_label("处理结果").fill("更换控制板")
    await dialog.get_by_label("原因").fill(cause)
    await dialog.get_by_label("或外部责任方").fill(other)
    await dialog.get_by_label("责任判定").select_option(label="有责")
    await dialog.get_by_label("补偿").select_option(label="无")
    await dialog.get_by_label("回访结果").select_option(label="满意")
    await dialog.get_by_role("button", name="保存").click()
    await expect(dialog).to_have_count(0)
    await screen.sees("已填写完整")


async def told_in_order(screen: Screen, story: tuple[str, ...]) -> None:
    """The timeline holds everything in its order."""
    await screen.page.reload()
    await screen.page.locator(".composer").wait_for()
    talk = screen.page.locator("main.talk")
    # changes that follow each other are folded
    folded = talk.get_by_role("button", name="项变更")
    await folded.first.wait_for()
    while await folded.count():
        await folded.first.click()
    await expect(talk).to_contain_text(story[0], timeout=15_000)
    await expect(talk).to_contain_text(story[-1], timeout=15_000)
    whole, place = await talk.inner_text(), 0
    for words in story:
        found = whole.find(words, place)
        assert found >= 0, f"{words} is missing, or stands too early"
        place = found + len(words)


async def close_status(served: Served) -> int:
    """The status of closed tickets."""
    return int((await served.values("select id from status where category = 'closed' and is_default"))[0])
