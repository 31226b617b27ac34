"""What a machine takes tickets for: set where it is sure, proposed below that, and people have the last word."""

import pytest

from ombud.assistance.classification.services.waiting import OLDEST, let_go
from ombud.intelligence.embedding.shipped import load_shipped
from ombud.shared.database import value
from ombud.shared.errors import Invalid
from ombud.tickets.schemas import TicketPatch
from ombud.tickets.services.changes import change_ticket
from ombud.views.fields import SHIPPED
from tests.assistance.classification.conftest import Sorter, sorter_on
from tests.desk import Desk

ANGRY = "垃圾服务，骗子公司，还我钱！"


async def ticket_of(sorter: Sorter, text: str, who: str = "c1") -> int:
    """A ticket from a customer's message, looked at."""
    channel = await sorter.desk.channel()
    await sorter.desk.deliver(channel, sorter.desk.message(text, who))
    await sorter.follow()
    return max(await sorter.desk.tickets())


async def of_ticket(sorter: Sorter, ticket_id: int, field: str) -> object:
    """A field of conditions, as a view asks for it."""
    sql = f"select {SHIPPED[field].sql} from ticket t join customer c on c.id = t.customer_id where t.id = %(id)s"
    return await sorter.desk.sql(sql, id=ticket_id)


async def test_new_ticket_gets_a_label_of_each_aspect_with_its_confidence(sorter: Sorter) -> None:
    ticket = await ticket_of(sorter, ANGRY)
    labels = await sorter.labels(ticket)
    assert set(labels) == {"language", "sentiment", "emotion", "spam", "severity"}
    assert (labels["language"].label, labels["sentiment"].label) == ("zh-CN", "negative")
    assert all(0 <= (one.confidence or 0) <= 1 for one in labels.values())
    [fact] = await sorter.desk.events("ticket_classified")
    assert set(fact.data["fields"]) == set(labels)


async def test_looking_again_at_the_same_text_changes_and_tells_nothing(sorter: Sorter) -> None:
    ticket = await ticket_of(sorter, ANGRY)
    await sorter.desk.run("insert into classification_wait (ticket_id, asked_at) values (%(id)s, now())", id=ticket)
    await sorter.follow()
    assert len(await sorter.desk.events("ticket_classified")) == 1
    assert await sorter.desk.sql("select count(*) from classification_wait") == 0


async def test_later_message_changes_the_sentiment(sorter: Sorter) -> None:
    ticket = await ticket_of(sorter, ANGRY)
    channel = await sorter.desk.sql("select channel_id from ticket where id = %(id)s", id=ticket)
    await sorter.desk.deliver(channel, sorter.desk.message("非常感谢，问题解决了，服务态度很好，点赞"))
    await sorter.follow()
    assert (await sorter.labels(ticket))["sentiment"].label == "positive"


async def test_sure_type_is_set_on_the_ticket_and_said_to_be_the_machines(sorter: Sorter) -> None:
    wanted = await sorter.type_of("Return", "退货")
    await sorter.type_of("Invoice", "发票")
    await sorter.set("type", threshold=0.3)
    ticket = await ticket_of(sorter, "我要退货")
    assert await sorter.desk.column(ticket, "type_id") == wanted
    assert (await sorter.labels(ticket))["type"].state == "set"
    changed = [one for one in await sorter.desk.events("ticket_changed") if "type_id" in one.data["fields"]]
    assert [one.actor_kind for one in changed] == ["system"]


async def test_unsure_type_is_only_proposed(sorter: Sorter) -> None:
    await sorter.type_of("Return", "退货")
    await sorter.type_of("Invoice", "发票")
    await sorter.set("type", threshold=1.0)
    ticket = await ticket_of(sorter, "我要退货")
    assert await sorter.desk.column(ticket, "type_id") is None
    assert (await sorter.labels(ticket))["type"].state == "proposed"


async def test_text_like_no_type_is_called_unknown(sorter: Sorter) -> None:
    await sorter.type_of("Return", "退货")
    await sorter.type_of("Invoice", "发票")
    ticket = await ticket_of(sorter, "zzz qqq")
    label = (await sorter.labels(ticket))["type"]
    assert (label.state, label.label) == ("unknown", "")


