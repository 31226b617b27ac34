"""Endpoints of strain: one's own, what teams agree on, and who is above the bound as far as that is told."""

from litestar import Router, get, put
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT

from ombud.routing.strain import queries
from ombud.routing.strain.schemas import (
    BreakAnswerIn,
    OwnStrain,
    StrainedAgents,
    StrainIn,
    StrainPolicies,
    StrainPolicyIn,
)
from ombud.routing.strain.services import own, policies
from ombud.shared.http import By, Now, Reading, Tx, may


@get("/me/strain", guards=[may("presence.own")])
async def get_own_strain(reading: Reading, actor: By) -> OwnStrain:
    """One's own strain, with what it is made of and by which weights; nobody else gets this."""
    return await own.show_own(reading, by=actor)


@put("/me/strain", guards=[may("presence.own")])
async def put_own_strain(tx: Tx, actor: By, now: Now, data: JSONBody[StrainIn]) -> OwnStrain:
    """Have one's strain watched, or not. 409 ``policy_changed`` where the team tells more people than one was shown."""
    return await own.switch(tx, data, by=actor, now=now)


@put("/me/strain/break", guards=[may("presence.own")])
async def put_break_answer(tx: Tx, actor: By, now: Now, data: JSONBody[BreakAnswerIn]) -> OwnStrain:
    """Say what one does about a break that was proposed."""
    return await own.answer_break(tx, data, by=actor, now=now)


@get("/strain/policies", guards=[may("teamwork.lead")])
async def get_strain_policies(reading: Reading, actor: By) -> StrainPolicies:
    """What one's teams have agreed on."""
    return StrainPolicies(await queries.list_policies(reading, by=actor))


@put("/strain/policies/{team_id:int}", guards=[may("teamwork.lead")], status_code=HTTP_204_NO_CONTENT)
async def put_strain_policy(
    tx: Tx, actor: By, now: Now, team_id: FromPath[int], data: JSONBody[StrainPolicyIn]
) -> None:
    """Write down what a team has agreed on."""
    await policies.change_policy(tx, team_id, data, by=actor, now=now)


@get("/strain/people", guards=[may("teamwork.lead")])
async def get_strained_people(reading: Reading, actor: By) -> StrainedAgents:
    """Who is above the bound, of teams that tell it and people who agreed; that, and nothing of why."""
    return StrainedAgents(await queries.strained(reading, by=actor))


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_own_strain, put_own_strain, put_break_answer),
            *(get_strain_policies, put_strain_policy, get_strained_people),
        ],
        tags=["routing"],
    )
]
