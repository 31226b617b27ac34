"""Presence on a real desk: by choice, by heartbeat and by silence."""

from ombud.accounts.queries.people import people_brief
from ombud.routing.floor.schemas import PresenceFrame
from ombud.routing.floor.services.presence import choose_presence, note_heartbeat, note_silence, pulse_seconds
from ombud.shared.actor import Actor
from tests.desk import Desk
from tests.site import Site


async def test_presence_silence_makes_offline_once_and_a_beat_brings_back_what_was_chosen(desk: Desk) -> None:
    lu = await desk.person("Lu")
    await desk.online(lu)
    desk.later(seconds=61)
    async with desk.parts.database.transaction() as tx:
        assert await note_silence(tx, now=desk.now) == 1
        assert await note_silence(tx, now=desk.now) == 0
        # Whoever comes back is again what they chose.
        await note_heartbeat(tx, [lu.id or 0], now=desk.now)
    assert [(one.data["state"], one.data["by_silence"]) for one in await desk.events("presence_changed")] == [
        ("online", False),
        ("offline", True),
        ("online", False),
    ]


async def test_presence_chosen_again_emits_nothing(desk: Desk) -> None:
    lu = await desk.person("Lu")
    for state in ("online", "online", "away", "away", "offline"):
        desk.later(seconds=1)
        async with desk.parts.database.transaction() as tx:
            await choose_presence(tx, state, by=lu, now=desk.now)
    assert [one.data["state"] for one in await desk.events("presence_changed")] == ["online", "away", "offline"]


async def test_presence_beat_of_quiet_page_is_heard_before_it_is_noticed(desk: Desk) -> None:
    lu = await desk.person("Lu")
    await desk.online(lu)
    desk.later(seconds=90)
    async with desk.parts.database.transaction() as tx:
        await note_heartbeat(tx, [lu.id or 0, 10**9], now=desk.now)
        assert await note_silence(tx, now=desk.now) == 0
    assert [one.data["state"] for one in await desk.events("presence_changed")] == ["online"]


async def test_put_presence_is_told_to_every_screen(site: Site) -> None:
    lu: Actor = await site.desk.person("Lu")
    elsewhere = await site.desk.person("El", await site.desk.team("Elsewhere"))
    browser = await site.browser(lu)
    assert (await browser.put("/me/presence", {"state": "away"})).status_code == 204
    assert (await browser.put("/me/presence", {"state": "asleep"})).status_code == 400
    found = [one.data for one in await site.frames(elsewhere) if one.event == "presence"]
    assert found == [PresenceFrame(lu.person_id, "away")]
    assert (await browser.get("/session")).json()["person"]["presence"] == "away"


async def test_pulse_keeps_present_and_brings_back(site: Site) -> None:
    lu: Actor = await site.desk.person("Lu")
    await site.desk.online(lu)
    browser = await site.browser(lu)
    moment = site.desk.later(seconds=40)
    assert (await browser.get("/me/pulse")).status_code == 204
    assert await site.desk.sql("select seen_at from presence") == moment
    site.desk.later(seconds=61)
    async with site.desk.parts.database.transaction() as tx:
        assert await note_silence(tx, now=site.desk.now) == 1
    assert (await browser.get("/me/pulse")).status_code == 204
    states = [one.data["state"] for one in await site.desk.events("presence_changed")]
    assert states == ["online", "offline", "online"]
    assert (await site.stranger().get("/me/pulse")).status_code == 401


async def test_silence_is_as_long_as_the_desk_says(site: Site) -> None:
    chief = await site.browser(await site.desk.person("Wu", role="supervisor", everywhere=True))
    lu = await site.desk.person("Lu")
    for seconds, code in ((20, 204), (19, 400), (601, 400), (20, 204)):
        assert (await chief.put("/floor-rules/silence", {"seconds": seconds})).status_code == code
    assert (await (await site.browser(lu)).put("/floor-rules/silence", {"seconds": 30})).status_code == 403
    assert (await chief.get("/floor-rules")).json()["silence_seconds"] == 20
    assert [one.data["what"] for one in await site.desk.events("floor_rules_changed")] == ["silence"]
    await site.desk.online(lu)
    async with site.desk.parts.database.transaction() as tx:
        assert await pulse_seconds(tx) == 5
        assert await note_silence(tx, now=site.desk.later(seconds=19)) == 0
        assert await note_silence(tx, now=site.desk.later(seconds=2)) == 1
        found = await people_brief(tx, now=site.desk.now)
    assert [one.presence for one in found if one.id == lu.id] == ["offline"]
