"""Entering, changing, trying and removing endpoints; and what administrators alone may."""

from typing import Any

import pytest

from ombud.intelligence.models import endpoints
from ombud.intelligence.models.endpoints import EndpointInUse, NameTaken
from ombud.intelligence.models.schemas import ModelEndpoint, ModelEndpointChange, ModelPolicyIn, ModelPurposeIn
from ombud.intelligence.models.trying import try_endpoint
from ombud.shared.database import value
from ombud.shared.errors import Invalid, NotFound
from ombud.shared.outbound import AddressRefused
from tests.intelligence.models.asked import ADMIN, KEYS, Asked, said
from tests.modelserver import ModelServer, Say

WORD = said(word="parcel")


async def change(asked: Asked, endpoint_id: int, **given: Any) -> ModelEndpoint:
    """Change an endpoint."""
    async with asked.models.database.transaction() as tx:
        return await endpoints.change_endpoint(
            tx,
            endpoint_id,
            ModelEndpointChange(**given),
            keys=KEYS,
            guard=asked.models.guard,
            by=ADMIN,
            now=asked.now,
        )


async def test_keeps_key_sealed(asked: Asked) -> None:
    endpoint = await asked.endpoint(key="sk-secret-1234")
    async with asked.models.database.transaction() as tx:
        sealed = await value(tx, bytes, "select key from model_endpoint where id = %(id)s", {"id": endpoint.id})
    assert endpoint.has_key
    assert sealed is not None
    assert b"secret" not in sealed
    assert KEYS.open(sealed, place=endpoints.key_place(endpoint.id)) == b"sk-secret-1234"


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/v1", "http://169.254.169.254/latest", "ftp://x", "http://u:p@a.example"]
)
async def test_refuses_addresses_inside(asked: Asked, url: str) -> None:
    with pytest.raises(AddressRefused):
        await asked.endpoint(url=url)


async def test_names_own_setting_when_it_refuses(asked: Asked) -> None:
    asked.models.guard._setting = "OMBUD_MODELS_ALLOW"
    with pytest.raises(AddressRefused, match="OMBUD_MODELS_ALLOW"):
        await asked.endpoint(url="http://10.0.0.1/v1")


async def test_refuses_name_twice(asked: Asked) -> None:
    await asked.endpoint()
    with pytest.raises(NameTaken):
        await asked.endpoint()


async def test_never_takes_key_along_to_another_address(asked: Asked) -> None:
    endpoint = await asked.endpoint()
    with pytest.raises(Invalid):
        await change(asked, endpoint.id, base_url="http://127.0.0.1:1/v1")
    changed = await change(asked, endpoint.id, base_url="http://127.0.0.1:1/v1", key="sk-another")
    assert changed.base_url == "http://127.0.0.1:1/v1"
    assert not (await change(asked, endpoint.id, key="")).has_key


async def test_change_ends_rest_and_forgets_form(asked: Asked, server: ModelServer) -> None:
    server.key = "sk-right"
    endpoint = await asked.ready()
    await asked.ask()
    assert (await asked.state(endpoint.id)).resting_until is not None
    changed = await change(asked, endpoint.id, key="sk-right")
    assert (changed.resting_until, changed.failures, changed.problem) == (None, 0, "")
    server.say(said(colour="red"))
    assert (await asked.ask()).value is not None


async def test_switched_off_endpoint_is_not_asked(asked: Asked, server: ModelServer) -> None:
    endpoint = await asked.ready()
    await change(asked, endpoint.id, is_on=False)
    assert (await asked.ask()).problem == "off"
    assert server.got == []


