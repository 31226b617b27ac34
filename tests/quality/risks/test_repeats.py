"""The third contact for the same thing: by what the tickets say, or by nearly the same words."""

from typing import Any

import pytest

from ombud.quality.risks.repeats import Contact, is_same_thing, likeness, repeated
from tests.quality.risks.watch import Watch

LEAK = "The coffee machine leaks water from below again."


def contact(text: str = "", number: int = 1, type_id: int | None = None, **fields: Any) -> Contact:
    return Contact(number, type_id, fields, text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (contact(LEAK), contact("My coffee machine leaks water from below."), True),
        (contact("扫地机充不进电,指示灯不亮"), contact("扫地机还是充不进电,指示灯也不亮"), True),
        (contact(LEAK), contact("Where is my parcel? It should be here."), False),
        (contact("hi"), contact("hi"), False),
        (contact("a", type_id=2, reason="late"), contact("b", type_id=2, reason="late"), True),
        (contact("a", type_id=2, reason="late"), contact("b", type_id=3, reason="late"), False),
        (contact("a", reason="late", product="p/1"), contact("b", type_id=3, reason="late", product="p/1"), True),
        (contact(LEAK, product="a"), contact(LEAK, product="b"), False),
        (contact("a", colour="red"), contact("b", colour="red"), False),
    ],
)
def test_is_same_thing_goes_by_fields_then_by_words(one: Contact, other: Contact, *, expected: bool) -> None:
    assert is_same_thing(one, other) is expected
    assert is_same_thing(other, one) is expected


def test_likeness_is_a_share_and_nothing_for_a_few_words() -> None:
    assert likeness(LEAK, LEAK) == 1
    assert likeness(LEAK, "nothing of that kind at all") == 0
    assert likeness("leaks", "leaks") == 0


def test_repeated_needs_two_contacts_before() -> None:
    earlier = [contact(LEAK, 7), contact("Another thing, a parcel is lost", 6), contact(LEAK, 5)]
    assert repeated(contact(LEAK, 8), earlier) == [7, 5]
    assert repeated(contact(LEAK, 8), earlier[:2]) == []


async def _opened(watch: Watch, *texts: str, **more: Any) -> list[int]:
    return [await watch.ticket(text, conversation=f"{text}-{place}", **more) for place, text in enumerate(texts)]


async def test_third_ticket_for_the_same_thing_alarms_with_the_tickets_before(watch: Watch) -> None:
    first, second, third = await _opened(watch, LEAK, "Coffee machine leaks water from below, again!", LEAK + " Still.")
    assert await watch.kinds(second) == []
    [one] = await watch.alerts(third)
    assert (one["kind"], one["earlier_ids"]) == ("third_contact", [second, first])
    assert one["words"] == LEAK + " Still."
    assert await watch.told("wu") == 1


async def test_third_ticket_of_another_customer_or_too_late_does_not_alarm(watch: Watch) -> None:
    await _opened(watch, LEAK, LEAK)
    assert await watch.kinds(await watch.ticket(LEAK, who="c2", conversation="x")) == []
    watch.site.desk.later(days=15)
    await watch.ticket(LEAK, conversation="y")
    assert await watch.site.desk.sql("select count(*) from risk_alert") == 0


async def test_third_contact_that_is_told_by_type_later_alarms_then(watch: Watch) -> None:
    sql = """
        insert into field (subject, key, kind, name_en, name_zh, position, options, created_at)
        values ('ticket', 'reason', 'text', 'Reason', '原因', 1, '{}', now())"""
    await watch.site.desk.run(sql)
    tickets = await _opened(watch, "First thing here", "Second matter then", "Third and last")
    for ticket in tickets:
        answer = await watch.lin.patch(f"/tickets/{ticket}", {"fields": {"reason": "leak"}})
        assert answer.status_code == 200, answer.text
    await watch.follow()
    assert [await watch.kinds(one) for one in tickets] == [[], [], ["third_contact"]]


async def test_days_of_third_contact_are_a_setting_and_nought_switches_it_off(watch: Watch) -> None:
    assert (await watch.wu.get("/risk-settings")).json()["third_contact_days"] == 14
    answer = await watch.wu.put("/risk-settings/third-contact", {"days": 0})
    assert answer.json()["third_contact_days"] == 0
    assert await watch.kinds((await _opened(watch, LEAK, LEAK, LEAK))[-1]) == []
    assert (await watch.wu.put("/risk-settings/third-contact", {"days": 366})).status_code == 400
    assert (await watch.lin.put("/risk-settings/third-contact", {"days": 3})).status_code == 403
    assert len(await watch.site.desk.events("risk_settings_changed")) == 1


async def test_false_third_contact_teaches_no_words(watch: Watch) -> None:
    third = (await _opened(watch, LEAK, LEAK, LEAK))[-1]
    assert (await watch.decide(third, "false_alarm")).status_code == 200
    assert await watch.site.desk.sql("select count(*) from risk_silence") == 0
    assert await watch.kinds(third) == ["third_contact"]


@pytest.mark.parametrize(
    ("leaf", "found"),
    [
        ({"field": "risk", "op": "any_of", "value": ["legal", "fraud"]}, True),
        ({"field": "risk", "op": "any_of", "value": ["safety"]}, False),
        ({"field": "risk", "op": "is_set"}, True),
        ({"field": "risk_state", "op": "any_of", "value": ["open"]}, True),
        ({"field": "risk_state", "op": "any_of", "value": ["confirmed"]}, False),
    ],
)
async def test_condition_on_risks_finds_their_tickets(watch: Watch, leaf: dict[str, Any], *, found: bool) -> None:
    ticket = await watch.ticket()
    await watch.ticket("It drips.", who="c2")
    answer = await watch.lin.post("/tickets/query", {"condition": {"all": [leaf]}})
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()["items"]] == ([ticket] if found else [])


async def test_condition_on_risks_forgets_what_is_called_false(watch: Watch) -> None:
    ticket = await watch.ticket()
    await watch.decide(ticket, "false_alarm")
    leaf = {"field": "risk", "op": "is_set"}
    assert (await watch.lin.post("/tickets/query", {"condition": {"all": [leaf]}})).json()["items"] == []
