"""What the demo desk asks beside its tickets, and the releases that it is told of; by the verbs that people use."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from ombud.accounts.permissions import ROLES
from ombud.releases.schemas import (
    ItemKind,
    ReleaseAnswerIn,
    ReleaseDecisionIn,
    ReleaseIn,
    ReleaseItemIn,
    ReleaseItemPatch,
    ReleaseQuestionIn,
)
from ombud.releases.services import notes, questions
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, rows, values
from ombud.shared.errors import OmbudError
from ombud.tickets.schemas import Address, Author, EntryDetails
from ombud.tickets.services.timeline import add_composed, compose_entry
from ombud.tickets.sides import services as sides
from ombud.tickets.sides.schemas import AskedMessageIn, SideIn, SideMessageIn

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SUPPLIER = Address("parts@ruihe-pump.example", "瑞和水泵 Ruihe Pumps")
MAILS = (
    ("配件库存确认", "您好，请确认增压泵 P-20 是否有现货，最快何时能发出？", "P-20 有现货 14 台，今天下单明天发出。"),
    ("Part in stock?", "Hello, do you have the P-20 booster pump in stock, and when could it leave?", ""),
)
ASKED = (
    (
        "请核实签收情况",
        "客户说没有收到，系统显示已签收，请查签收底单。",
        "底单是物业代收的，已请网点联系物业确认。",
        "好的，有结果请告诉我，我今天下班前要回复客户。",
    ),
    ("Which hose fits this model?", "The customer sent a photo of the plate. Old or new connector?", "", ""),
)
ASKED_OF_YOU = ("补偿方案可以吗？", "客户要求补偿 200 元券，超出我的权限。您看可以吗？")
# Title, what changes, what customers notice; days until it is live, days since it was announced; how it stands.
RELEASES = (
    (
        "release",
        "App 5.2：退款可在应用内自助办理",
        "客户可在订单页自助申请退款，小额订单自动审核，2 小时内到账。",
        "客户会问：旧订单能不能自助退？到账时间是否变短？为什么有的订单仍要人工审核？",
        (9, 8, "open"),
    ),
    (
        "change",
        "Opening hours of the English line",
        "From next month the English line is open on Saturdays, 10:00 to 18:00.",
        "The greeting and the hours on the website change. Customers may ask about public holidays.",
        (16, 3, "ready"),
    ),
    (
        "release",
        "净水器固件 3.8：漏水自动关阀",
        "检测到漏水后 30 秒内自动关阀，并推送通知。",
        "可能有误报：请按新的排查步骤指导客户复位，不要直接派上门。",
        (-4, 20, "live"),
    ),
)
LISTS: tuple[ItemKind, ...] = ("answers", "scripts", "training", "test_cases")
WORDS = {
    "zh": ("常见问题答复口径", "更新话术与快捷回复", "全员阅读培训材料", "客服测试用例通过"),
    "en": (
        "Answers to expected questions",
        "Scripts and canned replies",
        "Everybody read the notes",
        "Test calls made",
    ),
}


class _Person(Struct):
    id: int
    name: str
    team_id: int


async def make_asides(tx: Transaction, by: Actor, *, now: datetime) -> None:
    """Ask suppliers and departments about some of the signed-in person's tickets, and announce three releases."""
    people = await _colleagues(tx, by)
    if not people:
        return
    await _ask(tx, by, people, now=now)
    await _announce(tx, by, people, now=now)


async def _colleagues(tx: Transaction, by: Actor) -> list[_Person]:
    sql = """
        select p.id, p.name, min(m.team_id) as team_id from person p join membership m on m.person_id = p.id
        where p.id <> %(you)s and p.role in ('supervisor', 'agent') and p.deactivated_at is null
        group by p.id order by p.role desc, p.id limit 12"""
    return await rows(tx, _Person, sql, {"you": by.person_id})


def _actor(person: _Person) -> Actor:
    return Actor("person", person.id, person.name, ROLES["supervisor"], None)


async def _tickets(tx: Transaction, by: Actor, *, is_chinese: bool) -> list[int]:
    sql = """
        select id from ticket where assignee_id = %(you)s and is_open and merged_into_id is null
            and (subject ~ '[一-鿿]') = %(chinese)s order by activity_at desc, id limit 2"""
    return await values(tx, int, sql, {"you": by.person_id, "chinese": is_chinese})


async def _ask(tx: Transaction, by: Actor, people: list[_Person], *, now: datetime) -> None:
    for place, is_chinese in enumerate((True, False)):
        tickets = await _tickets(tx, by, is_chinese=is_chinese)
        if not tickets:
            continue
        await _ask_in_app(tx, by, people[place], tickets[0], ASKED[place], now=now - 26 * HOUR)
        await _ask_by_mail(tx, by, tickets[-1], MAILS[place], now=now - 5 * HOUR)
    await _ask_you(tx, by, people, now=now - 2 * HOUR)


