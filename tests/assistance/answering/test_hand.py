"""The worker's hand for questions: one message at a time, several hands at once, and what it does on failures."""

import asyncio
from collections.abc import Sequence

import numpy as np
import pytest

from ombud.assistance.answering.jobs import AnsweringHand
from ombud.assistance.answering.queries import find_rule, take_turn
from ombud.assistance.answering.schemas import AnswerRuleIn, AnswerTrialIn
from ombud.assistance.answering.services.ending import note_helped, say_helped
from ombud.assistance.answering.services.finding import Knowing
from ombud.assistance.answering.services.ruling import RuleChanged, change_rule
from ombud.assistance.answering.services.trying import ask_trial
from ombud.assistance.answering.services.turning import Scene, answer_next, judge_next, next_message
from ombud.intelligence.embedding.schemas import Embedder, Vectors
from ombud.intelligence.embedding.services import Meaning
from ombud.knowledge.retrieval.index import PassageIndex
from ombud.shared.database import Transaction
from ombud.shared.errors import NotFound, OmbudError
from tests.assistance.answering.scene import Shop
from tests.site import reply_of

PATIENCE = 0.05


def hand_of(shop: Shop, knowing: Knowing | None = None) -> AnsweringHand:
    """A worker's hand on the desk's own parts."""
    parts = shop.site.desk.parts
    return AnsweringHand(parts.database, parts.bus, parts.clock, knowing or shop.knowing, "https://desk.example")


class Broken:
    """A model that fails in a way that nobody foresaw."""

    name = "broken"

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """Nothing."""
        return np.empty((len(texts), 2), dtype=np.float32)

    async def query(self, text: str) -> Vectors:
        """Fail."""
        raise RuntimeError(text)


class BrokenMeaning(Meaning):
    """A process with that model."""

    async def embedder(self, tx: Transaction) -> Embedder:
        """The broken one."""
        del tx
        return Broken()


async def asked_twice(shop: Shop) -> list[int]:
    """Two visitors who ask; their tickets."""
    first = await shop.write("怎么退货？")
    shop.__post_init__()
    second = await shop.write("怎么开发票？")
    await shop.heed()
    return [first, second]


async def test_step_answers_one_message_and_says_when_nothing_is_left(shop: Shop) -> None:
    tickets = await asked_twice(shop)
    hand = hand_of(shop)
    assert [await hand.step() for _ in range(3)] == [1, 1, 0]
    for ticket in tickets:
        [said] = await shop.said(ticket)
        assert said.details.machine is not None
        assert said.details.machine.kind == "answer"


async def test_two_hands_at_once_answer_each_message_once(shop: Shop) -> None:
    tickets = await asked_twice(shop)
    hands = [hand_of(shop) for _ in range(4)]
    while any(await asyncio.gather(*(one.step() for one in hands))):
        pass
    assert [len(await shop.said(one)) for one in tickets] == [1, 1]
    assert await shop.site.desk.sql("select count(*) from machine_turn") == 0
    assert await shop.site.desk.sql("select count(*) from article_use") == 2


async def test_message_that_another_hand_holds_is_passed_by(shop: Shop) -> None:
    await asked_twice(shop)
    database, now = shop.site.desk.parts.database, shop.site.desk.now
    async with database.transaction() as tx, database.transaction() as other:
        first = await take_turn(tx, now=now)
        second = await next_message(other, now=now)
        assert first is not None
        assert second is not None
        assert second.entry_id != first.entry_id
        assert await take_turn(other, now=now, entry_id=first.entry_id) is None


async def test_message_that_was_answered_meanwhile_is_left_alone(shop: Shop) -> None:
    [first, _] = await asked_twice(shop)
    database, now = shop.site.desk.parts.database, shop.site.desk.now
    async with database.transaction() as tx:
        found = await next_message(tx, now=now)
    assert found is not None
    judged = await judge_next(database, Scene(shop.knowing, ""), found, now=now)
    assert judged is not None
    assert judged.answer is not None
    assert await hand_of(shop).step() == 1
    async with database.transaction() as tx:
        await answer_next(tx, Scene(shop.knowing, ""), found, judged, now=now)
    assert len(await shop.said(first)) == 1


async def test_question_is_looked_for_only_where_the_articles_will_be_asked(shop: Shop) -> None:
    database = shop.site.desk.parts.database
    found = []
    for text in ("怎么退货？", "转人工", "你好", "垃圾产品，气死我了"):
        shop.__post_init__()
        await shop.write(text)
        await shop.heed()
        async with database.transaction() as tx:
            one = await next_message(tx, now=shop.site.desk.now)
        assert one is not None
        found.append(one.asked is not None)
        assert await hand_of(shop).step() == 1
    # a model elsewhere is asked for nothing that a person gets anyway
    assert found == [True, False, False, False]


