"""Presence on a real desk: by choice, by heartbeat and by silence."""

from ombud.routing.floor.schemas import PresenceFrame
from ombud.routing.floor.services.presence import choose_presence, note_heartbeat, note_silence
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
