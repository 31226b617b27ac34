"""Work that nobody can take: its reason is seen, and those who lead hear of it once."""

import pytest

from tests.routing.engine.scenes import Scene, asks


async def stuck(scene: Scene, ticket: int) -> str | None:
    await scene.route()
    await scene.stuck()
    found: str | None = await scene.wait(ticket, "stuck_reason")
    return found


async def told(scene: Scene) -> int:
    return int(await scene.desk.sql("select count(*) from notification where kind = 'work_stuck'"))


async def test_stuck_everybody_offline_says_so_once_and_passes(scene: Scene) -> None:
    boss = await scene.desk.person("Boss", role="supervisor", capacity=0)
    lu = await scene.desk.person("Lu")
    [ticket] = await scene.arrive()
    assert await stuck(scene, ticket) == "nobody_online"
    assert await stuck(scene, ticket) == "nobody_online"
    await scene.arrive()
    assert await stuck(scene, ticket) == "nobody_online"
    sql = "select count(*) from notification where kind = 'work_stuck' and person_id = %(id)s"
    assert await scene.desk.sql(sql, id=boss.id) == 1
    [event] = await scene.desk.events("work_stuck")
    assert (event.team_id, event.data["reason"], event.data["count"]) == (1, "nobody_online", 1)
    await scene.desk.run("update person set capacity_points = 1 where id = %(id)s", id=lu.id)
    await scene.desk.online(lu)
    await scene.route()
    await scene.stuck()
    assert await scene.desk.sql("select count(*) from work_wait where stuck_since is not null") == 0


@pytest.mark.parametrize(
    "why", ["nobody_skilled", "no_capacity", "nobody_in_team", "team_archived", "refused", "clock"]
)
async def test_stuck_names_the_reason(scene: Scene, why: str) -> None:
    team = await scene.desk.team("Alone")
    lu = await scene.desk.person("Lu", team if why != "nobody_in_team" else 1)
    if why == "nobody_skilled":
        await scene.require(asks(await scene.skill("Rare"), 3))
    [ticket] = await scene.arrive(team=team)
    if why == "no_capacity":
        await scene.desk.run("update person set capacity_points = 0")
    if why == "team_archived":
        await scene.desk.run("update team set archived_at = now() where id = %(team)s", team=team)
    if why == "refused":
        await scene.desk.run("update work_wait set refused_by = array[%(id)s::bigint]", id=lu.id)
    if why == "clock":
        scene.desk.later(hours=-1)
    if why != "clock":
        await scene.desk.online(lu)
    assert await stuck(scene, ticket) == why
    assert await scene.holder(ticket) is None


async def test_stuck_busy_agents_are_no_reason(scene: Scene) -> None:
    lu = await scene.desk.person("Lu", capacity=1)
    await scene.desk.online(lu)
    _, second = await scene.arrive(2)
    assert await stuck(scene, second) is None
    await scene.desk.run("update presence set state = 'break'")
    assert await stuck(scene, second) is None
    assert await told(scene) == 0


async def test_stuck_alert_goes_out_again_after_it_had_passed(scene: Scene) -> None:
    await scene.desk.person("Boss", role="supervisor", capacity=0)
    lu = await scene.desk.person("Lu", capacity=1)
    await scene.arrive(2)
    await scene.route()
    await scene.stuck()
    await scene.desk.online(lu)
    await scene.route()
    await scene.stuck()
    await scene.desk.run("update presence set state = 'offline'")
    await scene.stuck()
    assert len(await scene.desk.events("work_stuck")) == 2
