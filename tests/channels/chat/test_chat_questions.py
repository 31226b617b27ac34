"""Questions of a chat: asked before the first message, kept on its ticket, and never in the way of it."""

from typing import Any

import pytest

from tests.channels.chat.test_chat_api import chat as chat  # noqa: PLC0414 – a fixture
from tests.channels.conftest import Desk
from tests.channels.forms.test_form_questions import FIELDS, KEPT, define
from tests.channels.visitors import Visitor, arrive


@pytest.fixture
async def asking(desk: Desk) -> Desk:
    """A widget that asks for one field of each kind, the first one at all events."""
    for key, (kind, options) in FIELDS.items():
        await define(desk, key, kind, options)
    sql = "insert into ticket_type (name_en, name_zh, created_at) values ('Repair', '报修', now()) returning id"
    questions = [{"key": key, "is_required": key == "order_no"} for key in FIELDS]
    await desk.add_channel("chat", type_id=await desk.sql(int, sql), questions=questions)
    return desk


@pytest.fixture
async def visitor(asking: Desk) -> Visitor:
    return await arrive(asking)


async def fields_of(desk: Desk, ticket: int) -> dict[str, Any]:
    found: dict[str, Any] = await desk.sql(dict[str, Any], "select fields from ticket where id = %(id)s", id=ticket)
    return found


async def test_get_config_tells_the_questions_in_both_languages(asking: Desk) -> None:
    key = asking.channels["chat"].public_key
    asked = (await asking.client.get(f"/widget/v1/{key}/config")).json()["questions"]
    assert [one["key"] for one in asked] == list(FIELDS)
    first = asked[0]
    assert (first["name"], first["is_required"]) == ({"en": "Your order_no", "zh-CN": "您的order_no"}, True)
    assert (first["hint"], first["max_length"]) == ({"en": "On the parcel", "zh-CN": "见包裹"}, 6)
    by_key = {one["key"]: one for one in asked}
    assert [one["value"] for one in by_key["one"]["choices"]] == ["a", "b"]
    assert by_key["paid"]["currency"] == "CNY"


async def test_answers_stand_on_the_ticket_of_its_type(asking: Desk, visitor: Visitor) -> None:
    ticket = await visitor.write("It leaks", fields=KEPT)
    assert await fields_of(asking, ticket) == KEPT
    assert await asking.sql(str, "select y.name_en from ticket t join ticket_type y on y.id = t.type_id") == "Repair"
    facets = await asking.sql(list[str], "select facets from ticket_facet where ticket_id = %(id)s", id=ticket)
    assert "f:one=a" in facets
    # the next message needs no answers, and takes none away
    assert await visitor.write("Still") == ticket
    assert await fields_of(asking, ticket) == KEPT


async def test_answer_that_does_not_fit_stands_in_the_message(asking: Desk, visitor: Visitor) -> None:
    bad = {"order_no": "far too long", "one": "c", "floors": 2, "many": ["a", "z"], "nobody": "x"}
    answer = await visitor.send("It leaks", fields=bad, locale="zh-CN")
    assert answer.status_code == 202, answer.text
    await asking.settled()
    text = await asking.sql(str, "select text from entry where kind = 'message'")
    assert text == "It leaks\n您的order_no: far too long\n您的one: c\n您的many: a, z"
    assert await asking.sql(dict[str, Any], "select fields from ticket") == {"floors": 2}


async def test_answer_to_a_field_that_was_archived_meanwhile_is_not_lost(asking: Desk, visitor: Visitor) -> None:
    await asking.execute("update field set archived_at = now() where key = 'order_no'")
    await asking.execute("update ticket_type set archived_at = now()")
    key = asking.channels["chat"].public_key
    asked = (await asking.client.get(f"/widget/v1/{key}/config")).json()["questions"]
    assert "order_no" not in [one["key"] for one in asked]
    await visitor.send("It leaks", fields={"order_no": "SO-1"})
    await asking.settled()
    assert await asking.sql(str, "select text from entry where kind = 'message'") == "It leaks\nYour order_no: SO-1"
    assert await asking.sql(int, "select count(*) from ticket where type_id is null") == 1


async def test_answers_to_a_widget_that_asks_nothing_are_left_out(chat: Desk) -> None:
    visitor = await arrive(chat)
    ticket = await visitor.write("It leaks", fields={"order_no": "SO-1"})
    assert await fields_of(chat, ticket) == {}


@pytest.mark.parametrize(
    "settings", [{"questions": [{"key": "nobody"}]}, {"questions": [{"key": "one"}] * 2}, {"type_id": 999}]
)
async def test_widget_that_asks_for_what_there_is_not_is_refused(asking: Desk, settings: dict[str, Any]) -> None:
    with pytest.raises(Exception, match=r"form|type"):
        await asking.add_channel("chat", **settings)