async def test_removes_endpoint_only_when_unused_and_forgets_its_key(asked: Asked) -> None:
    endpoint = await asked.ready()
    async with asked.models.database.transaction() as tx:
        with pytest.raises(EndpointInUse):
            await endpoints.remove_endpoint(tx, endpoint.id, by=ADMIN, now=asked.now)
    await asked.purpose(None, is_on=False)
    async with asked.models.database.transaction() as tx:
        await endpoints.remove_endpoint(tx, endpoint.id, by=ADMIN, now=asked.now)
        assert await value(tx, int, "select count(*) from model_endpoint where key is not null") == 0
    with pytest.raises(NotFound):
        await asked.state(endpoint.id)
    assert (await asked.endpoint()).name == "Local"


async def test_refuses_endpoint_of_another_kind_and_purpose_without_one(asked: Asked) -> None:
    endpoint = await asked.endpoint()
    with pytest.raises(Invalid):
        await asked.purpose(endpoint.id, "embed")
    with pytest.raises(Invalid):
        await asked.purpose(None)


async def test_shows_every_purpose_with_what_it_spent_today(asked: Asked, server: ModelServer) -> None:
    endpoint = await asked.ready()
    server.say(said(colour="red"))
    await asked.ask()
    settings = await asked.purpose(endpoint.id, tokens_a_day=500)
    reply = next(one for one in settings.purposes if one.purpose == "reply")
    assert (reply.tokens_today, reply.exchanges_today, reply.tokens_a_day) == (110, 1, 500)
    assert [one.is_on for one in settings.purposes].count(True) == 1


async def test_announces_changes_and_only_changes(asked: Asked) -> None:
    endpoint = await asked.endpoint()
    await asked.purpose(endpoint.id)
    await asked.purpose(endpoint.id)
    await change(asked, endpoint.id, name="Local")
    async with asked.models.database.transaction() as tx:
        await endpoints.set_policy(tx, ModelPolicyIn(30), by=ADMIN, now=asked.now)
        await endpoints.set_policy(tx, ModelPolicyIn(30), by=ADMIN, now=asked.now)
        await endpoints.set_purpose(tx, "reply", ModelPurposeIn(endpoint.id, is_on=True), by=ADMIN, now=asked.now)
        kinds = await value(tx, list[str], "select array_agg(kind order by id) from event_new")
    assert kinds == ["model_endpoint_changed", "model_purpose_changed", "model_policy_changed"]


async def test_trial_tells_that_it_works_and_counts_no_budget(asked: Asked, server: ModelServer) -> None:
    endpoint = await asked.endpoint()
    server.say(WORD)
    trial = await try_endpoint(asked.models, endpoint.id, by=ADMIN)
    assert (trial.ok, trial.problem, trial.answer, trial.output) == (True, None, "parcel", "json_schema")
    assert (await asked.exchange()).purpose == "trial"
    assert await asked.spent() == 0


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ([Say(status=401, text="bad key")], "wrong_key"),
        ([Say(status=404, text="no such model")] * 3, "wrong_model"),
        (["I am a parrot."] * 2, "nonsense"),
        ([said(word="banana")] * 2, "refused"),
        ([Say(raw=b"<html>")], "failed"),
    ],
)
async def test_trial_tells_what_is_wrong(
    asked: Asked, server: ModelServer, answers: list[str | Say], problem: str
) -> None:
    endpoint = await asked.endpoint()
    server.say(*answers)
    trial = await try_endpoint(asked.models, endpoint.id, by=ADMIN)
    assert (trial.ok, trial.problem) == (False, problem)
    assert trial.detail


async def test_trial_ends_rest(asked: Asked, server: ModelServer) -> None:
    endpoint = await asked.ready()
    server.say(Say(status=401), WORD, said(colour="red"))
    await asked.ask()
    assert (await try_endpoint(asked.models, endpoint.id, by=ADMIN)).ok
    assert (await asked.ask()).value is not None


async def test_trial_of_embeddings_counts_dimensions(asked: Asked) -> None:
    endpoint = await asked.endpoint(kind="embedding")
    assert (await try_endpoint(asked.models, endpoint.id, by=ADMIN)).answer == "4 dimensions"
    with pytest.raises(NotFound):
        await try_endpoint(asked.models, endpoint.id + 1, by=ADMIN)
