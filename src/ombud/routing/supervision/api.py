"""Endpoints of the live page."""

from litestar import Router, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT

from ombud.routing.floor.queries import break_queue, require_led, require_team
from ombud.routing.floor.services.alarms import list_alarms
from ombud.routing.floor.services.hands import list_hands
from ombud.routing.skills.queries import levels_of
from ombud.routing.supervision import queries, services
from ombud.routing.supervision.adherence import adherence_today
from ombud.routing.supervision.board import watch_live
from ombud.routing.supervision.schemas import (
    AdherenceList,
    AgentSkills,
    CapacityIn,
    Live,
    LiveTicketList,
    SkillLevelIn,
    Suspended,
    SuspensionIn,
    WritingList,
)
from ombud.shared.http import SILENT, By, Now, Reading, Tx, may
from ombud.tickets.queries.tickets import require_visible

AGENT = "/live/agents/{person_id:int}"


@get("/live", guards=[may("floor.lead")])
async def get_live(reading: Reading, actor: By, now: Now, state: State) -> Live:
    """Queues and agents of the teams that one leads, now; what changes afterwards comes by the stream."""
    watch_live(state.bus)
    queue = await break_queue(reading)
    return Live(
        at=now,
        queues=queries.visible_queues(await queries.load_queues(reading, now=now), by=actor),
        agents=queries.visible_agents(await queries.load_agents(reading, now=now), by=actor),
        breaks=[one for one in queue if any(actor.sees_team(team) for team in one.team_ids)],
        hands=(await list_hands(reading, by=actor, now=now)).items,
        alarms=await list_alarms(reading, by=actor, now=now),
    )


@get("/live/adherence", guards=[may("floor.lead")])
async def get_adherence(reading: Reading, actor: By, now: Now) -> AdherenceList:
    """How far the people whom one leads were in their planned hours today, until now."""
    return AdherenceList(await adherence_today(reading, by=actor, now=now))


@put("/live/watching", guards=[may("floor.lead")], status_code=HTTP_204_NO_CONTENT, opt=SILENT)
async def put_watching(state: State) -> None:
    """Say that one still watches; a page does so every minute."""
    watch_live(state.bus)


@get(f"{AGENT}/conversations", guards=[may("floor.lead")])
async def get_conversations(reading: Reading, actor: By, person_id: FromPath[int]) -> LiveTicketList:
    """What an agent works on."""
    await require_led(reading, person_id, by=actor)
    return LiveTicketList(await queries.agent_tickets(reading, person_id, by=actor))


@get("/live/queues/{team_id:int}/conversations", guards=[may("floor.lead")])
async def get_waiting(reading: Reading, actor: By, team_id: FromPath[int]) -> LiveTicketList:
    """What waits in a team's queue."""
    require_team(team_id, by=actor)
    return LiveTicketList(await queries.queue_tickets(reading, team_id, by=actor))


@post("/tickets/{ticket_id:int}/listening", guards=[may("floor.lead")], status_code=HTTP_204_NO_CONTENT)
async def post_listening(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int]) -> None:
    """Write down that one begins to listen in on a conversation; nobody on it is told."""
    await services.listen_in(tx, ticket_id, by=actor, now=now)


@get("/tickets/{ticket_id:int}/writing", guards=[may("floor.lead")])
async def get_writing(reading: Reading, actor: By, now: Now, ticket_id: FromPath[int]) -> WritingList:
    """What agents are writing on a ticket and have not sent."""
    ticket_id = await require_visible(reading, ticket_id, by=actor)
    return WritingList(await queries.what_is_written(reading, ticket_id, now=now))


@put(f"{AGENT}/capacity", guards=[may("floor.lead")], status_code=HTTP_204_NO_CONTENT)
async def put_capacity(tx: Tx, actor: By, now: Now, person_id: FromPath[int], data: JSONBody[CapacityIn]) -> None:
    """Give an agent another capacity at once."""
    await services.change_capacity(tx, person_id, data.capacity_points, by=actor, now=now)


@get(f"{AGENT}/skills", guards=[may("floor.lead")])
async def get_skills(reading: Reading, actor: By, now: Now, person_id: FromPath[int]) -> AgentSkills:
    """What an agent whom one leads holds."""
    await require_led(reading, person_id, by=actor)
    return AgentSkills((await levels_of(reading, [person_id], today=now.date())).get(person_id, []))


@put(f"{AGENT}/skills/{{skill_id:int}}", guards=[may("floor.lead")], status_code=HTTP_204_NO_CONTENT)
async def put_skill(
    tx: Tx, actor: By, now: Now, person_id: FromPath[int], skill_id: FromPath[int], data: JSONBody[SkillLevelIn]
) -> None:
    """Give an agent another level of a skill at once. 409 ``level_changed`` if it is not as one saw it."""
    await services.change_skill(tx, person_id, skill_id, data, by=actor, now=now)


@put(f"{AGENT}/suspension", guards=[may("floor.lead")])
async def put_suspension(
    tx: Tx, actor: By, now: Now, person_id: FromPath[int], data: JSONBody[SuspensionIn]
) -> Suspended:
    """Keep somebody from customers at once; their work goes back to its teams, what they planned to write is held."""
    return await services.suspend_agent(tx, person_id, data.reason, by=actor, now=now)


@put(f"{AGENT}/suspension/end", guards=[may("floor.lead")], status_code=HTTP_204_NO_CONTENT)
async def put_suspension_end(tx: Tx, actor: By, now: Now, person_id: FromPath[int]) -> None:
    """Let somebody talk with customers again."""
    await services.lift_suspension(tx, person_id, by=actor, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_live, get_adherence, put_watching, get_conversations, get_waiting, post_listening, get_writing),
            *(get_skills, put_skill, put_capacity, put_suspension, put_suspension_end),
        ],
        tags=["supervision"],
    )
]
