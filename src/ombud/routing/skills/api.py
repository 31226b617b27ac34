"""Endpoints of skills, levels, settings of agents and teams, and requirement rules."""

from typing import Literal

from litestar import Response, Router, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from ombud.routing.skills import queries
from ombud.routing.skills.schemas import (
    AgentRouting,
    AgentRoutingIn,
    ExclusionIn,
    LevelChanges,
    LevelsWritten,
    PersonLevels,
    Requirement,
    RequirementIn,
    RequirementList,
    RequirementOrder,
    RequirementRollBack,
    RequirementTrial,
    RequirementTrialIn,
    RequirementVersions,
    ScorePreview,
    ScorePreviewIn,
    ScoreWeights,
    Skill,
    SkillIn,
    SkillList,
    TableIn,
    TableRead,
    TeamRouting,
    TeamRoutingIn,
    TeamRoutingList,
    WeightsIn,
)
from ombud.routing.skills.services import agents, definitions, fitting, levels, preview, requirements, teams, weights
from ombud.shared.errors import Invalid
from ombud.shared.http import SILENT, By, Now, Tx, may, signed_in
from ombud.shared.paging import Paged, checked_limit, decode_cursor, page
from ombud.shared.spreadsheets import TYPES

MANAGE = [may("routing.manage")]


@get("/skills", guards=[signed_in])
async def get_skills(tx: Tx, now: Now) -> SkillList:
    """Skills by kind and name, archived ones last."""
    return SkillList(await queries.list_skills(tx, today=now.date()))


@post("/skills", guards=MANAGE, status_code=HTTP_201_CREATED)
async def post_skill(tx: Tx, actor: By, now: Now, data: JSONBody[SkillIn]) -> Skill:
    """Make a skill. 409 ``name_taken``."""
    return await definitions.add_skill(tx, data, by=actor, now=now)


@patch("/skills/{skill_id:int}", guards=MANAGE)
async def patch_skill(tx: Tx, actor: By, now: Now, skill_id: FromPath[int], data: JSONBody[SkillIn]) -> Skill:
    """Change, archive or bring back a skill. 409 ``changed_meanwhile``, ``name_taken``, ``skill_in_use``."""
    return await definitions.change_skill(tx, skill_id, data, by=actor, now=now)