async def test_step_that_fails_puts_that_message_off_and_goes_on_with_the_next(shop: Shop) -> None:
    [first, second] = await asked_twice(shop)
    parts = shop.site.desk.parts
    broken = hand_of(shop, Knowing(PassageIndex(BrokenMeaning(parts.models, is_shipped=False))))
    assert await broken.step() == 0
    sql = "select attempts from machine_turn where ticket_id = %(id)s"
    assert await shop.site.desk.sql(sql, id=first) == 1
    assert await shop.site.desk.sql(sql, id=second) == 0
    hand = hand_of(shop)
    assert [await hand.step(), await hand.step()] == [1, 0]
    assert (len(await shop.said(first)), len(await shop.said(second))) == (0, 1)
    shop.site.desk.later(seconds=5)
    assert await hand.step() == 1
    assert len(await shop.said(first)) == 1


async def test_message_that_always_fails_is_given_to_people(shop: Shop) -> None:
    ticket = await shop.write("怎么退货？")
    await shop.heed()
    parts = shop.site.desk.parts
    broken = hand_of(shop, Knowing(PassageIndex(BrokenMeaning(parts.models, is_shipped=False))))
    for _ in range(3):
        assert await shop.is_held(ticket) is True
        assert await broken.step() == 0
        shop.site.desk.later(seconds=10)
    assert await shop.is_held(ticket) is False
    assert await shop.site.desk.sql("select count(*) from machine_turn") == 0


async def test_person_who_takes_the_ticket_while_the_machine_thinks_has_it_alone(shop: Shop) -> None:
    ticket = await shop.write("怎么退货？")
    await shop.heed()
    database, now = shop.site.desk.parts.database, shop.site.desk.now
    async with database.transaction() as tx:
        found = await next_message(tx, now=now)
    assert found is not None
    judged = await judge_next(database, Scene(shop.knowing, ""), found, now=now)
    assert judged is not None
    assert judged.answer is not None
    browser = await shop.site.browser(shop.lin)
    assert (await browser.post(f"/tickets/{ticket}/replies", reply_of("我来处理。"))).status_code == 201
    async with database.transaction() as tx:
        await answer_next(tx, Scene(shop.knowing, ""), found, judged, now=now)
    assert await shop.said(ticket) == []


async def test_rule_that_is_turned_off_while_the_machine_thinks_holds(shop: Shop) -> None:
    ticket = await shop.write("怎么退货？")
    await shop.heed()
    database, now = shop.site.desk.parts.database, shop.site.desk.now
    async with database.transaction() as tx:
        found = await next_message(tx, now=now)
    assert found is not None
    judged = await judge_next(database, Scene(shop.knowing, ""), found, now=now)
    assert judged is not None
    assert judged.answer is not None
    await shop.rule(is_on=False)
    async with database.transaction() as tx:
        await answer_next(tx, Scene(shop.knowing, ""), found, judged, now=now)
    assert await shop.said(ticket) == []
    assert await shop.is_held(ticket) is False


async def test_keep_up_ends_what_is_silent(shop: Shop) -> None:
    await shop.ask("怎么退货？")
    shop.site.desk.later(minutes=31)
    assert await hand_of(shop).keep_up() == 0
    assert (await shop.talk())["state"] == "silent"


async def test_trial_that_fails_says_so_and_may_be_asked_again(shop: Shop) -> None:
    ticket = await shop.write("怎么退货？")
    lin = await shop.site.browser(shop.lin)
    assert (await lin.post(f"/tickets/{ticket}/replies", reply_of("请看订单页面。", solve=True))).status_code == 201
    lead = await shop.site.browser(shop.lead)
    path = f"/answering/rules/{shop.chat}/trial"
    assert (await lead.post(path, {"most": 10})).status_code == 202
    parts = shop.site.desk.parts
    broken = hand_of(shop, Knowing(PassageIndex(BrokenMeaning(parts.models, is_shipped=False))))
    await broken.try_tickets()
    assert (await lead.get(path)).json()["newest"]["state"] == "failed"
    assert (await lead.post(path, {"most": 10})).json()["newest"]["state"] == "asked"
    await hand_of(shop).try_tickets()
    newest = (await lead.get(path)).json()["newest"]
    assert (newest["state"], newest["looked_at"]) == ("done", 1)


async def test_trial_asked_for_twice_is_one(shop: Shop) -> None:
    lead = await shop.site.browser(shop.lead)
    path = f"/answering/rules/{shop.chat}/trial"
    answers = await asyncio.gather(*(lead.post(path, {"most": 10}) for _ in range(3)))
    assert {one.status_code for one in answers} == {202}
    assert await shop.site.desk.sql("select count(*) from answer_trial") == 1


