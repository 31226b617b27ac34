"""Who hears of which risk, and doubts about one's own language."""

from typing import Any

import pytest

from tests.quality.risks.watch import Watch


async def test_settings_begin_with_the_supervisors_for_every_kind(watch: Watch) -> None:
    found = (await watch.wu.get("/risk-settings")).json()
    assert len(found["recipients"]) == 10
    assert all(one["roles"] == ["supervisor"] and one["person_ids"] == [] for one in found["recipients"])
    assert found["silences"] == []


async def test_recipients_said_hear_of_that_kind_instead(watch: Watch) -> None:
    body = {"roles": [], "person_ids": [watch.people["lin"].id]}
    answer = await watch.wu.put("/risk-settings/recipients/legal", body)
    assert answer.status_code == 200, answer.text
    await watch.ticket()
    assert (await watch.told("wu"), await watch.told("lin")) == (0, 1)
    await watch.ticket("电池起火了", who="c2")
    assert (await watch.told("wu"), await watch.told("lin")) == (1, 1)


async def test_recipient_who_does_not_see_the_ticket_is_not_told(watch: Watch) -> None:
    other = await watch.site.desk.team("Repairs")
    watch.people["su"] = await watch.site.desk.person("Su", other)
    await watch.wu.put("/risk-settings/recipients/legal", {"roles": ["agent"], "person_ids": [watch.people["su"].id]})
    await watch.ticket()
    assert (await watch.told("su"), await watch.told("lin")) == (0, 1)


async def test_saying_the_same_recipients_again_announces_nothing(watch: Watch) -> None:
    body: dict[str, Any] = {"roles": ["agent"], "person_ids": []}
    for _ in range(2):
        assert (await watch.wu.put("/risk-settings/recipients/churn", body)).status_code == 200
    [changed] = await watch.site.desk.events("risk_settings_changed")
    assert changed.data == {"risk": "churn", "change": "recipients"}


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("weather", {"roles": [], "person_ids": []}, {400, 404}),
        ("agent_language", {"roles": [], "person_ids": []}, {404}),
        ("legal", {"roles": ["king"], "person_ids": []}, {400}),
        ("legal", {"roles": [], "person_ids": [99999]}, {400, 422}),
    ],
)
async def test_bad_recipients_are_refused(watch: Watch, kind: str, body: object, status: set[int]) -> None:
    assert (await watch.wu.put(f"/risk-settings/recipients/{kind}", body)).status_code in status


async def test_agents_may_not_see_or_change_the_settings(watch: Watch) -> None:
    body: dict[str, Any] = {"roles": [], "person_ids": []}
    assert (await watch.lin.get("/risk-settings")).status_code == 403
    assert (await watch.lin.put("/risk-settings/recipients/legal", body)).status_code == 403
    assert (await watch.lin.delete("/risk-settings/silences/1")).status_code == 403


@pytest.mark.parametrize(
    ("text", "words"), [("😀 这不关我的事。", "不关我的事"), ("Well, that's not my problem.", "not my problem")]
)
async def test_language_doubt_names_the_words_as_browsers_count(watch: Watch, text: str, words: str) -> None:
    ticket = await watch.ticket("It drips.")
    answer = await watch.lin.post(f"/tickets/{ticket}/language-doubts", {"text": text})
    [one] = answer.json()["items"]
    units = text.encode("utf-16-le")
    assert one["words"] == words
    assert units[2 * one["start"] : 2 * one["end"]].decode("utf-16-le") == words


async def test_polite_reply_raises_no_doubt_and_nothing_is_kept(watch: Watch) -> None:
    ticket = await watch.ticket("It drips.")
    before = len(await watch.site.desk.events())
    answer = await watch.lin.post(f"/tickets/{ticket}/language-doubts", {"text": "您好,我马上为您查。"})
    assert (answer.status_code, answer.json()) == (200, {"items": []})
    assert len(await watch.site.desk.events()) == before
