"""Questions of a web form: custom fields that customers fill in, on the page and as JSON."""

import json
from typing import Any

import pytest
from httpx import Response

from ombud.channels.schemas import ChannelIn
from ombud.channels.services import add_channel
from ombud.shared.actor import SYSTEM
from ombud.shared.errors import Invalid
from tests.channels.conftest import Desk
from tests.channels.forms.test_forms import fill_in, path, send_json


def choices(*values: str) -> str:
    """Options of a field with these choices."""
    return json.dumps({"choices": [{"value": one, "name_en": one.title(), "name_zh": one} for one in values]})


FIELDS = {
    "order_no": ("text", '{"max_length": 6, "hint_en": "On the parcel", "hint_zh": "见包裹"}'),
    "story": ("long_text", "{}"),
    "floors": ("number", '{"minimum": 1}'),
    "bought_on": ("date", "{}"),
    "one": ("choice", choices("a", "b")),
    "part": ("tree", choices("w", "w/d")),
    "many": ("multi_choice", choices("a", "b")),
    "paid": ("money", '{"currency": "CNY"}'),
    "in_warranty": ("yes_no", "{}"),
}
SENT = {
    "field_order_no": "SO-1",
    "field_story": "It\r\nleaks",
    "field_floors": "3",
    "field_bought_on": "2026-05-01",
    "field_one": "a",
    "field_part": "w/d",
    "field_many": ["a", "b"],
    "field_paid": "1,299.50",
    "field_in_warranty": "no",
}
KEPT = {
    "order_no": "SO-1",
    "story": "It\nleaks",
    "floors": 3,
    "bought_on": "2026-05-01",
    "one": "a",
    "part": "w/d",
    "many": ["a", "b"],
    "paid": {"amount_cents": 129950, "currency": "CNY"},
    "in_warranty": False,
}


async def define(desk: Desk, key: str, kind: str, options: str = "{}") -> None:
    await desk.execute(
        "insert into field (subject, key, name_en, name_zh, kind, options, created_at)"
        " values ('ticket', %(key)s, %(en)s, %(zh)s, %(kind)s, %(options)s::jsonb, now())",
        key=key,
        en=f"Your {key}",
        zh=f"您的{key}",
        kind=kind,
        options=options,
    )


@pytest.fixture
async def form(desk: Desk) -> Desk:
    for key, (kind, options) in FIELDS.items():
        await define(desk, key, kind, options)
    sql = "insert into ticket_type (name_en, name_zh, created_at) values ('Repair', '报修', now()) returning id"
    questions = [{"key": key, "is_required": key == "order_no"} for key in FIELDS]
    await desk.add_channel("form", type_id=await desk.sql(int, sql), questions=questions)
    return desk


async def page(desk: Desk, lang: str = "en") -> str:
    return str((await desk.client.get(path(desk), params={"lang": lang})).text)


async def test_page_asks_every_question_in_the_visitors_language(form: Desk) -> None:
    english, chinese = await page(form), await page(form, "zh-CN")
    for key in FIELDS:
        assert f"Your {key}" in english
        assert f"您的{key}" in chinese
        assert f'name="field_{key}"' in english
    assert "On the parcel" in english
    assert "见包裹" in chinese
    assert "<script" not in english


async def test_sent_answers_stand_on_the_ticket_of_its_type(form: Desk) -> None:
    answer = await fill_in(form, **SENT)
    assert answer.status_code == 201, answer.text
    await form.settled()
    assert await form.sql(dict[str, Any], "select fields from ticket") == KEPT
    assert await form.sql(str, "select y.name_en from ticket t join ticket_type y on y.id = t.type_id") == "Repair"


async def test_json_answers_stand_on_the_ticket(form: Desk) -> None:
    assert (await send_json(form, fields=KEPT)).status_code == 201
    await form.settled()
    assert await form.sql(dict[str, Any], "select fields from ticket") == KEPT


@pytest.mark.parametrize(
    ("key", "sent", "words"),
    [
        ("order_no", "", "Please answer this."),
        ("order_no", "SO-12345", "This is too long."),
        ("floors", "many", "Please enter a number."),
        ("floors", "0", "This is too little."),
        ("bought_on", "yesterday", "Please enter a day"),
        ("one", "z", "Please check this answer."),
        ("paid", "a lot", "Please enter an amount."),
    ],
)
async def test_answer_that_does_not_fit_comes_back_with_its_reason(form: Desk, key: str, sent: str, words: str) -> None:
    answer = await fill_in(form, **SENT | {f"field_{key}": sent})
    assert answer.status_code == 400
    assert words in answer.text
    assert f'id="field_{key}-problem"' in answer.text
    # Nothing typed is lost.
    assert "It is warm" in answer.text
    assert 'value="b" checked' in answer.text
    assert await form.sql(int, "select count(*) from inbox") == 0


async def refused(answer: Response) -> Any:
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_fields")
    return answer.json()["fields"]


async def test_json_with_answers_that_do_not_fit_names_them(form: Desk) -> None:
    assert await refused(await send_json(form)) == {"order_no": "required"}
    told = await refused(await send_json(form, fields={"order_no": "1", "nobody": 1, "floors": "x"}))
    assert told == {"nobody": "unknown_field", "floors": "not_a_number"}


async def test_field_that_the_form_does_not_ask_for_is_unknown_to_it(form: Desk) -> None:
    await define(form, "discount", "number")
    assert await refused(await send_json(form, fields={"order_no": "1", "discount": 90})) == {
        "discount": "unknown_field"
    }


async def test_archived_field_is_not_asked_for_any_more(form: Desk) -> None:
    await form.execute("update field set archived_at = now() where key = 'order_no'")
    assert "field_order_no" not in await page(form)
    assert (await fill_in(form, **SENT)).status_code == 201


async def test_answer_from_a_page_opened_before_its_field_was_archived_is_kept_as_text(form: Desk) -> None:
    await form.execute("update field set archived_at = now() where key in ('order_no', 'many')")
    assert (await fill_in(form, **SENT)).status_code == 201
    await form.settled()
    text = await form.sql(str, "select text from entry where kind = 'message' order by id limit 1")
    assert text == "It is warm\n\nYour order_no: SO-1\nYour many: a, b"
    assert "many" not in await form.sql(dict[str, Any], "select fields from ticket")


async def test_form_keeps_a_question_whose_field_was_archived(form: Desk) -> None:
    await form.execute("update field set archived_at = now() where key = 'order_no'")
    settings = {"questions": [{"key": "order_no", "is_required": True}, {"key": "one"}]}
    data = ChannelIn("form", "Kept", 1, 1, settings)
    keys = form.parts.key_ring
    made = await form.write(lambda tx: add_channel(tx, data, keys=keys, by=SYSTEM, now=form.now))
    assert made.settings["questions"][0]["key"] == "order_no"


@pytest.mark.parametrize(
    "settings",
    [
        {"questions": [{"key": "nobody"}]},
        {"questions": [{"key": "photo"}]},
        {"questions": [{"key": "one"}, {"key": "one"}]},
        {"questions": "all"},
        {"type_id": 999},
    ],
)
async def test_form_that_asks_for_what_there_is_not_is_refused(form: Desk, settings: dict[str, Any]) -> None:
    await define(form, "photo", "file")
    data = ChannelIn("form", "Bad", 1, 1, settings)
    keys = form.parts.key_ring
    with pytest.raises(Invalid):
        await form.write(lambda tx: add_channel(tx, data, keys=keys, by=SYSTEM, now=form.now))
