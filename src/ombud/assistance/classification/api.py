"""Endpoints of classification: a ticket's labels, and what makes them.

They need ``app.state.passages`` (PassageIndex).
"""

from litestar import Router, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_202_ACCEPTED

from ombud.assistance.classification.schemas import (
    Aspect,
    AspectSettingIn,
    ClassificationSettings,
    HeadIn,
    LabelDecisionIn,
    LearntAspect,
    TicketLabels,
)
from ombud.assistance.classification.services import labels, lessons, settings
from ombud.knowledge.retrieval.services import PassageIndex
from ombud.shared.http import By, Now, Reading, Tx, may

SETTINGS = "/classification-settings"


@get("/tickets/{ticket_id:int}/labels", guards=[may("tickets.read")])
async def get_labels(reading: Reading, actor: By, ticket_id: FromPath[int]) -> TicketLabels:
    """What a machine takes the ticket for, with how sure it is, and what people said of that."""
    return await labels.show_labels(reading, ticket_id, by=actor)


@put("/tickets/{ticket_id:int}/labels/{aspect:str}/decision", guards=[may("tickets.write")])
async def put_label_decision(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], aspect: FromPath[Aspect], data: JSONBody[LabelDecisionIn]
) -> TicketLabels:
    """Confirm the machine's label or correct it; new heads learn from that. Type, product and reason are set, too."""
    return await labels.decide_label(tx, ticket_id, aspect, data.label, by=actor, now=now)


@get(SETTINGS, guards=[may("routing.manage")])
async def get_classification_settings(reading: Reading, now: Now, state: State) -> ClassificationSettings:
    """What is looked at, its heads with their scores, how much waits, and how much was let go today."""
    return await settings.show_settings(reading, has_meaning=await _has_meaning(reading, state), now=now)


@put(f"{SETTINGS}/{{aspect:str}}", guards=[may("routing.manage")])
async def put_classification_setting(
    tx: Tx, actor: By, now: Now, state: State, aspect: FromPath[Aspect], data: JSONBody[AspectSettingIn]
) -> ClassificationSettings:
    """Say whether an aspect is looked at, from which confidence on it is set, and which field holds it."""
    await settings.change_setting(tx, aspect, data, by=actor, now=now)
    return await settings.show_settings(tx, has_meaning=await _has_meaning(tx, state), now=now)


@put(f"{SETTINGS}/{{aspect:str}}/head", guards=[may("routing.manage")])
async def put_head(
    tx: Tx, actor: By, now: Now, state: State, aspect: FromPath[LearntAspect], data: JSONBody[HeadIn]
) -> ClassificationSettings:
    """Let another head work: one of before, or none, then names and shipped examples do."""
    await lessons.choose_head(tx, aspect, data.version_id, by=actor, now=now)
    return await settings.show_settings(tx, has_meaning=await _has_meaning(tx, state), now=now)


@post(f"{SETTINGS}/training", guards=[may("routing.manage")], status_code=HTTP_202_ACCEPTED)
async def post_training(tx: Tx, actor: By, now: Now, state: State) -> ClassificationSettings:
    """Have new heads learnt now; they are measured on tickets kept apart, and work only if they are no worse."""
    await settings.ask_to_learn(tx, by=actor, now=now)
    return await settings.show_settings(tx, has_meaning=await _has_meaning(tx, state), now=now)


async def _has_meaning(tx: Tx, state: State) -> bool:
    passages: PassageIndex = state.passages
    return await passages.meaning.embedder(tx) is not None


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_labels, put_label_decision, get_classification_settings),
            *(put_classification_setting, put_head, post_training),
        ],
        tags=["classification"],
    )
]
