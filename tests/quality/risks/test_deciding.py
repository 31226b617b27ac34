"""People confirm alerts or call them false, and false alarms teach."""

import pytest

from tests.quality.risks.watch import LAWYER, Watch

FALSE = "我要起诉你们"


@pytest.mark.parametrize("state", ["confirmed", "false_alarm"])
async def test_decide_keeps_who_said_so_and_announces_it_once(watch: Watch, state: str) -> None:
    ticket = await watch.ticket()
    for _ in range(2):
        answer = await watch.decide(ticket, state)
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    [one] = await watch.alerts(ticket)
    assert (one["state"], one["decided_by"]) == (state, watch.people["lin"].id)
    [decided] = await watch.site.desk.events("risk_decided")
    assert (decided.data["state"], decided.actor_id) == (state, watch.people["lin"].id)


async def test_decide_otherwise_later_replaces_what_was_said(watch: Watch) -> None:
    ticket = await watch.ticket()
    await watch.decide(ticket, "false_alarm")
    await watch.decide(ticket, "confirmed", watch.wu)
    [one] = await watch.alerts(ticket)
    assert (one["state"], one["decided_by"]) == ("confirmed", watch.people["wu"].id)


async def test_decide_nonsense_is_refused_and_changes_nothing(watch: Watch) -> None:
    ticket = await watch.ticket()
    assert (await watch.decide(ticket, "open")).status_code == 400
    assert (await watch.lin.put(f"/tickets/{ticket}/risks/999/decision", {"state": "confirmed"})).status_code == 404


async def test_words_that_three_people_called_false_alarm_no_more(watch: Watch) -> None:
    await watch.call_false(FALSE, "Ann", "Ben", "Cyd")
    assert await watch.alerts(await watch.ticket(FALSE, who="next")) == []
    # other words of the same kind still do
    assert await watch.kinds(await watch.ticket(LAWYER, who="another")) == ["legal"]
    settings = (await watch.wu.get("/risk-settings")).json()
    [silence] = settings["silences"]
    assert (silence["kind"], silence["phrase"]) == ("legal", "起诉")
    assert silence["person_ids"] == sorted(watch.people[name].id or 0 for name in ("Ann", "Ben", "Cyd"))


async def test_words_that_one_person_called_false_three_times_still_alarm(watch: Watch) -> None:
    await watch.call_false(FALSE, "Ann", "Ann", "Ann")
    assert await watch.kinds(await watch.ticket(FALSE, who="next")) == ["legal"]


async def test_words_of_a_life_at_stake_never_fall_silent(watch: Watch) -> None:
    await watch.call_false("我不想活了", "Ann", "Ben", "Cyd")
    assert await watch.kinds(await watch.ticket("我不想活了", who="next")) == ["self_harm"]


async def test_silence_taken_back_alarms_again_and_starts_counting_anew(watch: Watch) -> None:
    await watch.call_false(FALSE, "Ann", "Ben", "Cyd")
    [silence] = (await watch.wu.get("/risk-settings")).json()["silences"]
    path = f"/risk-settings/silences/{silence['id']}"
    assert (await watch.wu.delete(path)).json()["silences"] == []
    assert (await watch.wu.delete(path)).status_code == 404
    watch.site.desk.later(seconds=1)
    await watch.call_false(FALSE, "Ann")
    assert await watch.kinds(await watch.ticket(FALSE, who="next")) == ["legal"]


async def test_a_false_alarm_lets_the_next_one_be_told(watch: Watch) -> None:
    channel = await watch.site.desk.channel()
    await watch.site.desk.deliver(channel, watch.site.desk.message(LAWYER))
    await watch.follow()
    [ticket] = await watch.site.desk.tickets()
    await watch.decide(ticket, "false_alarm")
    await watch.site.desk.deliver(channel, watch.site.desk.message("我已经去法院立案了"))
    await watch.follow()
    assert await watch.told("wu") == 2
