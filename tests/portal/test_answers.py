"""The machine's answers in the help centre and above its form: labelled, with their source, counted."""

import re

import httpx
import pytest

from ombud.assistance.answering.queries import find_rule
from ombud.assistance.answering.schemas import AnswerRuleIn
from ombud.assistance.answering.services.ruling import change_rule
from ombud.portal.help_centre.answering import open_answer, seal_answer
from ombud.shared.actor import SYSTEM
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Transaction
from tests.portal.conftest import REFUND, Centre, eventually

ASKED = "How long does a refund take?"
LABEL = "Chosen by AI, word for word from our help"
RETURN = {"zh-CN": ("如何退货", "<p>请打开“我的订单”，选择“申请退货”。</p>")}
RETURN["en"] = ("How to return", "<p>Open My orders and choose Return.</p>")
SAID = {"name": "Rosa", "email": "rosa@example.com", "subject": "", "text": ASKED}


async def turn_on(centre: Centre, channel_id: int | None = None, topics: list[int] | None = None) -> None:
    """Let the help centre, or its form, answer by itself."""

    async def change(tx: Transaction) -> None:
        found = await find_rule(tx, channel_id)
        assert found is not None
        data = AnswerRuleIn(version=found.version, is_on=True, threshold=0.05, is_strict=False, category_ids=topics)
        await change_rule(tx, channel_id, data, by=SYSTEM, now=centre.desk.now)

    await centre.desk.write(change)


@pytest.fixture
async def answering(centre: Centre) -> Centre:
    """A help centre that answers of refunds."""
    await centre.article(REFUND)
    await eventually(lambda: centre.desk.sql(bool, "select count(*) > 1 from passage"))
    await turn_on(centre)
    return centre


async def search(centre: Centre, text: str = ASKED, locale: str = "en") -> str:
    """The page of a search."""
    answer = await centre.get(f"/help/{locale}/search", params={"q": text})
    assert answer.status_code == 200, answer.text
    return answer.text


def token_in(page: str) -> str:
    """The right to judge that a page gave."""
    found = re.search(r'name="answer" value="([^"]+)"', page)
    assert found is not None, page[:2000]
    return found[1]


async def judge(centre: Centre, token: str, helped: str, locale: str = "en", **more: str) -> httpx.Response:
    """Say whether an answer helped."""
    data = {"answer": token, "helped": helped, **more}
    return await centre.client.post(f"/help/{locale}/answers/helped", data=data)


async def write(centre: Centre, **more: str) -> httpx.Response:
    """Send the form."""
    return await centre.client.post("/help/en/contact", data={**SAID, "stamp": centre.stamp(), **more})


async def kept(centre: Centre) -> list[list[object]]:
    """Questions as they are counted: place, state, whether it helped."""
    sql = "select coalesce(jsonb_agg(jsonb_build_array(place, state, helped) order by id), '[]') from machine_answer"
    found: list[list[object]] = await centre.desk.sql(list[list[object]], sql)
    return found


async def test_search_shows_the_answer_with_label_source_and_the_way_to_a_person(answering: Centre) -> None:
    page = await search(answering)
    slug = await answering.desk.sql(str, "select slug from article")
    panel = page.partition('aria-labelledby="machine"')[2].partition("</section>")[0]
    assert LABEL in panel
    assert "5 working days" in panel
    assert f'href="/help/en/articles/{slug}"' in panel
    assert "No, ask a person" in panel
    assert await kept(answering) == [["help_centre", "answered", None]]


async def test_search_in_chinese_is_answered_in_chinese(answering: Centre) -> None:
    await answering.article(RETURN)
    await eventually(lambda: answering.desk.sql(bool, "select count(*) > 3 from passage"))
    page = await search(answering, "怎么退货？", "zh-CN")
    panel = page.partition('aria-labelledby="machine"')[2].partition("</section>")[0]
    assert "选择“申请退货”" in panel
    assert "由 AI 生成，原文摘自帮助文章" in panel
    assert "没有，转人工" in panel
    assert "choose Return" not in panel


async def test_place_that_is_off_shows_articles_as_ever_and_counts_nothing(centre: Centre) -> None:
    slug = await centre.slug(await centre.article(REFUND))
    await eventually(lambda: centre.desk.sql(bool, "select count(*) > 1 from passage"))
    page = await search(centre)
    assert slug in page
    assert LABEL not in page
    sent = await write(centre)
    assert slug in sent.text
    assert LABEL not in sent.text
    assert await kept(centre) == []


async def test_wish_for_a_person_and_anger_get_no_answer_of_a_machine(answering: Centre) -> None:
    for text in ("I want to talk to a human about my refund", "退款再不到账我就打12315投诉你们"):
        page = await search(answering, text)
        assert LABEL not in page
        assert "由 AI 生成" not in page
    assert [one[:2] for one in await kept(answering)] == [["help_centre", "person"]] * 2