@get("/skill-levels", guards=MANAGE)
async def get_levels(
    tx: Tx,
    now: Now,
    team_id: FromQuery[int | None] = None,
    words: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> Paged[PersonLevels]:
    """The matrix: people who are given work, by name, with what they hold."""
    after = decode_cursor(cursor, tuple[str, int]) if cursor else None
    many = checked_limit(limit) + 1
    found = await levels.matrix(tx, team_id=team_id, words=words, after=after, limit=many, today=now.date())
    return page(found, limit, lambda one: (one.name, one.person_id))


@put("/skill-levels", guards=MANAGE)
async def put_levels(tx: Tx, actor: By, now: Now, data: JSONBody[LevelChanges]) -> LevelsWritten:
    """Write cells of the matrix, all or none. 409 ``level_changed`` where one is not as its writer saw it."""
    return LevelsWritten(await levels.write_levels(tx, data.items, by=actor, now=now))


@get("/skill-levels/file", guards=MANAGE)
async def get_levels_file(
    tx: Tx,
    actor: By,
    now: Now,
    kind: FromQuery[Literal["csv", "xlsx"]] = "csv",
    team_id: FromQuery[int | None] = None,
) -> Response[bytes]:
    """The matrix as a file that the import reads again."""
    day = now.date()
    content = await levels.export_levels(tx, team_id=team_id, kind=kind, locale=actor.locale, today=day)
    name = f"skill-levels-{day.isoformat()}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=TYPES[kind], headers=headers)


@post("/skill-levels/file", guards=MANAGE, status_code=HTTP_200_OK)
async def post_levels_file(tx: Tx, actor: By, now: Now, data: JSONBody[TableIn]) -> TableRead:
    """Take a table of levels over, or only say what it would change; with a single problem nothing is written."""
    return await levels.import_levels(tx, data.text, is_trial=data.is_trial, by=actor, now=now)


@get("/agent-routing", guards=MANAGE)
async def get_agents(
    tx: Tx,
    team_id: FromQuery[int | None] = None,
    words: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> Paged[AgentRouting]:
    """Settings of agents, by name."""
    after = decode_cursor(cursor, tuple[str, int]) if cursor else None
    many = checked_limit(limit) + 1
    people = await queries.list_agents(tx, team_id=team_id, words=words, after=after, limit=many)
    found = await queries.agents_settings(tx, [one.person_id for one in people])
    return page(found, limit, lambda one: (one.name, one.person_id))


@get("/agent-routing/{person_id:int}", guards=MANAGE)
async def get_agent(tx: Tx, person_id: FromPath[int]) -> AgentRouting:
    """An agent's settings."""
    return await queries.find_agent(tx, person_id)


@put("/agent-routing/{person_id:int}", guards=MANAGE)
async def put_agent(
    tx: Tx, actor: By, now: Now, person_id: FromPath[int], data: JSONBody[AgentRoutingIn]
) -> AgentRouting:
    """Change what an agent takes. 409 ``changed_meanwhile``."""
    return await agents.change_agent(tx, person_id, data, by=actor, now=now)


@put("/agent-routing/{person_id:int}/exclusions/{customer_id:int}", guards=MANAGE)
async def put_exclusion(
    tx: Tx, actor: By, now: Now, person_id: FromPath[int], customer_id: FromPath[int], data: JSONBody[ExclusionIn]
) -> AgentRouting:
    """Keep a customer's work from an agent."""
    return await agents.exclude_customer(tx, person_id, customer_id, data.reason, by=actor, now=now)


@delete("/agent-routing/{person_id:int}/exclusions/{customer_id:int}", guards=MANAGE, status_code=HTTP_204_NO_CONTENT)
async def delete_exclusion(tx: Tx, actor: By, now: Now, person_id: FromPath[int], customer_id: FromPath[int]) -> None:
    """Give an agent a customer's work again."""
    await agents.include_customer(tx, person_id, customer_id, by=actor, now=now)


@get("/team-routing", guards=[signed_in])
async def get_teams(tx: Tx) -> TeamRoutingList:
    """How work reaches the people of each team."""
    return TeamRoutingList(await queries.list_team_settings(tx))


@put("/team-routing/{team_id:int}", guards=MANAGE)
async def put_team(tx: Tx, actor: By, now: Now, team_id: FromPath[int], data: JSONBody[TeamRoutingIn]) -> TeamRouting:
    """Change how work reaches a team's people. 409 ``changed_meanwhile``."""
    return await teams.change_team_settings(tx, team_id, data, by=actor, now=now)


@get("/requirement-rules", guards=MANAGE)
async def get_requirements(tx: Tx) -> RequirementList:
    """Rules in their order: the first that fits work counts."""
    return RequirementList(await requirements.list_all(tx))


@post("/requirement-rules", guards=MANAGE, status_code=HTTP_201_CREATED)
async def post_requirement(tx: Tx, actor: By, now: Now, data: JSONBody[RequirementIn]) -> Requirement:
    """Keep a new rule, behind all others."""
    made = await requirements.add_requirement(tx, data, by=actor, now=now)
    return await requirements.read_requirement(tx, made)


@put("/requirement-rules/order", guards=MANAGE)
async def put_requirement_order(tx: Tx, actor: By, now: Now, data: JSONBody[RequirementOrder]) -> RequirementList:
    """Put rules into an order."""
    await requirements.order_requirements(tx, data, by=actor, now=now)
    return RequirementList(await requirements.list_all(tx))


@post("/requirement-rules/trial", guards=MANAGE, status_code=HTTP_200_OK, opt=SILENT)
async def post_trial(tx: Tx, actor: By, now: Now, data: JSONBody[RequirementTrialIn]) -> RequirementTrial:
    """Which waiting tickets a rule would count for, and who could take them. Nothing is saved."""
    return await fitting.try_requirement(tx, data, by=actor, now=now)


@get("/requirement-rules/{rule_id:int}", guards=MANAGE)
async def get_requirement(tx: Tx, rule_id: FromPath[int]) -> Requirement:
    """One rule."""
    return await requirements.read_requirement(tx, rule_id)


@patch("/requirement-rules/{rule_id:int}", guards=MANAGE)
async def patch_requirement(
    tx: Tx, actor: By, now: Now, rule_id: FromPath[int], data: JSONBody[RequirementIn]
) -> Requirement:
    """Change a rule, which makes a version, or switch it. 409 ``changed_meanwhile``, ``rule_names_gone``."""
    if data.version is None:
        raise Invalid("Say which version was read.", fields={"version": "required"})
    await requirements.change_requirement(tx, rule_id, data, by=actor, now=now)
    return await requirements.read_requirement(tx, rule_id)


@delete("/requirement-rules/{rule_id:int}", guards=MANAGE, status_code=HTTP_204_NO_CONTENT)
async def delete_requirement(tx: Tx, actor: By, now: Now, rule_id: FromPath[int]) -> None:
    """Take a rule out of use; work that waits by it goes on by it."""
    await requirements.archive_requirement(tx, rule_id, by=actor, now=now)


@get("/requirement-rules/{rule_id:int}/versions", guards=MANAGE)
async def get_versions(tx: Tx, rule_id: FromPath[int]) -> RequirementVersions:
    """Versions of a rule, newest first."""
    return RequirementVersions(await requirements.list_versions(tx, rule_id))


@post("/requirement-rules/{rule_id:int}/roll-back", guards=MANAGE, status_code=HTTP_200_OK)
async def post_roll_back(
    tx: Tx, actor: By, now: Now, rule_id: FromPath[int], data: JSONBody[RequirementRollBack]
) -> Requirement:
    """Let an earlier version hold again, as a new one. 409 ``changed_meanwhile``."""
    await requirements.roll_back(tx, rule_id, data, by=actor, now=now)
    return await requirements.read_requirement(tx, rule_id)


@get("/score-weights", guards=[signed_in])
async def get_weights(tx: Tx) -> ScoreWeights:
    """How much each part of the priority score counts."""
    return await queries.weights_now(tx)


@put("/score-weights", guards=MANAGE)
async def put_weights(tx: Tx, actor: By, now: Now, data: JSONBody[WeightsIn]) -> ScoreWeights:
    """Let the parts of the priority score count otherwise. 409 ``changed_meanwhile``."""
    return await weights.change_weights(tx, data, by=actor, now=now)


@post("/score-weights/preview", guards=MANAGE, status_code=HTTP_200_OK, opt=SILENT)
async def post_weights_preview(tx: Tx, actor: By, now: Now, data: JSONBody[ScorePreviewIn]) -> ScorePreview:
    """How other weights would order the work that waits. Nothing is saved."""
    return await preview.preview_weights(tx, data.weights, by=actor, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_skills, post_skill, patch_skill, get_levels, put_levels, get_levels_file, post_levels_file),
            *(get_agents, get_agent, put_agent, put_exclusion, delete_exclusion, get_teams, put_team),
            *(get_requirements, post_requirement, put_requirement_order, post_trial, get_requirement),
            *(patch_requirement, delete_requirement, get_versions, post_roll_back),
            *(get_weights, put_weights, post_weights_preview),
        ],
        tags=["routing"],
    )
]