async def test_rule_that_two_change_at_once_is_the_firsts(shop: Shop) -> None:
    desk = shop.site.desk
    box = await desk.channel("email", address="help@desk.example")

    async def change(tx: Transaction, threshold: float) -> None:
        data = AnswerRuleIn(version=0, is_on=True, threshold=threshold)
        await change_rule(tx, box, data, by=shop.lead, now=desk.now)

    async def second() -> OmbudError | None:
        try:
            async with desk.parts.database.transaction() as tx:
                await change(tx, 0.9)
        except OmbudError as problem:
            return problem
        return None

    async with desk.parts.database.transaction() as tx:
        await change(tx, 0.5)
        later = asyncio.create_task(second())
        await asyncio.wait([later], timeout=PATIENCE)
    assert isinstance(await later, RuleChanged)
    async with desk.parts.database.transaction() as tx:
        rule = await find_rule(tx, box)
    assert rule is not None
    assert rule.threshold == 0.5


async def test_word_that_it_helped_said_twice_at_once_is_one(shop: Shop) -> None:
    said = await shop.ask("怎么退货？")
    assert said is not None
    desk = shop.site.desk

    async def say() -> None:
        async with desk.parts.database.transaction() as tx:
            await say_helped(tx, said.id, helped=True, now=desk.now)

    await asyncio.gather(say(), say())
    assert await desk.sql("select count(*) from article_feedback") == 1
    assert len(await desk.events("answer_helped")) == 1
    assert len(await desk.events("ticket_solved")) == 1


@pytest.mark.parametrize("state", ["not_sure", "refused", "person"])
async def test_word_on_what_was_no_answer_is_refused(shop: Shop, state: str) -> None:
    await shop.ask("怎么退货？")
    await shop.site.desk.run("update machine_answer set state = %(state)s", state=state)
    async with shop.site.desk.parts.database.transaction() as tx:
        with pytest.raises(NotFound):
            await note_helped(tx, 1, helped=True, now=shop.site.desk.now)
        with pytest.raises(NotFound):
            await note_helped(tx, 99_999, helped=True, now=shop.site.desk.now)


async def test_settings_of_answering_are_for_who_manages_it(shop: Shop) -> None:
    agent = await shop.site.browser(shop.lin)
    path = f"/answering/rules/{shop.chat}"
    refused = [
        await agent.get("/answering/rules"),
        await agent.put(path, {"version": 1, "is_on": False, "threshold": 0.5}),
        await agent.post(f"{path}/question", {"text": "怎么退货"}),
        await agent.get(f"{path}/trial"),
        await agent.post(f"{path}/trial", {"most": 10}),
        await agent.get("/answering/figures"),
    ]
    assert {one.status_code for one in refused} == {403}
    lead = await shop.site.browser(shop.lead)
    for call in (lead.get("/answering/rules/999/trial"), lead.post("/answering/rules/999/question", {"text": "x"})):
        assert (await call).status_code == 404
    nobody = shop.site.stranger()
    assert (await nobody.get("/answering/rules")).status_code == 401


class Locking:
    """A model that looks whether anybody waits for it: it takes every lock that an answer needs."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.asked: list[str] = []

    async def word(self, *, question: str, title: str, text: str, locale: str) -> str | None:
        """Take the locks at once or fail, and say the article's own words."""
        del title, locale
        self.asked.append(question)
        async with self.shop.site.desk.parts.database.transaction() as tx:
            await tx.execute("select 1 from ticket for update nowait")
            await tx.execute("select 1 from machine_turn for update nowait")
        return text


async def test_model_that_words_an_answer_holds_nothing_up(shop: Shop) -> None:
    model = Locking(shop)
    ticket = await shop.write("怎么退货？")
    await shop.heed()
    assert await hand_of(shop, Knowing(shop.knowing.index, model)).step() == 1
    [said] = await shop.said(ticket)
    assert model.asked == ["怎么退货？"]
    assert said.details.machine is not None
    assert said.details.machine.is_worded


async def test_trial_of_earlier_tickets_asks_no_model_for_words(shop: Shop) -> None:
    model = Locking(shop)
    desk = shop.site.desk
    await shop.rule(is_on=False)
    ticket = await shop.write("怎么退货？")
    browser = await shop.site.browser(shop.lin)
    assert (await browser.post(f"/tickets/{ticket}/replies", reply_of("七天内可退。", solve=True))).status_code == 201
    async with desk.parts.database.transaction() as tx:
        await ask_trial(tx, shop.chat, AnswerTrialIn(most=10), by=shop.lead, now=desk.now)
    await hand_of(shop, Knowing(shop.knowing.index, model)).try_tickets()
    assert await desk.sql("select looked_at from answer_trial where state = 'done'") == 1
    assert model.asked == []
