"""A customer's own tickets: what they see of them, and above all what they never see."""

import pytest

from tests.portal.conftest import Centre, csrf_in, eventually

ROSA, JUNE = "rosa@example.com", "june@example.com"


async def test_list_shows_own_tickets_of_the_brand_alone(centre: Centre) -> None:
    mine = await centre.ticket(ROSA, subject="My fridge")
    await centre.ticket(JUNE, subject="Somebody's oven")
    browser = await centre.sign_in(ROSA)
    page = (await browser.get("/portal")).text
    assert f"/portal/tickets/{mine}" in page
    assert "My fridge" in page
    assert "oven" not in page


async def test_notes_changes_and_other_people_never_reach_a_ticket_page(centre: Centre) -> None:
    mine = await centre.ticket(ROSA)
    await centre.desk.note(mine, "SECRET-NOTE the customer is difficult")
    await centre.desk.answer(mine, "We send somebody")
    browser = await centre.sign_in(ROSA)
    page = (await browser.get(f"/portal/tickets/{mine}")).text
    assert "We send somebody" in page
    assert "SECRET" not in page
    assert "Note" not in page
    found = await browser.get("/portal", params={"q": "SECRET"})
    assert f"tickets/{mine}" not in found.text


async def test_foreign_ticket_is_not_found(centre: Centre) -> None:
    theirs = await centre.ticket(JUNE)
    await centre.ticket(ROSA)
    browser = await centre.sign_in(ROSA)
    page = await browser.get(f"/portal/tickets/{theirs}")
    assert page.status_code == 404
    word = csrf_in((await browser.get("/portal")).text)
    for verb in ("messages", "solved", "appraisal"):
        data = {"csrf": word, "text": "let me in", "score": "5"}
        assert (await browser.post(f"/portal/tickets/{theirs}/{verb}", data=data)).status_code == 404


async def test_message_with_a_file_stands_on_the_ticket(centre: Centre) -> None:
    mine = await centre.ticket(ROSA)
    browser = await centre.sign_in(ROSA)
    word = csrf_in((await browser.get(f"/portal/tickets/{mine}")).text)
    answer = await browser.post(
        f"/portal/tickets/{mine}/messages",
        data={"csrf": word, "text": "Here is a picture", "key": "one"},
        files={"files": ("leak.txt", b"drip drip", "text/plain")},
    )
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(f"/portal/tickets/{mine}?done=answer")
    await centre.desk.settled()
    page = (await browser.get(f"/portal/tickets/{mine}")).text
    assert "Here is a picture" in page
    path = page.partition("/portal/files/")[2].partition('"')[0]
    assert (await browser.get(f"/portal/files/{path}")).content == b"drip drip"
    stranger = await centre.sign_in(ROSA)
    await stranger.post("/portal/sign-out", data={"csrf": csrf_in((await stranger.get("/portal")).text)})
    assert (await stranger.get(f"/portal/files/{path}")).status_code == 303


async def test_form_without_its_word_is_refused(centre: Centre) -> None:
    mine = await centre.ticket(ROSA)
    browser = await centre.sign_in(ROSA)
    answer = await browser.post(f"/portal/tickets/{mine}/solved", data={"csrf": "guessed"})
    assert answer.status_code == 403
    assert await centre.desk.sql(str, "select category from ticket where id = %(id)s", id=mine) == "new"


async def test_customer_solves_and_reopens_with_a_reason(centre: Centre) -> None:
    mine = await centre.ticket(ROSA)
    browser = await centre.sign_in(ROSA)
    word = csrf_in((await browser.get(f"/portal/tickets/{mine}")).text)
    await browser.post(f"/portal/tickets/{mine}/solved", data={"csrf": word})
    category = "select category from ticket where id = %(id)s"
    assert await centre.desk.sql(str, category, id=mine) == "solved"
    page = (await browser.get(f"/portal/tickets/{mine}")).text
    assert "very good" in page
    data = {"csrf": word, "reopen": "1", "text": "It leaks again", "key": "two"}
    await browser.post(f"/portal/tickets/{mine}/messages", data=data)
    await eventually(lambda: centre.desk.sql(bool, "select category = 'open' from ticket where id = %(id)s", id=mine))
    assert "It leaks again" in (await browser.get(f"/portal/tickets/{mine}")).text


@pytest.mark.parametrize("score", ["0", "6", "", "x"])
async def test_nonsense_is_no_appraisal(centre: Centre, score: str) -> None:
    mine = await centre.ticket(ROSA)
    browser = await centre.sign_in(ROSA)
    word = csrf_in((await browser.get(f"/portal/tickets/{mine}")).text)
    await browser.post(f"/portal/tickets/{mine}/solved", data={"csrf": word})
    await browser.post(f"/portal/tickets/{mine}/appraisal", data={"csrf": word, "score": score})
    assert await centre.desk.sql(int, "select count(*) from portal_appraisal") == 0


async def test_appraisal_is_kept_and_may_be_changed(centre: Centre) -> None:
    mine = await centre.ticket(ROSA)
    browser = await centre.sign_in(ROSA)
    word = csrf_in((await browser.get(f"/portal/tickets/{mine}")).text)
    await browser.post(f"/portal/tickets/{mine}/solved", data={"csrf": word})
    for score, words in (("2", "slow"), ("4", "mended after all")):
        data = {"csrf": word, "score": score, "words": words}
        assert (await browser.post(f"/portal/tickets/{mine}/appraisal", data=data)).status_code == 303
    assert await centre.desk.sql(str, "select score || words from portal_appraisal") == "4mended after all"
    assert await centre.desk.sql(int, "select count(*) from entry where details ->> 'field' = 'portal.appraised'") == 2