async def _ask_you(tx: Transaction, by: Actor, people: list[_Person], *, now: datetime) -> None:
    sql = """
        select distinct on (assignee_id) id from ticket
        where assignee_id = %(person)s and is_open and merged_into_id is null order by assignee_id, id desc"""
    for person in people:
        for ticket_id in await values(tx, int, sql, {"person": person.id}):
            subject, text = ASKED_OF_YOU
            data = SideIn(subject, f"demo-you-{ticket_id}", text=text, person_ids=[by.person_id])
            await sides.open_side(tx, ticket_id, data, by=_actor(person), now=now, undo_seconds=0)
            return


async def _ask_in_app(
    tx: Transaction, by: Actor, person: _Person, ticket_id: int, words: tuple[str, str, str, str], *, now: datetime
) -> None:
    subject, question, answer, thanks = words
    data = SideIn(subject, f"demo-side-{ticket_id}", text=question, person_ids=[person.id], team_ids=[person.team_id])
    side = await sides.open_side(tx, ticket_id, data, by=by, now=now, undo_seconds=0)
    if answer:
        said = AskedMessageIn(answer, f"demo-answer-{side.id}")
        await sides.answer_asked(tx, side.id, said, by=_actor(person), now=now + HOUR)
        more = SideMessageIn(thanks, f"demo-thanks-{side.id}")
        await sides.write_side(tx, ticket_id, side.id, more, by=by, now=now + 2 * HOUR, undo_seconds=0)


async def _ask_by_mail(
    tx: Transaction, by: Actor, ticket_id: int, words: tuple[str, str, str], *, now: datetime
) -> None:
    subject, question, answer = words
    data = SideIn(subject, f"demo-mail-{ticket_id}", text=question, to=[SUPPLIER])
    try:
        side = await sides.open_side(tx, ticket_id, data, by=by, now=now, undo_seconds=0)
    except OmbudError:
        # A brand without a mailbox writes to nobody.
        return
    sent = """
        update outbox set state = 'sent', sent_at = %(now)s
        where entry_id in (select id from entry where side_id = %(side)s)"""
    await tx.execute(sent, {"now": now, "side": side.id})
    if answer:
        details = EntryDetails(from_=SUPPLIER, subject=f"Re: {subject}")
        entry = compose_entry(
            ticket_id, "side", by=SYSTEM, now=now + 3 * HOUR, text=answer, client_key=f"demo-{side.id}", details=details
        )
        entry.direction, entry.side_id, entry.author = "in", side.id, Author("third_party", None, SUPPLIER.name)
        await add_composed(tx, entry, draft="")


async def _announce(tx: Transaction, by: Actor, people: list[_Person], *, now: datetime) -> None:
    for kind, title, summary, impact, (days, ago, state) in RELEASES:
        at = now - ago * DAY
        live_at = (now + days * DAY).replace(hour=2, minute=0, second=0, microsecond=0)
        words = WORDS["zh" if not title.isascii() else "en"]
        items = [
            ReleaseItemIn(one, words[place], people[place % len(people)].id, live_at - (place + 1) * DAY)
            for place, one in enumerate(LISTS)
        ]
        data = msgspec.convert(
            {"kind": kind, "title": title, "team_id": people[0].team_id, "owner_id": people[0].id, "live_at": live_at},
            ReleaseIn,
        )
        data.summary, data.impact, data.items = summary, impact, items
        note = await notes.announce(tx, data, by=by, now=at)
        done = note.items if state != "open" else note.items[:2]
        for item in done:
            patch = ReleaseItemPatch(is_done=True)
            await notes.change_item(tx, note.id, item.id, patch, by=_actor(people[0]), now=at + DAY)
        if state != "open":
            go = ReleaseDecisionIn("go")
            await notes.decide(tx, note.id, go, by=by, now=at + 2 * DAY)
        else:
            await _question(tx, by, people, note.id, now=at)
        for reader in people[: 3 + ago % 4]:
            await notes.read_note(tx, note.id, by=_actor(reader), now=at + 2 * DAY)


async def _question(tx: Transaction, by: Actor, people: list[_Person], note_id: int, *, now: datetime) -> None:
    asked = ReleaseQuestionIn("以前用优惠券付款的订单也能自助退款吗？")
    note = await questions.ask(tx, note_id, asked, by=_actor(people[-1]), now=now + DAY)
    answer = ReleaseAnswerIn("可以，优惠券按比例退回账户，有效期顺延 7 天。")
    await questions.answer_question(tx, note_id, note.questions[0].id, answer, by=_actor(people[0]), now=now + 2 * DAY)
    asked = ReleaseQuestionIn("企业客户的退款要不要走审批？")
    await questions.ask(tx, note_id, asked, by=by, now=now + 3 * DAY)
