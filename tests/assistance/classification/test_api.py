"""The endpoints of classification: labels on a ticket, and the settings of what makes them."""

from typing import Any

import pytest

from ombud.assistance.classification.jobs import Classifier
from ombud.assistance.classification.reactions import CLASSIFICATION
from ombud.assistance.classification.schemas import ASPECTS
from ombud.intelligence.embedding.services import Meaning
from ombud.knowledge.retrieval.index import PassageIndex
from ombud.shared.readers import read_batch, register_reader
from tests.accounts.desk import Browser
from tests.site import Site

SETTINGS = "/classification-settings"


@pytest.fixture
async def lin(site: Site) -> Browser:
    """An agent of the first team."""
    return await site.browser(await site.desk.person("Lin"))


@pytest.fixture
async def wu(site: Site) -> Browser:
    """A supervisor."""
    return await site.browser(await site.desk.person("Wu", role="supervisor"))


async def looked_at(site: Site, text: str = "垃圾服务，骗子公司，还我钱！") -> int:
    """A ticket that was looked at, by words alone."""
    desk = site.desk
    async with desk.parts.database.transaction() as tx:
        await register_reader(tx, CLASSIFICATION)
    ticket = await site.ticket(text)
    await desk.events()
    await read_batch(desk.parts.database, CLASSIFICATION, now=desk.now)
    index = PassageIndex(Meaning(desk.parts.models, is_shipped=False))
    await Classifier(desk.parts.database, desk.parts.clock, index).step()
    return ticket


async def labels_of(who: Browser, ticket: int) -> dict[str, Any]:
    """A ticket's labels by aspect, as its page shows them."""
    answer = await who.get(f"/tickets/{ticket}/labels")
    assert answer.status_code == 200, answer.text
    return {one["aspect"]: one for one in answer.json()["items"]}


async def test_ticket_shows_labels_with_confidence_and_choices(site: Site, lin: Browser) -> None:
    ticket = await looked_at(site)
    found = (await lin.get(f"/tickets/{ticket}/labels")).json()
    assert {"sentiment", "emotion", "language", "spam", "severity"} == {one["aspect"] for one in found["items"]}
    assert [one["value"] for one in found["choices"]["sentiment"]] == ["negative", "neutral", "positive"]
    assert found["is_waiting"] is False


async def test_ticket_that_was_not_looked_at_says_that_it_waits(site: Site, lin: Browser) -> None:
    ticket = await site.ticket("It leaks")
    await site.desk.run(
        "insert into classification_wait (ticket_id, asked_at) values (%(id)s, %(now)s)", id=ticket, now=site.desk.now
    )
    assert (await lin.get(f"/tickets/{ticket}/labels")).json()["is_waiting"] is True


async def test_agent_corrects_a_label_and_the_machines_guess_stays_shown(site: Site, lin: Browser) -> None:
    ticket = await looked_at(site)
    path = f"/tickets/{ticket}/labels/sentiment/decision"
    assert (await lin.put(path, {"label": "neutral"})).status_code == 200
    label = (await labels_of(lin, ticket))["sentiment"]
    assert (label["state"], label["label"], label["guess"]) == ("corrected", "neutral", "negative")


@pytest.mark.parametrize(
    ("aspect", "label", "status"), [("sentiment", "furious", 400), ("weather", "x", 400), ("severity", "9", 400)]
)
async def test_decision_that_cannot_be_is_refused(
    site: Site, lin: Browser, aspect: str, label: str, status: int
) -> None:
    ticket = await looked_at(site)
    assert (await lin.put(f"/tickets/{ticket}/labels/{aspect}/decision", {"label": label})).status_code == status


async def test_severity_that_somebody_chooses_is_the_tickets_priority(site: Site, lin: Browser) -> None:
    ticket = await looked_at(site)
    assert (await lin.put(f"/tickets/{ticket}/labels/severity/decision", {"label": "4"})).status_code == 200
    assert await site.desk.column(ticket, "priority") == 4


async def test_settings_name_every_aspect_and_the_work(site: Site, wu: Browser) -> None:
    await looked_at(site)
    found = (await wu.get(SETTINGS)).json()
    assert [one["setting"]["aspect"] for one in found["aspects"]] == list(ASPECTS)
    assert (found["load"]["waiting"], found["load"]["looked_at"], found["load"]["skipped"]) == (0, 1, 0)
    assert sum(one["set"] + one["proposed"] + one["unknown"] for one in found["aspects"]) == 5


async def test_setting_is_kept_and_told_once(site: Site, wu: Browser) -> None:
    body = {"is_on": False, "threshold": 0.9, "field_key": None}
    for _ in range(2):
        answer = await wu.put(f"{SETTINGS}/emotion", body)
        assert answer.status_code == 200, answer.text
    kept = next(one["setting"] for one in answer.json()["aspects"] if one["setting"]["aspect"] == "emotion")
    assert (kept["is_on"], kept["threshold"]) == (False, pytest.approx(0.9))
    [told] = await site.desk.events("classification_changed")
    assert told.data == {"aspect": "emotion", "change": "setting"}


@pytest.mark.parametrize("body", [{"is_on": True, "threshold": 2}, {"is_on": True, "threshold": 0.9, "field_key": "x"}])
async def test_setting_that_cannot_be_is_refused(wu: Browser, body: dict[str, Any]) -> None:
    assert (await wu.put(f"{SETTINGS}/product", body)).status_code == 400


async def test_training_is_asked_for_once(wu: Browser) -> None:
    first = (await wu.post(f"{SETTINGS}/training")).json()["training"]["asked_at"]
    assert first is not None
    assert (await wu.post(f"{SETTINGS}/training")).json()["training"]["asked_at"] == first


async def test_settings_are_for_those_who_lead(lin: Browser) -> None:
    assert (await lin.get(SETTINGS)).status_code == 403
    assert (await lin.put(f"{SETTINGS}/spam", {"is_on": False, "threshold": 0.5})).status_code == 403
    assert (await lin.post(f"{SETTINGS}/training")).status_code == 403


async def test_head_of_another_aspect_is_not_found(wu: Browser) -> None:
    assert (await wu.put(f"{SETTINGS}/type/head", {"version_id": 999})).status_code == 404
