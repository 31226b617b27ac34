"""Rules hear events: in their order, once, under one budget, and every run stands on the timeline."""

from typing import Any

import pytest

from ombud.automation.rules.services import running
from ombud.automation.webhooks.reactions import WEBHOOKS
from ombud.customers.schemas import Sender
from ombud.quality.risks.reactions import RISKS
from ombud.shared.actor import Actor
from ombud.shared.readers import read_batch, register_reader
from ombud.tickets.schemas import Address, EntryDetails
from tests.accounts.desk import Browser
from tests.automation.rules.conftest import Rules
from tests.site import Site

SAYS_REFUND = {"any": [{"field": "message", "op": "contains", "value": word} for word in ("REFUND", "退款")]}


async def test_rule_acts_on_an_event_and_tells_why(site: Site, rules: Rules) -> None:
    rule = await rules.add({"priority": 4, "add_tags": ["refund"]}, condition=SAYS_REFUND)
    fits, other = await site.ticket("I want a refund"), await site.ticket("Hello")
    await rules.hear()
    assert (await site.desk.column(fits, "priority"), await site.desk.column(other, "priority")) == (4, 2)
    (told,) = await rules.told(fits)
    assert (told["rule_id"], told["state"], told["cause"]) == (rule["id"], "done", "message_received")
    assert told["because"] == [{"field": "message", "op": "contains", "value": "REFUND"}]
    assert {one["field"]: one["to_value"] for one in told["changes"]} == {"priority": 4, "tags": ["refund"]}
    assert await rules.told(other) == []


async def test_rule_that_finds_everything_so_already_says_nothing(site: Site, rules: Rules) -> None:
    rule = await rules.add({"priority": 2})
    ticket = await site.ticket("Hello")
    await rules.hear()
    assert (await rules.told(ticket), await rules.runs(rule)) == ([], [])


async def test_rules_see_what_those_before_them_changed_and_stop_where_one_says_so(site: Site, rules: Rules) -> None:
    await rules.add({"add_tags": ["first"]})
    after = {"field": "tags", "op": "any_of", "value": ["first"]}
    await rules.add({"add_tags": ["second"]}, condition=after, stops=True)
    await rules.add({"add_tags": ["third"]})
    ticket = await site.ticket("Hello")
    await rules.hear()
    assert await site.desk.column(ticket, "tags") == ["first", "second"]


async def test_rule_narrowed_to_fields_hears_only_changes_of_these(site: Site, rules: Rules, agent: Browser) -> None:
    when = {"kind": "events", "events": ["ticket_changed"], "fields": ["priority"]}
    await rules.add({"add_tags": ["looked"]}, when=when)
    ticket = await site.ticket("Hello")
    await agent.patch(f"/tickets/{ticket}", {"subject": "Another"})
    await rules.hear()
    assert await site.desk.column(ticket, "tags") == []
    await agent.patch(f"/tickets/{ticket}", {"priority": 3})
    await rules.hear()
    assert await site.desk.column(ticket, "tags") == ["looked"]


async def test_rule_knows_who_did_it(site: Site, rules: Rules, agent: Browser, lu: Actor) -> None:
    condition = {"field": "event_by", "op": "is", "value": "person"}
    await rules.add({"note": "By {{ticket.id}}"}, "ticket_assigned", condition=condition)
    ticket = await site.ticket("Hello")
    await agent.put(f"/tickets/{ticket}/assignment", {"assignee_id": lu.id})
    await rules.hear()
    notes = [one.text for one in await site.desk.timeline(ticket) if one.kind == "note"]
    assert notes == [f"By {ticket}"]


async def test_rule_that_a_verb_refuses_changes_nothing_and_says_so(site: Site, rules: Rules, lu: Actor) -> None:
    stranger = await site.desk.person("Far", await site.desk.team("Far"))
    rule = await rules.add({"priority": 4, "assignee": stranger.id})
    ticket = await site.ticket("Hello")
    await rules.hear()
    assert await site.desk.column(ticket, "priority") == 2
    (told,) = await rules.told(ticket)
    assert (told["state"], told["problem"]) == ("refused", "not_in_team")
    assert [one["problem"] for one in await rules.runs(rule)] == ["not_in_team"]
    assert lu.id


