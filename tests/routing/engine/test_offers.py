"""Offers: taken, declined, missed, withdrawn; and the next one, please."""

from datetime import timedelta

import pytest

from ombud.routing.engine.services import accept, decline, forget_decisions, pull
from ombud.routing.engine.services.offers import OfferGone
from ombud.routing.engine.services.pulling import NotOnline
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.errors import NotFound
from ombud.tickets.schemas import AssignmentIn
from ombud.tickets.services.changes import assign_ticket
from tests.routing.engine.scenes import Scene


@pytest.fixture
async def lu(scene: Scene) -> Actor:
    await scene.team_settings(offered_channels=["chat"], offer_seconds=30)
    person = await scene.desk.person("Lu")
    await scene.desk.online(person)
    return person


async def offer(scene: Scene) -> tuple[int, int]:
    [ticket] = await scene.arrive(kind="chat")
    assert await scene.route() == 1
    return ticket, int(await scene.desk.sql("select id from work_offer where ticket_id = %(id)s", id=ticket))


async def outcome(scene: Scene, offer_id: int) -> str:
    return str(await scene.desk.sql("select state from work_offer where id = %(id)s", id=offer_id))


async def test_accept_gives_the_ticket_once(scene: Scene, lu: Actor) -> None:
    ticket, offer_id = await offer(scene)
    assert await scene.holder(ticket) is None
    for _ in range(2):
        async with scene.tx() as tx:
            assert await accept(tx, offer_id, by=lu, now=scene.desk.now) == ticket
    assert await scene.holder(ticket) == lu.id
    assert await scene.lines(ticket) == ["offered", "accepted"]
    assert [one.data["outcome"] for one in await scene.desk.events("offer_ended")] == ["accepted"]
    assert len(await scene.desk.events("ticket_assigned")) == 1


async def test_offer_counts_as_load_and_is_made_once(scene: Scene, lu: Actor) -> None:
    await scene.desk.run("update person set capacity_points = 2 where id = %(id)s", id=lu.id)
    await offer(scene)
    await scene.arrive(kind="chat")
    assert await scene.route() == 0
    assert await scene.desk.sql("select count(*) from work_offer") == 1


async def test_decline_leaves_the_work_to_the_next_and_never_comes_back(scene: Scene, lu: Actor) -> None:
    ticket, offer_id = await offer(scene)
    mia = await scene.desk.person("Mia")
    async with scene.tx() as tx:
        await decline(tx, offer_id, reason="I know them", by=lu, now=scene.desk.now)
    assert await scene.route() == 0
    await scene.desk.online(mia)
    assert await scene.route() == 1
    assert await scene.desk.sql("select person_id from work_offer where state = 'open'") == mia.id
    assert await scene.lines(ticket) == ["offered", "declined", "offered"]


async def test_miss_brings_the_work_to_the_next_and_sets_the_agent_busy(scene: Scene, lu: Actor) -> None:
    ticket, offer_id = await offer(scene)
    scene.desk.later(seconds=29)
    assert await scene.end_missed() == 0
    mia = await scene.desk.person("Mia")
    await scene.desk.online(mia)
    scene.desk.later(seconds=1)
    assert await scene.route() == 1
    assert await outcome(scene, offer_id) == "missed"
    state = await scene.desk.sql("select state || ' ' || reason from presence where person_id = %(id)s", id=lu.id)
    assert state == "busy missed"
    assert await scene.desk.sql("select person_id from work_offer where state = 'open'") == mia.id
    with pytest.raises(OfferGone):
        async with scene.tx() as tx:
            await accept(tx, offer_id, by=lu, now=scene.desk.now)
    assert await scene.holder(ticket) is None


@pytest.mark.usefixtures("lu")
@pytest.mark.parametrize("what", ["assigned", "solved", "away", "silent"])
async def test_offer_whose_work_or_agent_is_gone_is_withdrawn(scene: Scene, what: str) -> None:
    ticket, offer_id = await offer(scene)
    mia = await scene.desk.person("Mia")
    if what == "assigned":
        async with scene.tx() as tx:
            await assign_ticket(tx, ticket, AssignmentIn(assignee_id=mia.id), by=SYSTEM, now=scene.desk.now)
    elif what == "solved":
        await scene.solve(ticket)
    elif what == "away":
        await scene.desk.run("update presence set state = 'away'")
    else:
        await scene.desk.run("update presence set seen_at = %(old)s", old=scene.desk.later(seconds=-61))
        scene.desk.later(seconds=61)
    assert await scene.end_missed() == 1
    assert await outcome(scene, offer_id) == "withdrawn"
    assert await scene.wait(ticket, "offered_to") is None


async def test_accept_or_decline_of_somebody_else_is_not_found(scene: Scene, lu: Actor) -> None:
    _, offer_id = await offer(scene)
    mia = await scene.desk.person("Mia")
    for verb in (lambda tx: accept(tx, offer_id, by=mia, now=scene.desk.now),
                 lambda tx: decline(tx, offer_id, reason="x", by=mia, now=scene.desk.now)):  # fmt: skip
        with pytest.raises(NotFound):
            async with scene.tx() as tx:
                await verb(tx)
    assert await outcome(scene, offer_id) == "open"
    assert lu.id != mia.id


async def test_pull_gives_the_most_urgent_and_one_at_a_time(scene: Scene) -> None:
    await scene.desk.run("update team set routing = 'pull'")
    lu = await scene.desk.person("Lu")
    await scene.desk.online(lu)
    first, second = await scene.arrive(2)
    await scene.desk.run("update ticket set priority = 4 where id = %(id)s", id=second)
    assert await scene.route() == 0
    drawn = []
    for _ in range(3):
        async with scene.tx() as tx:
            drawn.append((await pull(tx, by=lu, now=scene.desk.now)).ticket_id)
    assert drawn == [second, first, None]
    assert await scene.lines(second) == ["pulled"]


async def test_pull_of_who_is_not_there_is_refused(scene: Scene) -> None:
    lu = await scene.desk.person("Lu")
    with pytest.raises(NotOnline):
        async with scene.tx() as tx:
            await pull(tx, by=lu, now=scene.desk.now)


async def test_forget_takes_half_a_year_old_lines_with_their_offers_and_leaves_the_timeline(
    scene: Scene, lu: Actor
) -> None:
    ticket, offer_id = await offer(scene)
    async with scene.tx() as tx:
        await accept(tx, offer_id, by=lu, now=scene.desk.now)
    told = "select count(*) from entry where ticket_id = %(id)s and kind = 'change'"
    before = await scene.desk.sql(told, id=ticket)
    for days, left in ((179, ["offered", "accepted"]), (181, [])):
        async with scene.tx() as tx:
            await forget_decisions(tx, now=scene.desk.now + timedelta(days=days))
        assert await scene.lines(ticket) == left
    assert await scene.desk.sql("select count(*) from work_offer") == 0
    assert await scene.desk.sql(told, id=ticket) == before > 0
    assert await scene.holder(ticket) == lu.id
