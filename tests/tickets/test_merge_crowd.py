"""Fifty agents at the same five tickets at once: nothing is lost, nothing is sent twice, nothing hangs."""

import asyncio
from random import Random
from typing import Any

from ombud.tickets.services.intake.work import take_in
from tests.accounts.desk import Browser
from tests.site import Site, client_key

AGENTS = 50
VERBS = 4
# Refusals that tell what to do; anything else is a loss.
REFUSED = {
    "ticket_merged",
    "not_merged",
    "merged_further",
    "stale_reply",
    "nothing_left",
    "self_merge",
    "link_cycle",
    "has_parent",
    "children_open",
    "not_found",
    "invalid",
}


class Crowd:
    """What fifty agents did, by what the server said of it."""

    def __init__(self, site: Site, tickets: list[int]) -> None:
        self.site, self.tickets = site, tickets
        self.written: dict[str, str] = {}
        self.codes: list[tuple[int, str]] = []

    async def work(self, browser: Browser, dice: Random) -> None:
        for _ in range(VERBS):
            await self.act(browser, dice)

    async def act(self, browser: Browser, dice: Random) -> None:
        one, other = dice.sample(self.tickets, 2)
        key = client_key()
        verb = dice.choice(["reply", "note", "merge", "unmerge", "tags", "split", "link"])
        if verb in {"reply", "note"}:
            await self.write(browser, one, key, "replies" if verb == "reply" else "notes")
            return
        bodies: dict[str, dict[str, Any]] = {
            "merge": {"source_ids": [other], "confirmed": True},
            "unmerge": {"source_id": other},
            "split": {"entry_ids": [dice.randint(1, 30)], "subject": "Apart"},
            "link": {"other_id": other, "kind": "child_of"},
        }
        if verb == "tags":
            answer = await browser.patch(f"/tickets/{one}", {"tags": [key]})
        else:
            answer = await browser.post(f"/tickets/{one}/{'links' if verb == 'link' else verb}", bodies[verb])
        self.note(answer)

    async def write(self, browser: Browser, ticket: int, key: str, what: str) -> None:
        """Write like the page: go on where the ticket went, with the same key, and say it twice to be sure."""
        body = {"text": key, "client_key": key} | ({"force": True} if what == "replies" else {})
        for _ in range(6):
            answer = await browser.post(f"/tickets/{ticket}/{what}", body)
            if answer.status_code == 201:
                self.written[key] = what
                again = await browser.post(f"/tickets/{answer.json()['ticket_id']}/{what}", body)
                self.note(again)
                return
            self.note(answer)
            ticket = answer.json().get("merged_into_id", ticket)

    def note(self, answer: Any) -> None:
        code = "" if answer.status_code < 400 else answer.json()["code"]
        self.codes.append((answer.status_code, code))


async def test_fifty_agents_at_five_tickets_lose_and_double_nothing(site: Site) -> None:
    desk = site.desk
    box = await desk.channel("email", address="help@desk.example")
    for number in range(5):
        await desk.deliver(box, desk.mail(f"Mail {number}", f"c{number}@example.com"))
    tickets = await desk.tickets()
    crowd = Crowd(site, tickets)
    browsers = [await site.browser(await desk.person(f"A{number}")) for number in range(AGENTS)]
    seeds = [Random(number) for number in range(AGENTS)]  # noqa: S311 – no secret
    jobs = [crowd.work(browser, dice) for browser, dice in zip(browsers, seeds, strict=True)]
    news = [
        desk.mail(f"News {number}", "c0@example.com", proven_ticket_ids=[tickets[number % 5]]) for number in range(9)
    ]
    async with asyncio.timeout(150):
        await asyncio.gather(*jobs, *(desk.deliver(box, one) for one in news))
    while await take_in(desk.parts.database, desk.parts.clock):
        pass
    unexpected = [one for one in crowd.codes if one[0] >= 400 and one[1] not in REFUSED]
    assert unexpected == []
    done = sum(1 for code, _ in crowd.codes if code < 300)
    print(f"\n{len(crowd.codes)} answers, {done} done, {len(crowd.written)} written")  # noqa: T201 – the measure
    assert sum(1 for code, _ in crowd.codes if code < 300) > AGENTS
    for key in crowd.written:
        assert await desk.sql("select count(*) from entry where text = %(key)s", key=key) in {1, 2}, key
    await check_whole(site, crowd)


async def check_whole(site: Site, crowd: Crowd) -> None:
    desk = site.desk
    answers = [key for key, what in crowd.written.items() if what == "replies"]
    sql = "select count(distinct e.text) from outbox o join entry e on e.id = o.entry_id where e.text = any(%(keys)s)"
    assert await desk.sql(sql, keys=answers) == len(answers)
    assert await desk.sql("select count(*) from entry where direction = 'in'") == 5 + 9
    # Everything hangs on the ticket where its entry stands, and no entry on one that was merged.
    for table in ("outbox", "mail_reference", "attachment"):
        sql = f"select count(*) from {table} r join entry e on e.id = r.entry_id where r.ticket_id <> e.ticket_id"
        assert await desk.sql(sql) == 0
    sql = """
        select count(*) from entry e join ticket t on t.id = e.ticket_id
        where t.merged_into_id is not null and e.kind <> 'change'"""
    assert await desk.sql(sql) == 0
    sql = "select count(*) from ticket t join ticket g on g.id = t.merged_into_id where g.merged_into_id is not null"
    assert await desk.sql(sql) == 0
    sql = """
        select count(*) from ticket t where message_count <> (
            select count(*) from public_entry e where e.ticket_id = t.id)"""
    assert await desk.sql(sql) == 0