async def test_answer_of_another_topic_is_not_told(answering: Centre) -> None:
    await turn_on(answering, topics=[await answering.category("Other", "其他")])
    assert LABEL not in await search(answering)
    assert (await kept(answering))[-1][1] == "refused"


async def test_word_of_the_reader_is_counted_once_and_may_change(answering: Centre) -> None:
    token = token_in(await search(answering))
    for helped in ("yes", "yes", "no"):
        assert (await judge(answering, token, helped)).status_code == 200
    assert await kept(answering) == [["help_centre", "answered", False]]
    assert await answering.desk.sql(int, "select count(*) from article_feedback where not helped") == 1


async def test_reader_who_was_not_helped_is_led_to_a_person(answering: Centre) -> None:
    token = token_in(await search(answering))
    assert "/help/en/contact" not in (await judge(answering, token, "yes")).text.partition("<main")[2]
    page = (await judge(answering, token, "no", "zh-CN")).text.partition("<main")[2]
    assert "/help/zh-CN/contact" in page


async def test_answers_of_others_cannot_be_judged(answering: Centre) -> None:
    token = token_in(await search(answering))
    number = await answering.desk.sql(int, "select id from machine_answer")
    strange = seal_answer(KeyRing(b"x" * 32), number)
    for wrong in ("", "1", str(number), token[:-2], strange, "é", "x" * 500):
        assert (await judge(answering, wrong, "yes")).status_code == 404
    foreign = await answering.client.post(
        "/help/en/answers/helped", data={"answer": token, "helped": "yes"}, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    assert await kept(answering) == [["help_centre", "answered", None]]


async def test_question_that_was_not_answered_cannot_be_judged(answering: Centre) -> None:
    await search(answering, "I want to talk to a human")
    number = await answering.desk.sql(int, "select id from machine_answer where state = 'person'")
    token = seal_answer(answering.desk.parts.key_ring, number)
    assert (await judge(answering, token, "yes")).status_code == 404


async def test_form_proposes_the_answer_before_anything_is_sent(answering: Centre) -> None:
    page = await write(answering)
    assert LABEL in page.text
    assert "5 working days" in page.text
    assert 'name="step" value="send"' in page.text
    # the article of the answer is not listed a second time
    assert page.text.count("/help/en/articles/") == 1
    assert await answering.desk.sql(int, "select count(*) from inbox") == 0
    assert await kept(answering) == [["form", "answered", None]]


async def test_form_that_is_sent_all_the_same_says_that_the_answer_did_not_help(answering: Centre) -> None:
    token = token_in((await write(answering)).text)
    assert "Your message has arrived" in (await write(answering, step="send", answer=token)).text
    assert await kept(answering) == [["form", "answered", False]]
    await answering.desk.settled()
    assert await answering.desk.sql(int, "select count(*) from ticket") == 1


async def test_form_that_was_refused_says_nothing_of_the_answer(answering: Centre) -> None:
    token = token_in((await write(answering)).text)
    refused = await write(answering, step="send", answer=token, stamp="made-up")
    assert refused.status_code == 400
    assert await kept(answering) == [["form", "answered", None]]


async def test_reader_whom_the_answer_spared_the_form_is_told_that_nothing_was_sent(answering: Centre) -> None:
    token = token_in((await write(answering)).text)
    page = await judge(answering, token, "yes", **{"from": "form"})
    assert "Nothing was sent" in page.text
    assert await kept(answering) == [["form", "answered", True]]
    assert await answering.desk.sql(int, "select count(*) from inbox") == 0


async def test_form_with_a_rule_of_its_own_goes_by_it(answering: Centre) -> None:
    await turn_on(answering, answering.desk.channels["form"].id, [await answering.category("Other", "其他")])
    page = await write(answering)
    assert LABEL not in page.text
    sql = "select channel_id from machine_answer where place = 'form'"
    assert await answering.desk.sql(int, sql) == answering.desk.channels["form"].id


async def test_what_customers_alone_may_read_is_answered_to_nobody(centre: Centre) -> None:
    await centre.article({"en": ("How long does a refund take?", "<p>INSIDE-9 days.</p>")}, audience="customers")
    await eventually(lambda: centre.desk.sql(bool, "select count(*) > 0 from passage"))
    await turn_on(centre)
    assert "INSIDE" not in await search(centre)
    assert "INSIDE" not in (await write(centre)).text


def test_token_of_an_answer_opens_to_its_number_alone() -> None:
    keys = KeyRing(b"k" * 32)
    assert open_answer(keys, seal_answer(keys, 42)) == 42
    assert open_answer(KeyRing(b"j" * 32), seal_answer(keys, 42)) is None
