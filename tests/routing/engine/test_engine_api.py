"""The engine's endpoints: offers on one's own screen, drawing, why, and ranks by hand with their review."""

import pytest

from ombud.routing.engine.schemas.live import OfferFrame
from ombud.routing.engine.services import route
from ombud.shared.actor import Actor
from tests.routing.engine.scenes import Scene, asks
from tests.site import Site


@pytest.fixture
async def scene(site: Site) -> Scene:
    return Scene(site.desk)


@pytest.fixture
async def lu(scene: Scene) -> Actor:
    person = await scene.desk.person("Lu")
    await scene.desk.online(person)
    return person


async def test_offer_is_told_to_its_agent_alone_and_is_accepted(site: Site, scene: Scene, lu: Actor) -> None:
    await scene.team_settings(offered_channels=["chat"])
    other = await scene.desk.person("Other")
    [ticket] = await scene.arrive(kind="chat")
    await scene.route()
    browser, outsider = await site.browser(lu), await site.browser(other)
    [offer] = (await browser.get("/me/offers")).json()["items"]
    assert (offer["ticket_id"], offer["channel_kind"], offer["seconds"]) == (ticket, "chat", 30)
    assert (await outsider.get("/me/offers")).json()["items"] == []
    assert (await outsider.put(f"/me/offers/{offer['id']}/acceptance", {})).status_code == 404
    answer = await browser.put(f"/me/offers/{offer['id']}/acceptance", {})
    assert answer.json() == {"ticket_id": ticket}
    assert await scene.holder(ticket) == lu.id
    frames = [one.data for one in await site.frames(lu) if one.event == "offer"]
    assert frames == [OfferFrame(offer["id"], "open", ticket), OfferFrame(offer["id"], "accepted", ticket)]
    assert [one for one in await site.frames(other) if one.event == "offer"] == []


async def test_offer_declined_wants_a_reason_and_is_over(site: Site, scene: Scene, lu: Actor) -> None:
    await scene.team_settings(offered_channels=["chat"])
    await scene.arrive(kind="chat")
    await scene.route()
    browser = await site.browser(lu)
    [offer] = (await browser.get("/me/offers")).json()["items"]
    assert (await browser.put(f"/me/offers/{offer['id']}/refusal", {"reason": " "})).status_code == 400
    assert (await browser.put(f"/me/offers/{offer['id']}/refusal", {"reason": "In a call"})).status_code == 204
    answer = await browser.put(f"/me/offers/{offer['id']}/acceptance", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "offer_gone")