async def test_crash_within_a_batch_leaves_nothing_and_loses_nothing(
    site: Site, rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rules.add({"add_tags": ["seen"]})
    tickets = [await site.ticket("Hello", conversation=f"c{number}") for number in range(3)]
    tell = running._tell
    calls: list[int] = []

    async def fail_once(*given: Any, **named: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError
        await tell(*given, **named)

    monkeypatch.setattr(running, "_tell", fail_once)
    await rules.hear()
    assert [await site.desk.column(one, "tags") for one in tickets] == [["seen"]] * 3
    assert [len(await rules.told(one)) for one in tickets] == [1, 1, 1]


async def test_rules_that_wake_each_other_are_stopped_and_say_so(
    site: Site, rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def let_pass(*_: Any) -> None: ...

    # What cannot be seen on saving comes out at work: here the check looks away.
    monkeypatch.setattr("ombud.automation.rules.services.definitions.refuse_fights", let_pass)
    up = {"field": "priority", "op": "is_not", "value": 4}
    down = {"field": "priority", "op": "is", "value": 4}
    await rules.add({"priority": 4}, "ticket_opened", "ticket_changed", condition=up)
    await rules.add({"priority": 1}, "ticket_opened", "ticket_changed", condition=down)
    ticket = await site.ticket("Hello")
    await rules.hear()
    told = await rules.told(ticket)
    assert (told[-1]["state"], told[-1]["problem"]) == ("stopped", "loop_budget")
    assert [one["state"] for one in told].count("stopped") == 1
    assert len(told) <= running.MOST_CHAINED + 4


async def mail(site: Site, **more: Any) -> int:
    details = EntryDetails(
        from_=Address("rosa@example.com", "Rosa"), to=[Address("help@desk.example")], auto_answer="allowed"
    )
    sender = Sender("email", "rosa@example.com", name="Rosa", email="rosa@example.com")
    for name, one in more.items():
        setattr(details, name, one)
    return await site.ticket("It leaks", kind="email", sender=sender, details=details)


async def test_reply_goes_to_the_customer_without_lines_that_have_a_gap(site: Site, rules: Rules) -> None:
    await rules.add({"reply": "Dear {{customer.name}},\nI am {{agent.name}}.\nYour number is {{ticket.id}}."})
    ticket = await mail(site)
    await rules.hear()
    (sent,) = [one for one in await site.desk.timeline(ticket) if one.direction == "out"]
    assert sent.text == f"Dear Rosa,\nYour number is {ticket}."
    assert await site.desk.sql("select (envelope ->> 'is_automatic')::boolean from outbox") is True
    assert await site.desk.column(ticket, "category") == "new"


@pytest.mark.parametrize("more", [{"auto_answer": "auto_submitted"}, {"auto_answer": ""}])
async def test_reply_never_answers_a_machine(site: Site, rules: Rules, more: dict[str, Any]) -> None:
    await rules.add({"reply": "Thank you", "add_tags": ["answered"]})
    ticket = await mail(site, **more)
    await rules.hear()
    assert [one for one in await site.desk.timeline(ticket) if one.direction == "out"] == []
    assert await site.desk.column(ticket, "tags") == []
    (told,) = await rules.told(ticket)
    assert told["problem"] == "automatic_mail"


async def test_reply_that_would_be_the_sixth_within_a_day_is_refused(site: Site, rules: Rules) -> None:
    rule = await rules.add({"reply": "Thank you for writing about {{ticket.id}}"})
    channel = await site.desk.channel("api")
    for number in range(6):
        site.desk.later(minutes=5)
        await site.desk.deliver(channel, site.desk.message(f"Message {number}"))
        await rules.hear()
    (ticket,) = await site.desk.tickets()
    assert len([one for one in await site.desk.timeline(ticket) if one.direction == "out"]) == 5
    assert (await rules.runs(rule))[0]["problem"] == "automatic_limit"


async def test_rule_says_nothing_of_itself_to_customers(site: Site, rules: Rules) -> None:
    await rules.add({"note": "Look at this", "add_tags": ["seen"]})
    ticket = await site.ticket("Hello")
    await rules.hear()
    found = await site.desk.sql("select count(*) from public_entry where ticket_id = %(id)s", id=ticket)
    assert found == 1


async def test_rule_does_many_things_at_once(site: Site, rules: Rules, boss: Browser, lu: Actor) -> None:
    macro = (await boss.post("/macros", {"title": "M", "scope": "all", "actions": {"add_tags": ["macro"]}})).json()
    listed = await boss.post("/checklist-templates", {"name": "Steps", "items": ["Look", "Tell"]})
    actions = {
        "macro_id": macro["id"],
        "checklist_id": listed.json()["id"],
        "follower_ids": [lu.id],
        "add_tags": ["rule"],
        "assignee": lu.id,
        "snooze_minutes": 60,
    }
    await rules.add(actions, "ticket_opened")
    ticket = await site.ticket("Hello")
    await rules.hear()
    (told,) = await rules.told(ticket)
    assert told["state"] == "done", told
    assert await site.desk.column(ticket, "tags") == ["macro", "rule"]
    assert await site.desk.column(ticket, "assignee_id") == lu.id
    assert set(told["did"]) == {"followed", "checklist"}
    assert await site.desk.sql("select count(*) from checklist_item where ticket_id = %(id)s", id=ticket) == 2
    assert await site.desk.sql("select person_id from follower where ticket_id = %(id)s", id=ticket) == lu.id


async def test_mail_goes_to_the_address_and_never_to_the_customer(site: Site, rules: Rules) -> None:
    letter = {"subject": "About {{ticket.id}}", "text": "{{customer.name}} wrote."}
    await rules.add({"mail": {"address": "repairs@partner.example"} | letter}, "ticket_opened")
    await rules.add({"mail": {"address": "rosa@example.com"} | letter}, "ticket_opened")
    ticket = await mail(site)
    await rules.hear()
    sides = [one for one in await site.desk.timeline(ticket) if one.kind == "side"]
    assert [(one.text, one.details.subject) for one in sides] == [("Rosa wrote.", f"About {ticket}")]
    assert [one.get("problem") for one in await rules.told(ticket)] == [None, "customer_address"]


async def test_webhook_that_a_rule_names_gets_its_run_whatever_it_waits_for(site: Site, rules: Rules) -> None:
    sql = """
        insert into webhook (name, url, secret, kinds, created_by, created_at)
        select 'CRM', 'https://crm.example/hook', ''::bytea, '{ping}', min(id), now() from person returning id"""
    webhook = await site.desk.sql(sql)
    await rules.add({"webhook_id": webhook}, "ticket_opened")
    await site.ticket("Hello")
    await rules.hear()
    (ran,) = await site.desk.events("rule_ran")
    assert ran.data["webhook_ids"] == [webhook]
    async with site.desk.parts.database.transaction() as tx:
        await WEBHOOKS.react(tx, [ran], site.desk.now)
    assert await site.desk.sql("select seq from webhook_delivery where webhook_id = %(id)s", id=webhook) == ran.seq


async def test_found_risk_sets_off_a_rule_for_its_kind(rules: Rules, site: Site) -> None:
    await rules.add(
        {"add_tags": ["escalation"]}, "risk_found", condition={"field": "risk", "op": "any_of", "value": ["legal"]}
    )
    tickets = [await site.ticket(text, who=text) for text in ("I will sue you, my lawyer will write.", "It drips.")]
    async with site.desk.parts.database.transaction() as tx:
        await register_reader(tx, RISKS)
    await site.desk.run("update reader set seq = 0 where name = 'risks'")
    while (await read_batch(site.desk.parts.database, RISKS, now=site.desk.now)).passed:
        pass
    await rules.hear()
    assert [await site.desk.column(one, "tags") for one in tickets] == [["escalation"], []]
