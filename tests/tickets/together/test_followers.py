"""Followers: who hears of a ticket, and of what."""

import pytest

from ombud.shared.actor import Actor
from ombud.shared.readers import read_batch
from ombud.tickets.services.together.notices import FOLLOWERS
from tests.accounts.desk import Browser
from tests.site import Site, note_of, reply_of


async def heard(browser: Browser) -> list[str]:
    return [one["kind"] for one in (await browser.get("/notifications")).json()["items"]]


async def tell_followers(site: Site) -> None:
    await site.desk.events()
    await read_batch(site.desk.parts.database, FOLLOWERS, now=site.desk.now)


async def test_follow_and_end_it_changes_once_and_shows_in_the_view(
    site: Site, lus: Browser, lu: Actor, ticket: int
) -> None:
    for _ in range(2):
        shown = (await lus.put(f"/tickets/{ticket}/followers/{lu.id}", None)).json()
        assert (shown["is_following"], [one["way"] for one in shown["followers"]]) == (True, ["own"])
    assert [one["id"] for one in (await lus.get("/tickets?view=following")).json()["items"]] == [ticket]
    counts = {one["key"]: one["count"] for one in (await lus.get("/views")).json()["items"]}
    assert counts["following"] == 1
    for _ in range(2):
        assert (await lus.delete(f"/tickets/{ticket}/followers/{lu.id}")).json()["is_following"] is False
    events = await site.desk.events("followers_changed")
    assert [one.data["change"] for one in events] == ["added", "removed"]
    assert (await lus.get("/tickets?view=following")).json()["items"] == []
    assert await heard(lus) == []


async def test_following_view_is_paged_by_activity(site: Site, lus: Browser, lu: Actor, ticket: int) -> None:
    tickets = [ticket, *[await site.ticket(who=f"c{number}") for number in range(2, 5)]]
    for one in tickets:
        await lus.put(f"/tickets/{one}/followers/{lu.id}", None)
    first = (await lus.get("/tickets?view=following&limit=3")).json()
    rest = (await lus.get(f"/tickets?view=following&limit=3&cursor={first['next']}")).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == tickets[::-1]


async def test_add_follower_tells_the_colleague_and_refuses_who_cannot_see(
    site: Site, lus: Browser, mos: Browser, mo: Actor, ticket: int
) -> None:
    await lus.put(f"/tickets/{ticket}/followers/{mo.id}", None)
    assert await heard(mos) == ["follower_added"]
    elsewhere = await site.desk.person("Els", await site.desk.team("Elsewhere"))
    for stranger in (elsewhere.id, 10**12):
        answer = await lus.put(f"/tickets/{ticket}/followers/{stranger}", None)
        assert (answer.status_code, answer.json()["code"]) == (422, "cannot_follow")
    reader = await site.browser(await site.desk.person("Rea", role="read_only"))
    assert (await reader.put(f"/tickets/{ticket}/followers/{mo.id}", None)).status_code == 403
    assert (await reader.delete(f"/tickets/{ticket}/followers/{mo.id}")).status_code == 403


async def test_followers_hear_what_matters_once_while_unread(
    site: Site, lus: Browser, mos: Browser, lu: Actor, mo: Actor, ticket: int
) -> None:
    await mos.put(f"/tickets/{ticket}/followers/{mo.id}", None)
    channel = await site.desk.column(ticket, "channel_id")
    await site.desk.deliver(channel, site.desk.message("Hello?"), site.desk.message("Are you there?"))
    await lus.put(f"/tickets/{ticket}/assignment", {"assignee_id": lu.id})
    await lus.post(f"/tickets/{ticket}/replies", reply_of(solve=True))
    await tell_followers(site)
    assert sorted(await heard(mos)) == ["followed_assigned", "followed_reply", "followed_solved"]
    assert "followed_reply" not in await heard(lus)


async def test_followers_do_not_hear_of_their_own_doing_nor_twice_as_holders(
    site: Site, mos: Browser, mo: Actor, ticket: int
) -> None:
    await mos.put(f"/tickets/{ticket}/followers/{mo.id}", None)
    await mos.put(f"/tickets/{ticket}/assignment", {"assignee_id": mo.id})
    await site.desk.deliver(await site.desk.column(ticket, "channel_id"), site.desk.message("Hello?"))
    await tell_followers(site)
    assert await heard(mos) == ["customer_replied"]


async def test_follower_who_left_the_team_hears_nothing(site: Site, mos: Browser, mo: Actor, ticket: int) -> None:
    await mos.put(f"/tickets/{ticket}/followers/{mo.id}", None)
    await site.desk.run("delete from membership where person_id = %(id)s", id=mo.id)
    await site.desk.deliver(await site.desk.column(ticket, "channel_id"), site.desk.message("Hello?"))
    await tell_followers(site)
    assert await site.desk.sql("select count(*) from notification where person_id = %(id)s", id=mo.id) == 0


@pytest.mark.parametrize("wants", [True, False])
async def test_mention_makes_a_follower_unless_switched_off(
    lus: Browser, mos: Browser, mo: Actor, ticket: int, wants: bool
) -> None:
    await mos.patch("/me", {"preferences": {"follow_on_mention": wants}})
    assert (await lus.post(f"/tickets/{ticket}/notes", note_of(mentions=[mo.id]))).status_code == 201
    followers = (await lus.get(f"/tickets/{ticket}/together")).json()["followers"]
    assert [(one["name"], one["way"]) for one in followers] == ([("Mo", "mention")] if wants else [])
