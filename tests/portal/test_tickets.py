"""A customer's own tickets: what they see of them, and above all what they never see."""

import re
from typing import Any

import pytest

from ombud.assistance.guidance.schemas import CardIn, CardWords
from ombud.assistance.guidance.services.cards import add_card
from ombud.portal.schemas import Viewers
from ombud.portal.services import set_viewers
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction
from ombud.tickets.customer_schemas import CustomerMergeIn
from ombud.tickets.schemas.merge import MergeIn
from ombud.tickets.services.customer_merge import merge_customers
from ombud.tickets.services.merging.merge import merge_tickets
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


async def test_message_by_form_is_theirs_once_they_proved_the_address(centre: Centre) -> None:
    said = {"name": "Rosa", "email": ROSA, "text": "By the form", "stamp": centre.stamp(), "step": "send"}
    answer = await centre.client.post("/help/en/contact", data=said)
    assert "Your message has arrived" in answer.text, answer.text
    await centre.desk.settled()
    browser = await centre.sign_in(ROSA)
    ticket = await centre.desk.sql(int, "select max(id) from ticket")
    page = (await browser.get(f"/portal/tickets/{ticket}")).text
    assert "By the form" in page
    assert "<strong>You</strong>" in page
    june = await centre.ticket(JUNE)
    other = await centre.sign_in(JUNE)
    assert (await other.get(f"/portal/tickets/{ticket}")).status_code == 404
    assert (await browser.get(f"/portal/tickets/{june}")).status_code == 404


async def test_address_typed_in_a_chat_or_by_an_agent_opens_nothing(centre: Centre) -> None:
    sql = """
        with c as (insert into customer (name, email, created_at, updated_at) values ('X', %(a)s, now(), now())
            returning id), i as (insert into identity (customer_id, kind, value, verified_at, created_at)
            select id, 'external', 'proven', now(), now() from c)
        select id from c"""
    other = await centre.desk.sql(int, sql, a=ROSA)
    await centre.ticket(ROSA)
    hidden = await centre.ticket(JUNE, "CHAT-SECRET")
    await centre.desk.execute("update ticket set customer_id = %(c)s where id = %(id)s", c=other, id=hidden)
    browser = await centre.sign_in(ROSA)
    assert (await browser.get(f"/portal/tickets/{hidden}")).status_code == 404
    assert "CHAT-SECRET" not in (await browser.get("/portal?q=CHAT")).text


async def test_ticket_without_a_message_to_the_customer_is_ours_alone(centre: Centre) -> None:
    mine = await centre.ticket(ROSA)
    sql = """
        insert into ticket (subject, status_id, category, team_id, customer_id, brand_id, created_at, activity_at)
        select 'INTERNAL about Rosa', status_id, category, team_id, customer_id, brand_id, now(), now() from ticket
        where id = %(id)s returning id"""
    inner = await centre.desk.sql(int, sql, id=mine)
    await centre.desk.note(inner, "Only for us")
    browser = await centre.sign_in(ROSA)
    assert "INTERNAL" not in (await browser.get("/portal")).text
    assert (await browser.get(f"/portal/tickets/{inner}")).status_code == 404


async def test_organisation_is_seen_by_right_alone(centre: Centre) -> None:
    theirs = await centre.ticket("ben@shop.example", subject="Ben's order")
    await centre.ticket("ann@shop.example", subject="Ann's order")
    organisation = await centre.desk.sql(
        int, "insert into organisation (name, created_at, updated_at) values ('Shop', now(), now()) returning id"
    )
    await centre.desk.execute("update customer set organisation_id = %(o)s", o=organisation)
    ann = await centre.sign_in("ann@shop.example")
    assert "Ben" not in (await ann.get("/portal")).text
    viewers = Viewers([" Ann@Shop.example "])
    await centre.desk.write(lambda tx: set_viewers(tx, organisation, viewers, by=SYSTEM, now=centre.desk.now))
    assert "Ben&#39;s order" in (await ann.get("/portal")).text
    assert "Ben&#39;s order" not in (await ann.get("/portal?whose=own")).text
    assert "Ann&#39;s order" not in (await ann.get("/portal?whose=organisation")).text
    assert (await ann.get(f"/portal/tickets/{theirs}")).status_code == 200
    await centre.desk.execute("update customer set organisation_id = null where email like 'ann%%'")
    assert (await ann.get(f"/portal/tickets/{theirs}")).status_code == 404


async def test_customer_who_was_merged_sees_all_that_is_theirs_now(centre: Centre) -> None:
    first, second = await centre.ticket(ROSA, subject="First"), await centre.ticket(JUNE, subject="Second")
    browser = await centre.sign_in(ROSA)
    ids = await centre.desk.column(int, "select id from customer order by id")

    async def merge(tx: Transaction) -> None:
        await merge_customers(tx, ids[1], CustomerMergeIn(ids[0]), by=SYSTEM, now=centre.desk.now)

    await centre.desk.write(merge)
    page = (await browser.get("/portal")).text
    assert f"tickets/{first}" in page
    assert f"tickets/{second}" in page


async def test_words_of_another_customers_merged_ticket_stay_away(centre: Centre) -> None:
    mine, theirs = await centre.ticket(ROSA), await centre.ticket(JUNE, "JUNE-SECRET")
    merging = MergeIn([theirs], confirmed=True)
    await centre.desk.write(lambda tx: merge_tickets(tx, mine, merging, by=SYSTEM, now=centre.desk.now))
    rosa, june = await centre.sign_in(ROSA), await centre.sign_in(JUNE)
    assert "JUNE-SECRET" not in (await rosa.get(f"/portal/tickets/{mine}")).text
    page = (await june.get(f"/portal/tickets/{theirs}")).text
    assert "JUNE-SECRET" in page
    assert "It leaks" not in page


