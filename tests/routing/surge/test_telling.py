"""What customers are told by a plan: answers before they ask, and a first answer when they have."""

from typing import Any

import pytest

from ombud.channels.email.acknowledgement import ACKNOWLEDGEMENTS
from ombud.channels.first_answers import FIRST_ANSWERS
from ombud.shared.readers import Reader, read_batch, register_reader
from ombud.tickets.schemas import Address, EntryDetails
from tests.routing.surge.conftest import Control

PARCEL = {
    "question": {"en": "Where is my parcel?", "zh": "包裹到哪了？"},
    "answer": {"en": "Two days late.", "zh": "延迟两天。"},
}
REFUND = {"question": {"en": "", "zh": "如何退款？"}, "answer": {"en": "", "zh": "三天内原路退回。"}}
FIRST = {"en": "Many are writing just now.", "zh": "当前咨询人数较多。"}


async def hear(control: Control, *readers: Reader) -> None:
    """Let readers hear of all that happened."""
    for one in readers:
        async with control.desk.parts.database.transaction() as tx:
            await register_reader(tx, one)
        await control.desk.events()
        while (await read_batch(control.desk.parts.database, one, now=control.desk.now)).passed:
            pass


async def key_of(control: Control, channel: int) -> str:
    return str(await control.desk.sql("select public_key from channel where id = %(id)s", id=channel))


async def config(control: Control, key: str) -> Any:
    return (await control.site.stranger().client.get(f"/widget/v1/{key}/config")).json()


async def use(control: Control, key: str, answer: int, what: str, browser: str = "browser-1") -> int:
    path = f"/widget/v1/{key}/prepared/{answer}"
    body = {"what": what, "browser": browser}
    return int((await control.site.stranger().client.post(path, json=body)).status_code)


async def test_prepared_answers_are_shown_on_their_channels_counted_and_reported(control: Control) -> None:
    here, elsewhere = await control.desk.channel("chat"), await control.desk.channel("chat")
    key, other = await key_of(control, here), await key_of(control, elsewhere)
    plan = await control.plan(measures={"prepared": [PARCEL, REFUND], "channel_ids": [here]})
    assert (await config(control, key))["prepared"] == []
    run = (await control.switch(plan))["run_id"]
    shown = (await config(control, key))["prepared"]
    assert [(one["question"]["zh-CN"], one["answer"]["zh-CN"]) for one in shown] == [
        ("包裹到哪了？", "延迟两天。"),
        ("如何退款？", "三天内原路退回。"),
    ]
    assert (await config(control, other))["prepared"] == []
    first, second = (one["id"] for one in shown)
    for what in ("shown", "opened", "opened", "not_helped", "helped"):
        assert await use(control, key, first, what) == 204
    assert await use(control, key, first, "shown", "browser-2") == 204
    # not shown there, no such opinion, no such browser
    assert await use(control, other, second, "shown") == 404
    assert await use(control, key, second, "liked") == 400
    assert await use(control, key, second, "shown", "x") == 400
    counts = (await control.run(run))["prepared"]
    assert [(one["shown"], one["opened"], one["helped"], one["not_helped"]) for one in counts] == [
        (2, 1, 1, 0),
        (0, 0, 0, 0),
    ]
    ended = await control.switch(plan, on=False)
    assert ended["run_id"] is None
    assert (await config(control, key))["prepared"] == []
    assert await use(control, key, first, "opened", "browser-2") == 404
    report = (await control.run(run))["run"]["report"]
    assert report["prepared"] == counts


@pytest.mark.parametrize(
    "bad", [{"question": PARCEL["question"], "answer": {"zh": "  "}}, {"question": {}, "answer": {}}]
)
async def test_prepared_answer_without_words_is_refused(control: Control, bad: dict[str, Any]) -> None:
    answer = await control.chief.post("/surge/plans", {"spec": control.spec(measures={"prepared": [bad]})})
    assert (answer.status_code, answer.json()["fields"]) == (400, {"prepared": "required"})


async def first_answers(control: Control, ticket: int) -> list[str]:
    """What went out on a ticket by itself."""
    entries = await control.desk.timeline(ticket)
    return [one.text for one in entries if one.direction == "out" and one.author.kind == "system"]


async def test_first_answer_goes_to_whoever_opens_a_chat_once_in_their_language(control: Control) -> None:
    await hear(control, FIRST_ANSWERS)
    channel = await control.desk.channel("chat")
    plan = await control.plan(measures={"first_answer": FIRST})
    run = (await control.switch(plan))["run_id"]
    await control.desk.deliver(channel, control.desk.message("我的咖啡机漏水", who="rosa"))
    await control.desk.deliver(channel, control.desk.message("My machine leaks", who="bob"))
    await hear(control, FIRST_ANSWERS)
    await control.desk.deliver(channel, control.desk.message("还在吗", who="rosa"))
    await hear(control, FIRST_ANSWERS)
    zh, en = await control.desk.tickets()
    assert (await first_answers(control, zh), await first_answers(control, en)) == ([FIRST["zh"]], [FIRST["en"]])
    assert await control.desk.column(zh, "assignee_id") is None
    assert (await control.run(run))["first_answers"] == 2
    await control.switch(plan, on=False)
    await control.desk.deliver(channel, control.desk.message("Hello", who="eve"))
    await hear(control, FIRST_ANSWERS)
    assert await first_answers(control, (await control.desk.tickets())[-1]) == []
    assert (await control.run(run))["run"]["report"]["first_answers"] == 2


@pytest.mark.parametrize("acknowledges", [True, False])
async def test_first_answer_by_mail_stands_in_front_of_the_acknowledgement_or_alone(
    control: Control, acknowledges: bool
) -> None:
    await hear(control, FIRST_ANSWERS, ACKNOWLEDGEMENTS)
    channel = await control.desk.channel("email", address="help@desk.example", acknowledgement={"is_on": acknowledges})
    sql = 'update channel set settings = settings || \'{"smtp": {"host": "mail.example"}}\' where id = %(id)s'
    await control.desk.run(sql, id=channel)
    plan = await control.plan(measures={"first_answer": FIRST, "announcement": {"en": "A fault.", "zh": ""}})
    run = (await control.switch(plan))["run_id"]
    details = EntryDetails(auto_answer="allowed", from_=Address("rosa@example.com", "Rosa"))
    await control.desk.deliver(channel, control.desk.mail("My machine leaks.", details=details))
    await hear(control, ACKNOWLEDGEMENTS, FIRST_ANSWERS)
    [ticket] = await control.desk.tickets()
    [text] = await first_answers(control, ticket)
    assert text.startswith(FIRST["en"])
    assert (f"#{ticket}" in text) is acknowledges
    assert "A fault." not in text
    assert (await control.run(run))["first_answers"] == 1