async def test_type_that_somebody_chose_is_never_overwritten(sorter: Sorter) -> None:
    await sorter.type_of("Return", "退货")
    chosen = await sorter.type_of("Invoice", "发票")
    await sorter.set("type", threshold=0.3)
    channel = await sorter.desk.channel()
    await sorter.desk.deliver(channel, sorter.desk.message("我要退货"))
    [ticket] = await sorter.desk.tickets()
    await sorter.desk.run("update ticket set type_id = %(type)s where id = %(id)s", type=chosen, id=ticket)
    await sorter.follow()
    assert await sorter.desk.column(ticket, "type_id") == chosen
    assert (await sorter.labels(ticket))["type"].state == "proposed"


async def test_decide_label_confirms_or_corrects_and_stays(sorter: Sorter) -> None:
    ticket = await ticket_of(sorter, ANGRY)
    await sorter.decide(ticket, "sentiment", "negative")
    assert (await sorter.labels(ticket))["sentiment"].state == "confirmed"
    await sorter.decide(ticket, "sentiment", "positive")
    label = (await sorter.labels(ticket))["sentiment"]
    assert (label.state, label.label, label.guess, label.decided_by) == (
        "corrected",
        "positive",
        "negative",
        sorter.lead.id,
    )
    await sorter.desk.run("insert into classification_wait (ticket_id, asked_at) values (%(id)s, now())", id=ticket)
    await sorter.follow()
    assert (await sorter.labels(ticket))["sentiment"].label == "positive"
    assert [one.data["state"] for one in await sorter.desk.events("label_decided")] == ["confirmed", "corrected"]


async def test_decide_label_of_another_aspects_word_is_refused(sorter: Sorter) -> None:
    ticket = await ticket_of(sorter, ANGRY)
    with pytest.raises(Invalid):
        await sorter.decide(ticket, "sentiment", "spam")


async def test_agent_who_changes_the_type_corrects_the_machine(sorter: Sorter) -> None:
    await sorter.type_of("Return", "退货")
    other = await sorter.type_of("Invoice", "发票")
    await sorter.set("type", threshold=0.3)
    ticket = await ticket_of(sorter, "我要退货")
    async with sorter.desk.parts.database.transaction() as tx:
        await change_ticket(tx, ticket, TicketPatch(type_id=other), by=sorter.lead, now=sorter.desk.now)
    await sorter.follow()
    label = (await sorter.labels(ticket))["type"]
    assert (label.state, label.label) == ("corrected", str(other))


async def test_conditions_ask_for_sure_labels_only(sorter: Sorter) -> None:
    await sorter.set("sentiment", threshold=1.0)
    ticket = await ticket_of(sorter, ANGRY)
    assert await of_ticket(sorter, ticket, "sentiment") is None
    assert await of_ticket(sorter, ticket, "is_spam") is False
    assert await of_ticket(sorter, ticket, "written_in") == "zh-CN"
    await sorter.decide(ticket, "sentiment", "negative")
    await sorter.decide(ticket, "spam", "spam")
    assert await of_ticket(sorter, ticket, "sentiment") == "negative"
    assert await of_ticket(sorter, ticket, "is_spam") is True


async def test_aspect_that_is_off_is_not_looked_at(sorter: Sorter) -> None:
    await sorter.set("emotion", is_on=False)
    assert "emotion" not in await sorter.labels(await ticket_of(sorter, ANGRY))


async def test_let_go_drops_what_is_too_old_and_counts_it(sorter: Sorter) -> None:
    channel = await sorter.desk.channel()
    await sorter.desk.deliver(channel, sorter.desk.message("It leaks"))
    [ticket] = await sorter.desk.tickets()
    sql = "insert into classification_wait (ticket_id, asked_at) values (%(id)s, %(at)s)"
    await sorter.desk.run(sql, id=ticket, at=sorter.desk.now - OLDEST * 2)
    async with sorter.desk.parts.database.transaction() as tx:
        await let_go(tx, now=sorter.desk.now)
        assert await value(tx, int, "select count(*) from classification_wait") == 0
        assert await value(tx, int, "select skipped from classification_day") == 1


async def test_ticket_is_classified_by_meaning_in_either_language(desk: Desk) -> None:
    if load_shipped() is None:
        pytest.skip("no model of meaning on this machine")
    sorter = await sorter_on(desk, is_shipped=True)
    returned = await sorter.type_of("Return of goods", "退货退款")
    await sorter.type_of("Invoice", "开发票")
    await sorter.type_of("Installation", "上门安装")
    for number, text in enumerate(("I'd like to send this back and get my money", "不想要了，能把钱退给我吗")):
        ticket = await ticket_of(sorter, text, who=f"c{number}")
        assert (await sorter.labels(ticket))["type"].label == str(returned)