async def test_other_brands_tickets_are_not_seen(centre: Centre) -> None:
    mine = await centre.ticket(ROSA)
    await centre.desk.execute("insert into brand (id, name, created_at) values (2, 'Young', now())")
    await centre.desk.execute("update ticket set brand_id = 2")
    browser = await centre.sign_in(ROSA)
    assert (await browser.get(f"/portal/tickets/{mine}")).status_code == 404
    assert "Machine" not in (await browser.get("/portal")).text


async def test_list_finds_by_number_and_words_and_goes_on_by_pages(centre: Centre) -> None:
    made = [await centre.ticket(ROSA, f"words {n}", subject=f"Thing {n}") for n in range(22)]
    browser = await centre.sign_in(ROSA)
    page = (await browser.get("/portal")).text
    assert f"tickets/{made[-1]}" in page
    assert f'tickets/{made[0]}"' not in page
    older = re.search(r"before=(\d+)", page)
    assert older is not None
    assert f'tickets/{made[0]}"' in (await browser.get(f"/portal?before={older[1]}")).text
    for typed, number in ((f"%23{made[3]}", 3), ("words+7", 7), ("thing+9", 9)):
        assert f'tickets/{made[number]}"' in (await browser.get(f"/portal?q={typed}")).text
    await centre.desk.answer(made[5])
    assert f'tickets/{made[5]}"' in (await browser.get("/portal?show=turn")).text


async def test_promise_is_shown_with_its_moment_in_the_customers_zone(centre: Centre) -> None:
    mine = await centre.ticket(ROSA)
    answer = await centre.desk.answer(mine, "We call you tomorrow")
    sql = """
        insert into promise (ticket_id, home_ticket_id, entry_id, way, kind, words, due_at, first_due_at, team_id,
            made_at, status)
        values (%(t)s, %(t)s, %(e)s, 'message', 'fixed', 'x', '2026-11-24T01:30:00Z', '2026-11-24T01:30:00Z', 1, now(),
            'open')"""
    await centre.desk.execute(sql, t=mine, e=answer.id)
    browser = await centre.sign_in(ROSA)
    word = csrf_in((await browser.get("/portal/account")).text)
    zone = {"csrf": word, "time_zone": "Asia/Shanghai", "locale": "zh-CN"}
    assert (await browser.post("/portal/account", data=zone)).status_code == 303
    assert "2026年11月24日 09:30" in (await browser.get(f"/portal/tickets/{mine}")).text
    wrong = await browser.post("/portal/account", data=zone | {"time_zone": "Mars/Base"})
    assert wrong.status_code == 400


async def test_file_that_is_no_picture_or_document_is_refused(centre: Centre) -> None:
    mine = await centre.ticket(ROSA)
    browser = await centre.sign_in(ROSA)
    word = csrf_in((await browser.get(f"/portal/tickets/{mine}")).text)
    files = {"files": ("virus.exe", b"MZ\x00\x01", "image/png")}
    data = {"csrf": word, "text": "see", "key": "x"}
    answer = await browser.post(f"/portal/tickets/{mine}/messages", data=data, files=files)
    assert answer.status_code == 400
    assert "see</textarea>" in answer.text
    assert await centre.desk.sql(int, "select count(*) from attachment") == 0


async def test_file_of_a_note_is_not_found(centre: Centre) -> None:
    mine = await centre.ticket(ROSA)
    note = await centre.desk.note(mine, "look")
    sql = """
        with f as (insert into file (token, name, type, size, sha256, uploaded_by_kind, created_at)
            values ('hidden-token', 'n.txt', 'text/plain', 3, '', 'person', now()) returning id)
        insert into attachment (entry_id, ticket_id, file_id) select %(e)s, %(t)s, id from f"""
    await centre.desk.execute(sql, e=note.id, t=mine)
    browser = await centre.sign_in(ROSA)
    assert (await browser.get("/portal/files/hidden-token/n.txt")).status_code == 404


async def test_card_of_the_portal_says_only_what_is_meant_for_customers(centre: Centre) -> None:
    words = [
        CardWords(
            "en", "Batch M", "INTERNAL misprint", ["INTERNAL calm them"], "Dear {{customer.name}}, shut the valve."
        ),
        CardWords("zh-CN", "M 批次", "内部说明", ["内部步骤"], "请先关上进水阀。"),
    ]
    always = {"not": {"field": "message", "op": "contains", "value": "nothing"}}
    colleagues = [CardWords("en", "Colleagues", "INTERNAL", ["INTERNAL"])]
    everywhere: dict[str, Any] = {"condition": always, "from_at": centre.desk.now, "places": ["workspace", "portal"]}

    async def make(tx: Transaction) -> None:
        for name, said in (("told", words), ("kept", colleagues)):
            await add_card(tx, CardIn(name=name, words=said, **everywhere), by=SYSTEM, now=centre.desk.now)

    await centre.desk.write(make)
    mine = await centre.ticket(ROSA)
    browser = await centre.sign_in(ROSA)
    page = (await browser.get(f"/portal/tickets/{mine}")).text
    assert "Dear Rosa, shut the valve." in page
    assert "INTERNAL" not in page
    assert "Colleagues" not in page
    chinese = (await browser.get(f"/portal/tickets/{mine}?lang=zh-CN")).text
    assert "请先关上进水阀。" in chinese
    assert "内部" not in chinese