async def test_next_ticket_is_drawn_and_nothing_is_left_after(site: Site, scene: Scene, lu: Actor) -> None:
    await scene.desk.run("update team set routing = 'pull'")
    [ticket] = await scene.arrive()
    browser = await site.browser(lu)
    assert (await browser.post("/me/next-ticket", {})).json() == {"ticket_id": ticket}
    assert (await browser.post("/me/next-ticket", {})).json() == {"ticket_id": None}
    await browser.put("/me/presence", {"state": "away"})
    answer = await browser.post("/me/next-ticket", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_online")


async def test_explain_two_urgent_are_ranked_and_the_page_says_by_what(site: Site, scene: Scene) -> None:
    first, second = await scene.arrive(2)
    await scene.desk.run("update ticket set priority = 4")
    await scene.desk.run("update ticket set tags = '{media}' where id = %(id)s", id=second)
    await scene.route()
    browser = await site.browser(await scene.desk.person("Boss", role="supervisor"))
    why = (await browser.get(f"/tickets/{first}/routing")).json()
    assert (why["state"], why["rank"], why["waiting"], why["score"]) == ("waiting", 2, 2, 60)
    [ahead] = why["ahead"]
    assert (ahead["ticket_id"], ahead["score"]) == (second, 85)
    assert [one["name"] for one in ahead["more"]] == ["risk"]
    assert {one["name"]: one["points"] for one in why["parts"]}["urgency"] == 60


async def test_explain_for_names_what_is_lacking_and_who_is_better(site: Site, scene: Scene, lu: Actor) -> None:
    mia = await scene.desk.person("Mia", capacity=0)
    french = await scene.skill("French")
    await scene.learn(mia, french, 5)
    await scene.require(asks(french, 3))
    [ticket] = await scene.arrive()
    await scene.route()
    browser = await site.browser(lu)
    own = (await browser.get(f"/tickets/{ticket}/routing/people/{lu.id}")).json()
    assert own["exclusions"] == [{"code": "skills", "needs": [{"skill_id": french, "level": 3}]}]
    assert (own["is_waiting"], own["place"], own["candidates"], own["fit"]) == (True, None, 0, 0)
    hers = (await browser.get(f"/tickets/{ticket}/routing/people/{mia.id}")).json()
    assert [one["code"] for one in hers["exclusions"]] == ["offline", "no_capacity"]
    assert (await browser.get(f"/tickets/{ticket}/routing/people/999999")).status_code == 404


async def test_explain_of_an_unseen_ticket_is_not_found(site: Site, scene: Scene, lu: Actor) -> None:
    [ticket] = await scene.arrive(team=await scene.desk.team("Elsewhere"))
    browser = await site.browser(lu)
    assert (await browser.get(f"/tickets/{ticket}/routing")).status_code == 404
    assert (await browser.get(f"/tickets/{ticket}/routing/people/{lu.id}")).status_code == 404


async def test_explain_after_assignment_keeps_the_record(site: Site, scene: Scene, lu: Actor) -> None:
    [ticket] = await scene.arrive()
    await scene.route()
    why = (await (await site.browser(lu)).get(f"/tickets/{ticket}/routing")).json()
    assert (why["state"], [one["kind"] for one in why["lines"]]) == ("assigned", ["assigned"])
    assert (why["lines"][0]["person_name"], why["lines"][0]["details"]["count"]) == ("Lu", 1)


async def test_rank_by_hand_goes_first_within_its_band_and_is_reviewed_by_somebody_else(
    site: Site, scene: Scene
) -> None:
    low, high, safe = await scene.arrive(3)
    await scene.desk.run("update ticket set priority = 4 where id = %(id)s", id=high)
    await scene.desk.run("update ticket set tags = '{safety}' where id = %(id)s", id=safe)
    await scene.route()
    boss = await site.browser(await scene.desk.person("Boss", role="supervisor"))
    chief = await site.browser(await scene.desk.person("Chief", role="supervisor"))
    answer = await boss.put(f"/tickets/{low}/rank", {"place": "first", "reason": "Press call at noon"})
    assert answer.status_code == 200, answer.text
    await scene.route()
    ranks = [(await boss.get(f"/tickets/{one}/routing")).json()["rank"] for one in (safe, low, high)]
    assert ranks == [1, 2, 3]
    [made] = (await chief.get("/routing/ranks?unreviewed=true")).json()["items"]
    assert (made["reason"], made["person_name"], made["score_before"]) == ("Press call at noon", "Boss", 20)
    own = await boss.put(f"/routing/ranks/{made['id']}/review", {"review": "Right"})
    assert (own.status_code, own.json()["code"]) == (409, "own_review")
    assert (await chief.put(f"/routing/ranks/{made['id']}/review", {"review": "Right"})).json()["review"] == "Right"
    assert (await chief.get("/routing/ranks?unreviewed=true")).json()["items"] == []
    assert (await boss.delete(f"/tickets/{low}/rank")).status_code == 204
    await scene.route()
    assert (await boss.get(f"/tickets/{low}/routing")).json()["rank"] == 3
    assert (await boss.delete(f"/tickets/{low}/rank")).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"reason": "x"}, 400),
        ({"reason": "x", "place": "first", "score": 3}, 400),
        ({"reason": "", "place": "first"}, 400),
        ({"reason": "x", "score": -1}, 400),
        ({"reason": "x", "place": "last"}, 200),
        ({"reason": "x", "score": 99}, 200),
    ],
)
async def test_rank_wants_a_reason_and_one_place(
    site: Site, scene: Scene, body: dict[str, object], status: int
) -> None:
    [ticket] = await scene.arrive()
    await scene.route()
    boss = await site.browser(await scene.desk.person("Boss", role="supervisor"))
    assert (await boss.put(f"/tickets/{ticket}/rank", body)).status_code == status


async def test_rank_of_what_does_not_wait_and_by_agents_is_refused(site: Site, scene: Scene, lu: Actor) -> None:
    [ticket] = await scene.arrive()
    body = {"place": "first", "reason": "x"}
    assert (await (await site.browser(lu)).put(f"/tickets/{ticket}/rank", body)).status_code == 403
    async with scene.tx() as tx:
        await route(tx, now=scene.desk.now)
    boss = await site.browser(await scene.desk.person("Boss", role="supervisor"))
    answer = await boss.put(f"/tickets/{ticket}/rank", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_waiting")


async def test_stuck_list_shows_reason_and_count_of_teams_one_sees(site: Site, scene: Scene) -> None:
    elsewhere = await scene.desk.team("Elsewhere")
    await scene.arrive(2)
    await scene.arrive(team=elsewhere)
    await scene.route()
    await scene.stuck()
    boss = await site.browser(await scene.desk.person("Boss", role="supervisor", capacity=0))
    [group] = (await boss.get("/routing/stuck")).json()["items"]
    assert (group["team_id"], group["reason"], group["count"]) == (1, "nobody_in_team", 2)
    assert len(group["ticket_ids"]) == 2
