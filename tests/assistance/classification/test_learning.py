"""Heads learn from what people said: measured on what none has seen, at work only if no worse, taken back at will."""

from ombud.assistance.classification.jobs import Teacher
from ombud.assistance.classification.queries import heads_at_work, list_heads, list_settings
from ombud.assistance.classification.schemas import HeadVersion
from ombud.assistance.classification.services.lessons import choose_head, due_aspects, gather, keep_head
from ombud.assistance.classification.services.settings import ask_to_learn
from ombud.intelligence.classification.lessons import Learnt
from ombud.intelligence.classification.small import learn_small
from ombud.intelligence.classification.stored import packed_head
from tests.assistance.classification.conftest import Sorter

RETURNS = ("我要退货", "想退掉这个", "怎么退款", "不想要了退钱", "申请退货退款", "return it please", "send it back")
INVOICES = (
    "开发票",
    "发票抬头错了",
    "电子发票在哪",
    "要增值税发票",
    "补开发票",
    "invoice please",
    "the invoice is wrong",
)


async def taught(sorter: Sorter, each: int = 42) -> list[int]:
    """A desk whose agents chose types of many tickets."""
    types = [await sorter.type_of("Return", "退货"), await sorter.type_of("Invoice", "发票")]
    sql = """
        insert into ticket (subject, status_id, category, team_id, customer_id, brand_id, type_id, created_at,
            activity_at)
        select %(said)s, 1, 'open', 1, (select min(id) from customer), 1, %(type)s, %(now)s, %(now)s"""
    await sorter.desk.deliver(await sorter.desk.channel(), sorter.desk.message("hello"))
    for number in range(each):
        for kind, texts in zip(types, (RETURNS, INVOICES), strict=True):
            text = f"{texts[number % len(texts)]} {number}"
            await sorter.desk.run(sql, said=text, type=kind, now=sorter.desk.now)
    return types


def learnt(score: float, before: float | None = None) -> Learnt:
    """What a lesson could bring."""
    head = packed_head(learn_small(["我要退货", "开发票"], ["1", "2"]))
    return Learnt(head, None, examples=40, labels=2, held_out=10, score=score, score_before=before)


async def keep(sorter: Sorter, one: Learnt) -> HeadVersion:
    """Keep what was learnt of types."""
    async with sorter.desk.parts.database.transaction() as tx:
        return await keep_head(tx, "type", one, now=sorter.desk.now)


async def states(sorter: Sorter) -> list[str]:
    """The states of the heads, the newest first."""
    async with sorter.desk.parts.database.transaction() as tx:
        return [one.state for one in await list_heads(tx)]


async def test_teacher_learns_a_type_head_in_a_child_and_it_classifies(sorter: Sorter) -> None:
    types = await taught(sorter)
    desk = sorter.desk
    async with desk.parts.database.transaction() as tx:
        await ask_to_learn(tx, by=sorter.lead, now=desk.now)
    teacher = Teacher(desk.parts.database, desk.parts.clock, with_meaning=False)
    desk.later(seconds=1)
    assert await teacher.step() >= 1
    async with desk.parts.database.transaction() as tx:
        [head] = [one for one in await list_heads(tx) if one.aspect == "type"]
    assert (head.state, head.labels, head.score_before) == ("on", 2, None)
    assert head.score > 0.8
    assert head.held_out > 0
    await desk.deliver(await desk.channel(), desk.message("发票抬头错了，怎么改", "c9"))
    await sorter.follow()
    label = (await sorter.labels(max(await desk.tickets())))["type"]
    assert (label.label, label.version_id) == (str(types[1]), head.id)
    desk.later(seconds=1)
    assert await teacher.step() == 0


async def test_head_that_is_worse_is_kept_but_left_out(sorter: Sorter) -> None:
    await keep(sorter, learnt(0.9))
    await keep(sorter, learnt(0.8, before=0.9))
    assert await states(sorter) == ["refused", "on"]
    changes = [one.data["change"] for one in await sorter.desk.events("classification_changed")]
    assert changes == ["learnt", "refused"]


async def test_head_that_is_no_worse_takes_over_and_can_be_taken_back(sorter: Sorter) -> None:
    first = await keep(sorter, learnt(0.9))
    await keep(sorter, learnt(0.9, before=0.9))
    assert await states(sorter) == ["on", "retired"]
    async with sorter.desk.parts.database.transaction() as tx:
        await choose_head(tx, "type", first.id, by=sorter.lead, now=sorter.desk.now)
        assert await heads_at_work(tx) == [(first.id, "type")]
        await choose_head(tx, "type", None, by=sorter.lead, now=sorter.desk.now)
        assert await heads_at_work(tx) == []


async def test_gather_leaves_out_what_only_a_machine_said(sorter: Sorter) -> None:
    await taught(sorter, each=2)
    ticket = (await sorter.desk.tickets())[-1]
    sql = """
        insert into ticket_label (ticket_id, aspect, label, confidence, state, at)
        values (%(id)s, 'type', '1', 0.9, 'set', %(now)s)"""
    await sorter.desk.run(sql, id=ticket, now=sorter.desk.now)
    async with sorter.desk.parts.database.transaction() as tx:
        settings = await list_settings(tx)
        keys = {one.key for one in await gather(tx, "type", settings["type"])}
        spam = await gather(tx, "spam", settings["spam"])
    assert ticket not in keys
    assert len(keys) == 3
    assert all(one.is_seed for one in spam)


async def test_due_aspects_are_none_until_people_said_enough(sorter: Sorter) -> None:
    async with sorter.desk.parts.database.transaction() as tx:
        settings = await list_settings(tx)
        assert await due_aspects(tx, settings, is_asked=False, now=sorter.desk.now) == []
        asked = await due_aspects(tx, settings, is_asked=True, now=sorter.desk.now)
    assert "type" in asked
    assert "language" not in asked
