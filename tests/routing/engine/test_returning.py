"""An agent who is gone: live conversations go to somebody else, and the customer reads it."""

import pytest

from ombud.routing.engine.reactions import ROUTING
from ombud.routing.floor.services.presence import choose_presence, note_heartbeat, note_silence
from ombud.shared.actor import Actor
from ombud.shared.readers import read_batch, register_reader
from tests.routing.engine.scenes import Scene


async def react(scene: Scene) -> None:
    async with scene.tx() as tx:
        await register_reader(tx, ROUTING)
    await scene.desk.events()
    while (await read_batch(scene.desk.parts.database, ROUTING, now=scene.desk.now)).passed:
        pass


@pytest.fixture
async def pair(scene: Scene) -> tuple[Actor, Actor, int, int]:
    """Lu with a chat and a mail, and Mia who comes online after."""
    async with scene.tx() as tx:
        await register_reader(tx, ROUTING)
    lu, mia = await scene.desk.person("Lu"), await scene.desk.person("Mia")
    await scene.desk.online(lu)
    [chat] = await scene.arrive(kind="chat")
    [mail] = await scene.arrive()
    assert await scene.route() == 2
    return lu, mia, chat, mail


async def test_laptop_closed_mid_chat_brings_the_customer_to_somebody_else_who_is_told(
    scene: Scene, pair: tuple[Actor, Actor, int, int]
) -> None:
    lu, mia, chat, mail = pair
    scene.desk.later(seconds=61)
    await scene.desk.online(mia)
    async with scene.tx() as tx:
        assert await note_silence(tx, now=scene.desk.now) == 1
    await react(scene)
    await scene.route()
    assert (await scene.holder(chat), await scene.holder(mail)) == (mia.id, lu.id)
    said = [one for one in await scene.desk.timeline(chat) if one.kind == "message" and one.direction == "out"]
    assert [one.author.kind for one in said] == ["system"]
    assert "Somebody else" in said[0].text
    reasons = [one.data["reason"] for one in await scene.desk.events("ticket_assigned") if one.ticket_id == chat]
    assert reasons == ["least_loaded", "holder_offline", "least_loaded"]


async def test_offline_by_choice_in_chinese_is_told_in_chinese(
    scene: Scene, pair: tuple[Actor, Actor, int, int]
) -> None:
    lu, _, chat, _ = pair
    await scene.desk.run("update customer set locale = 'zh-CN'")
    async with scene.tx() as tx:
        await choose_presence(tx, "offline", by=lu, now=scene.desk.later(seconds=5))
    await react(scene)
    assert await scene.holder(chat) is None
    said = [one.text for one in await scene.desk.timeline(chat) if one.direction == "out"]
    assert len(said) == 1
    assert "转接" in said[0]


async def test_who_is_back_before_it_is_noticed_keeps_their_chat(
    scene: Scene, pair: tuple[Actor, Actor, int, int]
) -> None:
    lu, _, chat, _ = pair
    scene.desk.later(seconds=61)
    async with scene.tx() as tx:
        await note_silence(tx, now=scene.desk.now)
        await note_heartbeat(tx, [lu.person_id], now=scene.desk.now)
    await react(scene)
    assert await scene.holder(chat) == lu.id


async def test_suspended_gives_everything_back(scene: Scene, pair: tuple[Actor, Actor, int, int]) -> None:
    lu, _, chat, mail = pair
    assert await scene.give_back(lu, "suspended") == 2
    assert [await scene.holder(one) for one in (chat, mail)] == [None, None]
    assert (await scene.lines(mail))[-1] == "returned"


async def test_break_and_busy_keep_the_chat(scene: Scene, pair: tuple[Actor, Actor, int, int]) -> None:
    lu, _, chat, _ = pair
    await scene.desk.run("update presence set state = 'busy', reason = 'missed'")
    await react(scene)
    assert await scene.holder(chat) == lu.id
