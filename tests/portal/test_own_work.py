"""Customers' forms and addresses at their edges: twice, at once, too late, with what no page of ours would send."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from ombud.shared.actor import SYSTEM
from ombud.tickets.schemas.merge import MergeIn
from ombud.tickets.services.merging.merge import merge_tickets
from tests.portal.conftest import Centre, csrf_in, eventually

ROSA, JUNE = "rosa@example.com", "june@example.com"
SAID = "select count(*) from entry where kind = 'message' and direction = 'in' and text = 'Again'"


async def signed_in(centre: Centre, address: str = ROSA) -> tuple[int, httpx.AsyncClient, str]:
    """A ticket, the browser of its customer, and the word in their forms."""
    mine = await centre.ticket(address)
    browser = await centre.sign_in(address)
    return mine, browser, csrf_in((await browser.get("/portal/account")).text)


@pytest.mark.parametrize(("key", "messages"), [("one", 1), ("", 2), (" ", 2)])
async def test_form_sent_twice_is_one_message_by_its_key_alone(centre: Centre, key: str, messages: int) -> None:
    mine, browser, word = await signed_in(centre)
    data = {"csrf": word, "text": "Again", "key": key}
    for _ in range(2):
        assert (await browser.post(f"/portal/tickets/{mine}/messages", data=data)).status_code == 303
    await centre.desk.settled()
    assert await centre.desk.sql(int, SAID) == messages


async def test_same_key_of_two_customers_is_two_messages(centre: Centre) -> None:
    for address in (ROSA, JUNE):
        mine, browser, word = await signed_in(centre, address)
        data = {"csrf": word, "text": "Again", "key": "one"}
        assert (await browser.post(f"/portal/tickets/{mine}/messages", data=data)).status_code == 303
    await centre.desk.settled()
    assert await centre.desk.sql(int, SAID) == 2


@pytest.mark.parametrize("text", ["", "  \r\n ", "\x00"])
async def test_message_of_nothing_is_asked_again(centre: Centre, text: str) -> None:
    mine, browser, word = await signed_in(centre)
    answer = await browser.post(f"/portal/tickets/{mine}/messages", data={"csrf": word, "text": text, "key": "k"})
    assert answer.status_code == 400
    assert await centre.desk.sql(int, "select count(*) from inbox") == 1


async def test_message_of_any_script_stands_as_it_was_written(centre: Centre) -> None:
    mine, browser, word = await signed_in(centre)
    text = "😀 退款 <b>مرحبا</b>\u202e & 'x'\r\nnext" + "长" * 21_000
    await browser.post(f"/portal/tickets/{mine}/messages", data={"csrf": word, "text": text, "key": "k"})
    await centre.desk.settled()
    kept = await centre.desk.sql(str, "select text from entry where direction = 'in' order by id desc limit 1")
    assert kept == text.replace("\r\n", "\n")[:20_000]
    page = (await browser.get(f"/portal/tickets/{mine}")).text
    assert "<b>مرحبا" not in page
    assert "😀 退款 &lt;b&gt;" in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/portal/tickets/99999999999999999999999", 404),
        ("/portal/tickets/0", 404),
        ("/portal/files/" + "x" * 3_000 + "/x.txt", 404),
        ("/portal/files/%ED%A0%80/%F0%9F%98%80", 404),
        ("/portal?q=%00%25_%27%22", 200),
        ("/portal?q=%23%23%23", 200),
        ("/portal?show=nonsense&whose=everybody&before=-5", 200),
        ("/portal?before=99999999999999999999999", 200),
        ("/portal/account?done=%3Cscript%3E&lang=xx", 200),
    ],
)
async def test_odd_address_is_answered_with_a_page(centre: Centre, path: str, status: int) -> None:
    _, browser, _ = await signed_in(centre)
    answer = await browser.get(path)
    assert answer.status_code == status, answer.text[:300]
    assert answer.headers["content-type"].startswith("text/html")
    assert "<script>" not in answer.text


async def test_search_takes_signs_of_patterns_for_letters(centre: Centre) -> None:
    mine, browser, _ = await signed_in(centre)
    for typed, is_found in (("%", False), ("_", False), ("leaks", True), ("LEAKS", True), (f"#{mine}", True)):
        page = (await browser.get("/portal", params={"q": typed})).text
        assert (f'tickets/{mine}"' in page) is is_found, typed


async def test_link_clicked_in_two_places_at_once_signs_in_one(centre: Centre) -> None:
    await centre.ticket(ROSA)
    link = await centre.link_for(ROSA)
    assert link is not None
    answers = await asyncio.gather(*(centre.browser().post(link) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [303, 410, 410, 410]
    assert await centre.desk.sql(int, "select count(*) from portal_session") == 1


async def test_link_that_was_used_ends_the_others_to_the_same_address(centre: Centre) -> None:
    await centre.ticket(ROSA)
    first, second = await centre.link_for(ROSA), await centre.link_for(ROSA)
    assert first is not None
    assert second is not None
    assert (await centre.browser().post(second)).status_code == 303
    assert (await centre.browser().post(first)).status_code == 410


async def test_link_of_somebody_who_was_blocked_since_signs_nobody_in(centre: Centre) -> None:
    await centre.ticket(ROSA)
    link = await centre.link_for(ROSA)
    assert link is not None
    await centre.desk.execute("update customer set is_blocked = true")
    assert (await centre.browser().post(link)).status_code == 410
    assert await centre.desk.sql(int, "select count(*) from portal_session") == 0


async def test_word_of_another_session_opens_no_form(centre: Centre) -> None:
    mine, browser, _ = await signed_in(centre)
    other = await centre.sign_in(ROSA)
    foreign = csrf_in((await other.get("/portal/account")).text)
    forms = ("account", "account/export", "sign-out", *(f"tickets/{mine}/{one}" for one in ("messages", "appraisal")))
    for form in forms:
        answer = await browser.post(f"/portal/{form}", data={"csrf": foreign, "text": "Again"})
        assert answer.status_code == 403, form
    assert await centre.desk.sql(int, SAID) == 0
    assert (await other.get("/portal")).status_code == 200


async def test_second_sign_in_in_one_browser_ends_the_first(centre: Centre) -> None:
    await centre.ticket(ROSA)
    browser = await centre.sign_in(ROSA)
    link = await centre.link_for(ROSA, browser)
    assert link is not None
    assert (await browser.post(link)).status_code == 303
    sql = "select count(*) filter (where revoked_at is null) || ' of ' || count(*) from portal_session"
    assert await centre.desk.sql(str, sql) == "1 of 2"


@pytest.mark.parametrize(("days", "status"), [(13, 200), (15, 303)])
async def test_session_by_link_lasts_two_weeks(centre: Centre, days: int, status: int) -> None:
    _, browser, _ = await signed_in(centre)
    centre.desk.parts.clock.set(centre.desk.now + timedelta(days=days))
    assert (await browser.get("/portal")).status_code == status


@pytest.mark.parametrize(("days", "kept"), [(29, 1), (31, 0)])
async def test_appraisal_is_taken_for_thirty_days_after_solving(centre: Centre, days: int, kept: int) -> None:
    mine, browser, word = await signed_in(centre)
    await browser.post(f"/portal/tickets/{mine}/solved", data={"csrf": word})
    sql = "update ticket set solved_at = solved_at - make_interval(days => %(days)s) where id = %(id)s"
    await centre.desk.execute(sql, days=days, id=mine)
    await browser.post(f"/portal/tickets/{mine}/appraisal", data={"csrf": word, "score": "5", "words": "好\x00" * 900})
    assert await centre.desk.sql(int, "select count(*) from portal_appraisal") == kept
    if kept:
        assert await centre.desk.sql(str, "select words from portal_appraisal") == "好" * 900


async def test_open_ticket_is_not_appraised(centre: Centre) -> None:
    mine, browser, word = await signed_in(centre)
    answer = await browser.post(f"/portal/tickets/{mine}/appraisal", data={"csrf": word, "score": "5"})
    assert answer.headers["location"] == f"/portal/tickets/{mine}"
    assert await centre.desk.sql(int, "select count(*) from portal_appraisal") == 0


async def test_solving_what_was_merged_away_is_noted_and_changes_nothing(centre: Centre) -> None:
    mine, browser, word = await signed_in(centre)
    other = await centre.ticket(ROSA, subject="The same again")
    merging = MergeIn([mine], confirmed=True)
    await centre.desk.write(lambda tx: merge_tickets(tx, other, merging, by=SYSTEM, now=centre.desk.now))
    answer = await browser.post(f"/portal/tickets/{mine}/solved", data={"csrf": word})
    assert answer.headers["location"].endswith("done=solved_noted")
    assert await centre.desk.sql(str, "select category from ticket where id = %(id)s", id=other) == "new"
    data = {"csrf": word, "text": "Again", "key": "k"}
    assert (await browser.post(f"/portal/tickets/{mine}/messages", data=data)).status_code == 303
    await eventually(lambda: centre.desk.sql(bool, f"select ({SAID}) = 1"))
    assert "Again" in (await browser.get(f"/portal/tickets/{other}")).text


async def test_limit_of_one_session_does_not_hold_up_another(centre: Centre) -> None:
    mine, browser, word = await signed_in(centre)
    await browser.post(f"/portal/tickets/{mine}/solved", data={"csrf": word})
    await centre.desk.execute("update throttle set tokens = 1 where key like 'portal_words:%%'")
    data = {"csrf": word, "score": "4"}
    answers = [await browser.post(f"/portal/tickets/{mine}/appraisal", data=data) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 429]
    assert int(answers[1].headers["retry-after"]) in range(1, 31)
    other = await centre.sign_in(ROSA)
    word = csrf_in((await other.get("/portal/account")).text)
    answer = await other.post(f"/portal/tickets/{mine}/appraisal", data={"csrf": word, "score": "2"})
    assert answer.status_code == 303
    assert await centre.desk.sql(int, "select score from portal_appraisal") == 2


async def test_language_that_is_none_leaves_the_one_of_before(centre: Centre) -> None:
    _, browser, word = await signed_in(centre)
    answer = await browser.post("/portal/account", data={"csrf": word, "locale": "xx", "time_zone": " UTC "})
    assert answer.status_code == 303
    sql = "select locale || ' ' || time_zone from portal_session"
    assert await centre.desk.sql(str, sql) == "en UTC"


async def test_message_where_nothing_can_be_written_any_more_is_answered_with_a_page(centre: Centre) -> None:
    mine, browser, word = await signed_in(centre)
    await centre.set_up(form_channel_id=None)
    await centre.desk.execute("update ticket set channel_id = null")
    assert 'name="text"' not in (await browser.get(f"/portal/tickets/{mine}")).text
    answer = await browser.post(f"/portal/tickets/{mine}/messages", data={"csrf": word, "text": "Again", "key": "k"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
