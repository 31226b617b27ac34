"""Alerts from messages: with their words, once, for those who may see the ticket, wherever the message goes."""

import pytest

from ombud.quality.risks.reactions import RISKS
from ombud.routing.engine.services.preparing import prepare
from ombud.shared.readers import read_batch
from tests.quality.risks.watch import LAWYER, Watch
from tests.site import note_of, reply_of


async def test_message_with_a_threat_raises_an_alert_with_its_words(watch: Watch) -> None:
    [one] = await watch.alerts(await watch.ticket())
    assert (one["kind"], one["state"], one["decided_by"]) == ("legal", "open", None)
    assert LAWYER[one["starts"] : one["ends"]] == one["words"]
    assert "律师" in one["words"]
    [found] = await watch.site.desk.events("risk_found")
    assert (found.data["alert_id"], found.data["risk"]) == (one["id"], "legal")


async def test_message_of_two_risks_raises_one_alert_of_each(watch: Watch) -> None:
    ticket = await watch.ticket("The charger caught fire. I will sue. Yes, I will sue you!")
    assert await watch.kinds(ticket) == ["legal", "safety"]


async def test_message_without_a_risk_raises_none(watch: Watch) -> None:
    assert await watch.alerts(await watch.ticket("可以用抖音支付吗?")) == []


async def test_reading_the_log_twice_alarms_and_tells_once(watch: Watch) -> None:
    ticket = await watch.ticket()
    await watch.site.desk.run("update reader set seq = 0 where name = 'risks'")
    assert (await read_batch(watch.site.desk.parts.database, RISKS, now=watch.site.desk.now)).passed
    assert len(await watch.alerts(ticket)) == 1
    assert await watch.told("wu") == 1


async def test_notes_and_our_own_replies_are_not_looked_at(watch: Watch) -> None:
    ticket = await watch.ticket("It drips.")
    assert (await watch.lin.post(f"/tickets/{ticket}/notes", note_of("He will sue, I will sue."))).status_code == 201
    assert (await watch.lin.post(f"/tickets/{ticket}/replies", reply_of("I will sue."))).status_code == 201
    await watch.follow()
    assert await watch.alerts(ticket) == []


async def test_supervisor_is_told_once_per_ticket_and_kind(watch: Watch) -> None:
    channel = await watch.site.desk.channel()
    for text in (LAWYER, "我要起诉你们", "电池起火了"):
        await watch.site.desk.deliver(channel, watch.site.desk.message(text))
        await watch.follow()
    [ticket] = await watch.site.desk.tickets()
    assert await watch.kinds(ticket) == ["legal", "legal", "safety"]
    assert (await watch.told("wu"), await watch.told("lin")) == (2, 0)


async def test_supervisor_of_another_team_is_not_told(watch: Watch) -> None:
    other = await watch.site.desk.team("Repairs")
    watch.people["su"] = await watch.site.desk.person("Su", other, role="supervisor")
    await watch.ticket()
    assert await watch.told("su") == 0


async def test_alerts_of_a_ticket_that_one_does_not_see_are_not_found(watch: Watch) -> None:
    ticket = await watch.ticket()
    other = await watch.site.desk.team("Repairs")
    su = await watch.site.browser(await watch.site.desk.person("Su", other))
    assert (await su.get(f"/tickets/{ticket}/risks")).status_code == 404
    [one] = await watch.alerts(ticket)
    refused = await su.put(f"/tickets/{ticket}/risks/{one['id']}/decision", {"state": "confirmed"})
    assert refused.status_code == 404
    assert [kept["state"] for kept in await watch.alerts(ticket)] == ["open"]


async def test_alerts_go_along_when_tickets_are_merged_and_come_back(watch: Watch) -> None:
    source, target = await watch.ticket(who="c1"), await watch.ticket("It drips.", who="c2")
    merged = await watch.lin.post(f"/tickets/{target}/merge", {"source_ids": [source], "confirmed": True})
    assert merged.status_code in {200, 201}, merged.text
    await watch.follow()
    assert await watch.kinds(target) == ["legal"]
    parted = await watch.lin.post(f"/tickets/{target}/unmerge", {"source_id": source})
    assert parted.status_code in {200, 201}, parted.text
    await watch.follow()
    assert (await watch.kinds(target), await watch.kinds(source)) == ([], ["legal"])


async def band(watch: Watch, ticket: int) -> tuple[int, bool]:
    """In which band a waiting ticket lies, and whether risk counts in its score."""
    async with watch.site.desk.parts.database.transaction() as tx:
        await prepare(tx, now=watch.site.desk.now)
    sql = "select score_parts from work_wait where ticket_id = %(id)s"
    parts = await watch.site.desk.sql(sql, id=ticket)
    return parts["band"], any(one["name"] == "risk" and one["points"] > 0 for one in parts["parts"])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("电池起火了", (1, False)),
        ("我要起诉你们", (1, True)),
        ("我要打12315投诉", (0, True)),
        ("找你们领导", (0, False)),
    ],
)
async def test_alert_lifts_the_waiting_ticket_until_it_is_called_false(
    watch: Watch, text: str, wanted: tuple[int, bool]
) -> None:
    ticket = await watch.site.ticket(text)
    assert await band(watch, ticket) == (0, False)
    await watch.follow()
    assert await band(watch, ticket) == wanted
    await watch.decide(ticket, "false_alarm")
    assert await band(watch, ticket) == (0, False)
