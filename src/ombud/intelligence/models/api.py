"""Endpoints of language models: where they are, what they are asked for, what they may cost, and a trial.

They need ``app.state.key_ring`` (KeyRing) and ``app.state.models`` (Models).
"""

from litestar import Router, delete, get, patch, post, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from ombud.intelligence.models import endpoints, queries
from ombud.intelligence.models.schemas import (
    EndpointTrial,
    ModelEndpoint,
    ModelEndpointChange,
    ModelEndpointIn,
    ModelPolicyIn,
    ModelPurposeIn,
    ModelSettings,
    Purpose,
)
from ombud.intelligence.models.trying import try_endpoint
from ombud.shared.http import SILENT, By, Now, Reading, Tx, may

MANAGE = [may("models.manage")]


@get("/model-settings", guards=MANAGE)
async def get_model_settings(reading: Reading, now: Now) -> ModelSettings:
    """Endpoints with how they do, purposes with what was spent today, and how long exchanges are kept."""
    return await queries.load_settings(reading, now.date())


@post("/model-endpoints", guards=MANAGE)
async def post_model_endpoint(
    tx: Tx, actor: By, now: Now, state: State, data: JSONBody[ModelEndpointIn]
) -> ModelEndpoint:
    """Enter an endpoint. Its key is never shown again."""
    guard = state.models.guard
    return await endpoints.add_endpoint(tx, data, keys=state.key_ring, guard=guard, by=actor, now=now)


@patch("/model-endpoints/{endpoint_id:int}", guards=MANAGE)
async def patch_model_endpoint(
    tx: Tx, actor: By, now: Now, state: State, endpoint_id: FromPath[int], data: JSONBody[ModelEndpointChange]
) -> ModelEndpoint:
    """Change an endpoint, which ends its rest. Another address needs its key again."""
    guard = state.models.guard
    return await endpoints.change_endpoint(tx, endpoint_id, data, keys=state.key_ring, guard=guard, by=actor, now=now)


@delete("/model-endpoints/{endpoint_id:int}", guards=MANAGE, status_code=HTTP_204_NO_CONTENT)
async def delete_model_endpoint(tx: Tx, actor: By, now: Now, endpoint_id: FromPath[int]) -> None:
    """Remove an endpoint; 409 with the code ``model_endpoint_in_use`` while a purpose uses it."""
    await endpoints.remove_endpoint(tx, endpoint_id, by=actor, now=now)


@post("/model-endpoints/{endpoint_id:int}/trial", guards=MANAGE, status_code=HTTP_200_OK, opt=SILENT)
async def post_model_trial(actor: By, state: State, endpoint_id: FromPath[int]) -> EndpointTrial:
    """Ask it one small question at once and tell what came of it."""
    return await try_endpoint(state.models, endpoint_id, by=actor)


@put("/model-purposes/{purpose:str}", guards=MANAGE)
async def put_model_purpose(
    tx: Tx, actor: By, now: Now, purpose: FromPath[Purpose], data: JSONBody[ModelPurposeIn]
) -> ModelSettings:
    """Say what a purpose may use and spend in a day, or switch it off."""
    return await endpoints.set_purpose(tx, purpose, data, by=actor, now=now)


@put("/model-policy", guards=MANAGE)
async def put_model_policy(tx: Tx, actor: By, now: Now, data: JSONBody[ModelPolicyIn]) -> ModelSettings:
    """Say how long exchanges are kept."""
    return await endpoints.set_policy(tx, data, by=actor, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_model_settings, post_model_endpoint, patch_model_endpoint, delete_model_endpoint),
            *(post_model_trial, put_model_purpose, put_model_policy),
        ],
        tags=["models"],
    )
]
