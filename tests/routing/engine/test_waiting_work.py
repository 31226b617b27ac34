"""The table of waiting work follows the ticket, whoever changes it, and the router alone adds what it needs."""

import pytest

from ombud.shared.actor import SYSTEM
from ombud.tickets.schemas import AssignmentIn
from ombud.tickets.services.changes import assign_ticket, snooze_ticket
from tests.routing.engine.scenes import Scene


async def waiting(scene: Scene) -> list[int]:
    found: list[int] = await scene.desk.sql(
        "select coalesce(array_agg(ticket_id order by ticket_id), '{}') from work_wait"
    )
    return found


async def test_work_waits_from_arrival_until_it_has_an_agent(scene: Scene) -> None:
    first, second = await scene.arrive(2)
    assert await waiting(scene) == [first, second]
    lu = await scene.desk.person("Lu")
    async with scene.tx() as tx:
        await assign_ticket(tx, first, AssignmentIn(assignee_id=lu.id), by=SYSTEM, now=scene.desk.now)
    assert await waiting(scene) == [second]
    async with scene.tx() as tx:
        await assign_ticket(tx, first, AssignmentIn(assignee_id=None), by=SYSTEM, now=scene.desk.now)
    assert await waiting(scene) == [first, second]


async def test_work_that_sleeps_does_not_wait_and_wakes_to_wait_anew(scene: Scene) -> None:
    [ticket] = await scene.arrive()
    await scene.route()
    async with scene.tx() as tx:
        await snooze_ticket(tx, ticket, scene.desk.later(hours=1), by=SYSTEM, now=scene.desk.later(hours=-1))
    assert await waiting(scene) == []
    async with scene.tx() as tx:
        await snooze_ticket(tx, ticket, None, by=SYSTEM, now=scene.desk.later(minutes=5))
    await scene.route()
    assert await scene.wait(ticket, "eligible_at") == scene.desk.now


@pytest.mark.parametrize("how", ["solved", "on_hold", "gone"])
async def test_work_that_is_over_waits_no_more(scene: Scene, how: str) -> None:
    [ticket] = await scene.arrive()
    if how == "gone":
        await scene.desk.run("set session_replication_role = 'origin'")
        await scene.desk.run("delete from work_wait where ticket_id = %(id)s", id=ticket)
    else:
        await scene.desk.run("update ticket set category = %(how)s", how=how)
    assert await waiting(scene) == []


async def test_work_moved_to_another_team_waits_there_from_the_start(scene: Scene) -> None:
    other = await scene.desk.team("Other")
    [ticket] = await scene.arrive()
    await scene.route()
    await scene.desk.run("update ticket set team_id = %(team)s", team=other)
    assert await scene.wait(ticket, "(team_id, offered_team_ids, place is null)::text") == f"({other},{{{other}}},t)"


async def test_team_that_turns_to_manual_has_no_waiting_work_and_back_all_of_it(scene: Scene) -> None:
    tickets = await scene.arrive(2)
    await scene.desk.run("update team set routing = 'manual'")
    assert await waiting(scene) == []
    await scene.arrive()
    await scene.desk.run("update team set routing = 'push'")
    assert len(await waiting(scene)) == 3
    assert set(tickets) < set(await waiting(scene))


async def test_score_is_made_anew_when_what_it_is_made_of_changes(scene: Scene) -> None:
    [ticket] = await scene.arrive()
    await scene.route()
    before = await scene.wait(ticket, "score")
    await scene.desk.run("update ticket set priority = 4, tags = '{VIP}'")
    await scene.route()
    assert await scene.wait(ticket, "score") == before + 40


@pytest.mark.parametrize(
    ("change", "part", "points"),
    [
        ("tags = '{Legal}'", "law", 1_000_020),
        ("""fields = '{"is_safety": true}'""", "safety", 1_000_020),
        ("""fields = '{"severity": "critical"}'""", "severity", 50),
        ("""fields = '{"affected_people": 1000}'""", "people", 40),
        ("""fields = '{"money_at_stake": {"amount_cents": 10000000, "currency": "CNY"}}'""", "money", 35),
        ("tags = '{media}'", "risk", 45),
        ("due_at = '2026-11-23T09:00Z'", "deadline", 60),
        ("waiting_since = '2026-11-23T08:00Z'", "waiting", 35),
    ],
)
async def test_score_counts_what_the_ticket_says(scene: Scene, change: str, part: str, points: float) -> None:
    [ticket] = await scene.arrive()
    await scene.desk.run(f"update ticket set {change}")
    await scene.route()
    assert await scene.wait(ticket, "score") == pytest.approx(points)
    assert part in await scene.wait(ticket, "(score_parts -> 'parts')::text")


async def test_score_of_a_tier_counts_by_the_weights(scene: Scene) -> None:
    [ticket] = await scene.arrive()
    await scene.desk.run("update customer set tier = 'VIP'")
    await scene.route()
    assert await scene.wait(ticket, "score") == pytest.approx(45)


async def test_place_keeps_its_order_while_work_only_waits(scene: Scene) -> None:
    [first] = await scene.arrive()
    await scene.route()
    scene.desk.later(minutes=30)
    [second] = await scene.arrive()
    await scene.route()
    places = [await scene.wait(one, "place") for one in (first, second)]
    assert places[0] - places[1] == pytest.approx(30 * 0.25)
