"""The batch that gives waiting work to agents."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ombud.routing.engine.queries.agents import load_agents, lock_there
from ombud.routing.engine.queries.teams import TeamRules, team_rules
from ombud.routing.engine.queries.works import Kind, WaitRow, first_of_kinds, lock_heads, waiting_kinds
from ombud.routing.engine.rules.deciding import decide_on
from ombud.routing.engine.rules.kinds import floor_of
from ombud.routing.engine.rules.servable import servable
from ombud.routing.engine.schemas import Agent, Decision, Work
from ombud.routing.engine.services.claiming import Won, assign_all, offer_all
from ombud.routing.engine.services.offers import end_missed
from ombud.routing.engine.services.preparing import prepare
from ombud.routing.skills.queries import skills_of_agents, weights_now
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction, value

BATCH = 500
# Of each kind of work at least so many pieces are looked at, however many kinds there are.
LEAST_OF_A_KIND = 4
MOST_LOOKED_AT = 200
# Asked first: most events bring no work to give, and the sum of everybody's load costs more than this look.
ANYTHING_WAITS = """
    select exists (select from work_wait where offered_to is null)
        or exists (select from work_offer where state = 'open' and expires_at <= %(now)s)"""


async def route(tx: Transaction, *, now: datetime, limit: int = BATCH) -> int:
    """Give waiting work to agents who are there and have room, or offer it to them; how many pieces found somebody.

    Any number of routers may run: agents and work are held while they are weighed, whoever is held already is passed
    by, and every claim asks again whether the ticket is free. What nobody can take keeps waiting.

    Emits: TicketAssigned, TicketMoved, OfferMade, OfferEnded
    """
    if not await value(tx, bool, ANYTHING_WAITS, {"now": now}):
        return 0
    # The tables change faster than their statistics, and a plan for any values passes their indexes by.
    await tx.execute("set local plan_cache_mode = force_custom_plan")
    await tx.execute("set local enable_seqscan = off")
    await end_missed(tx, now=now)
    await prepare(tx, now=now)
    kinds = await waiting_kinds(tx)
    if not kinds:
        return 0
    teams = await team_rules(tx)
    pushing = {one.team_id for one in teams.values() if one.routing == "push" and not one.is_archived}
    wanted = pushing & {team for kind in kinds for team in kind.offered_team_ids}
    agents = await _free(tx, wanted, pushing, teams, now=now)
    weights = (await weights_now(tx)).weights
    near = _near(kinds, agents, pushing)
    firsts = await first_of_kinds(tx, near) if near else []
    if any(one.steps for one in firsts):
        await _learn(tx, agents, now=now)
    # Work whose agents are all busy is not weighed again and again.
    floor = floor_of(agents)
    can = servable([one.work(teams, weights, now) for one in firsts], floor, now=now.timestamp())
    alive = {(one.team_id, one.kind_key) for one in firsts if one.ticket_id in can}
    found = await _work(tx, [one for one in near if (one.team_id, one.kind_key) in alive], agents, limit=limit)
    works = [one.work(teams, weights, now) for one in found]
    decisions = decide_on(floor, works, now=now.timestamp()) if works else []
    return await carry_out(tx, decisions[:limit], works, found, teams, now=now)


async def _free(
    tx: Transaction, wanted: set[int], pushing: set[int], teams: Mapping[int, TeamRules], *, now: datetime
) -> list[Agent]:
    ids = await lock_there(tx, wanted, now=now) if wanted else []
    agents = await load_agents(tx, ids, teams=teams, now=now, with_skills=False) if ids else []
    for one in agents:
        # Work of teams that let their people draw is not given to them.
        one.team_ids = tuple(team for team in one.team_ids if team in pushing)
    return [one for one in agents if not one.unavailable and one.capacity > min(one.load, one.firm_load)]


async def _learn(tx: Transaction, agents: Sequence[Agent], *, now: datetime) -> None:
    held = await skills_of_agents(tx, [one.id for one in agents], today=now.date())
    for one in agents:
        one.skills = held.get(one.id, {})


def _near(kinds: Sequence[Kind], agents: Sequence[Agent], pushing: set[int]) -> list[Kind]:
    served = {team for one in agents for team in one.team_ids}
    return [one for one in kinds if one.team_id in pushing and served & set(one.offered_team_ids)]


async def _work(tx: Transaction, kinds: Sequence[Kind], agents: Sequence[Agent], *, limit: int) -> list[WaitRow]:
    if not kinds:
        return []
    # Twice the room, so that there is something to choose from.
    room = sum(max(one.capacity - one.load, 1) for one in agents)
    most = 2 * min(limit, room)
    head = max(most // len(kinds), LEAST_OF_A_KIND)
    return await lock_heads(tx, kinds, head=head, limit=max(most, MOST_LOOKED_AT))


async def carry_out(
    tx: Transaction,
    decisions: Sequence[Decision],
    works: Sequence[Work],
    found: Sequence[WaitRow],
    teams: Mapping[int, TeamRules],
    *,
    now: datetime,
) -> int:
    """Assign what is taken without being asked, offer the rest; how many pieces of work found somebody."""
    steps = {one.id: bool(one.steps) for one in works}
    home = {one.ticket_id: one for one in found}
    won = [Won(one, home[one.work_id].team_id, steps[one.work_id]) for one in decisions]
    offered = [
        (one, teams[one.from_team_id].offer_seconds)
        for one in won
        if home[one.decision.work_id].channel in teams[one.from_team_id].offered_channels
    ]
    asked = {one.decision.work_id for one, _ in offered}
    plain = [one for one in won if one.decision.work_id not in asked]
    window = 60.0 * min((teams[one.from_team_id].fairness_minutes for one in plain), default=60)
    given = await assign_all(tx, plain, kind="assigned", by=SYSTEM, now=now, window_seconds=window)
    return given + await offer_all(tx, offered, now=now)
