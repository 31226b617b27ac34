"""The web form: a page without scripts, the same as JSON, and what keeps machines out."""

import re
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from ombud.channels.forms.proof import make_proof, read_proof
from ombud.channels.forms.words import WORDS
from ombud.shared.public_pages import pick_locale
from tests.channels.conftest import Desk, eventually

FILLED = {"name": "Anna", "email": "anna@example.com", "subject": "Fridge", "text": "It is warm"}
KEY = {"Idempotency-Key": "form-key-0001"}


@pytest.fixture
async def form(desk: Desk) -> Desk:
    await desk.add_channel("form", title={"en": "Service", "zh-CN": "售后服务"})
    return desk


def path(desk: Desk) -> str:
    return f"/forms/{desk.channels['form'].public_key}"


def proof(desk: Desk, seconds: float = 10) -> str:
    key = desk.channels["form"].public_key or ""
    return make_proof(desk.parts.key_ring, key, now=desk.now - timedelta(seconds=seconds))


async def fill_in(desk: Desk, **change: Any) -> Response:
    data = {**FILLED, "proof": proof(desk), "locale": "en", "website": "", **change}
    answer: Response = await desk.client.post(path(desk), data=data)
    return answer


async def send_json(desk: Desk, headers: dict[str, str] | None = None, **change: Any) -> Response:
    sent = KEY if headers is None else headers
    answer: Response = await desk.client.post(path(desk), json={**FILLED, **change}, headers=sent)
    return answer


async def test_page_is_whole_without_scripts(form: Desk) -> None:
    answer = await form.client.get(path(form), headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert "<h1>Service</h1>" in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    for name in ("name", "email", "subject", "text"):
        assert f'for="{name}"' in answer.text
        assert f'id="{name}"' in answer.text
    assert 'name="phone"' not in answer.text


@pytest.mark.parametrize(
    ("lang", "accepted", "title"),
    [
        ("", "zh-CN,zh;q=0.9", "售后服务"),
        ("en", "zh-CN", "Service"),
        ("zh-CN", "en", "售后服务"),
        ("", "de", "Service"),
    ],
)
async def test_page_speaks_the_visitors_language(form: Desk, lang: str, accepted: str, title: str) -> None:
    answer = await form.client.get(path(form), params={"lang": lang}, headers={"Accept-Language": accepted})
    assert f"<h1>{title}</h1>" in answer.text


async def test_unknown_form_is_not_found(form: Desk) -> None:
    assert (await form.client.get("/forms/nobody")).status_code == 404
    assert (await form.client.post("/forms/nobody", data=FILLED)).status_code == 404


async def test_sent_page_becomes_a_ticket_and_shows_its_number(form: Desk) -> None:
    answer = await fill_in(form)
    assert answer.status_code == 201
    await form.settled()
    ticket_id = await form.sql(int, "select id from ticket")
    # The number if intake was quick enough, else the receipt's.
    assert re.search(rf"<strong>(#{ticket_id}|R1)</strong>", answer.text)
    assert await form.sql(str, "select subject from ticket") == "Fridge"
    assert await form.sql(str, "select name || ' ' || email from customer") == "Anna anna@example.com"


async def test_typed_address_joins_nobodys_history(form: Desk) -> None:
    await form.execute(
        "insert into customer (name, email, created_at, updated_at) values ('V', 'anna@example.com', now(), now())"
    )
    await form.execute(
        "insert into identity (customer_id, kind, value, verified_at, created_at) "
        "select id, 'email', 'anna@example.com', now(), now() from customer"
    )
    await fill_in(form)
    await form.settled()
    known = await form.sql(int, "select customer_id from identity where kind = 'email'")
    assert await form.sql(int, "select customer_id from ticket") != known


async def test_page_sent_twice_is_one_ticket(form: Desk) -> None:
    stamp = proof(form)
    first, second = await fill_in(form, proof=stamp), await fill_in(form, proof=stamp)
    assert first.status_code == second.status_code == 201
    await form.settled()
    assert await form.sql(int, "select count(*) from ticket") == 1


async def test_another_text_under_an_old_stamp_is_asked_again(form: Desk) -> None:
    stamp = proof(form)
    await fill_in(form, proof=stamp)
    again = await fill_in(form, proof=stamp, text="Something else")
    assert again.status_code == 400
    assert "Something else" in again.text


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": ""}, "name"), ({"email": "anna"}, "email"), ({"email": "a@b@c.d"}, "email"), ({"text": "  "}, "text")],
)
async def test_missing_field_is_marked_and_the_rest_kept(form: Desk, change: dict[str, str], field: str) -> None:
    answer = await fill_in(form, **change)
    assert answer.status_code == 400
    assert f'id="{field}-problem"' in answer.text
    assert 'value="Fridge"' in answer.text
    assert await form.sql(int, "select count(*) from inbox") == 0


async def test_honeypot_keeps_nothing_and_tells_nothing(form: Desk) -> None:
    answer = await fill_in(form, website="https://spam.test")
    assert answer.status_code == 201
    assert "#" not in re.sub(r"<style>.*?</style>", "", answer.text, flags=re.DOTALL)
    assert await form.sql(int, "select count(*) from inbox") == 0


@pytest.mark.parametrize("seconds", [0, 1, 60 * 60 * 25, -100])
async def test_stamp_too_young_or_too_old_is_asked_again(form: Desk, seconds: float) -> None:
    answer = await fill_in(form, proof=proof(form, seconds))
    assert answer.status_code == 400
    assert "It is warm" in answer.text


@pytest.mark.parametrize("stamp", ["", "x", "1.2.3", "1790000000.abc." + "0" * 32, "9" * 40 + ".a." + "0" * 32])
async def test_forged_stamp_is_asked_again(form: Desk, stamp: str) -> None:
    assert (await fill_in(form, proof=stamp)).status_code == 400


async def test_stamp_of_another_form_is_worth_nothing(form: Desk) -> None:
    keys = form.parts.key_ring
    stamp = make_proof(keys, "one", now=form.now - timedelta(seconds=10))
    assert read_proof(keys, "one", stamp, now=form.now) is not None
    assert read_proof(keys, "other", stamp, now=form.now) is None


async def test_markup_in_fields_comes_back_harmless(form: Desk) -> None:
    answer = await fill_in(form, name='"><script>alert(1)</script>', email="bad")
    assert "<script>" not in answer.text


async def test_too_many_from_one_address_wait(form: Desk) -> None:
    answers = [await fill_in(form) for _ in range(11)]
    assert [one.status_code for one in answers[:10]] == [201] * 10
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "It is warm" in answers[-1].text


async def test_json_gives_receipt_and_reference(form: Desk) -> None:
    first = await send_json(form)
    assert first.status_code == 201
    await form.settled()
    again = await send_json(form)
    assert again.json()["receipt"] == first.json()["receipt"]
    assert again.json()["reference"] == f"#{await form.sql(int, 'select id from ticket')}"


async def test_json_again_with_its_key_is_the_same_message(form: Desk) -> None:
    first, second = await send_json(form), await send_json(form)
    assert first.json()["receipt"] == second.json()["receipt"]
    assert await form.sql(int, "select count(*) from inbox") == 1


async def test_json_with_a_used_key_and_another_body_is_refused(form: Desk) -> None:
    await send_json(form)
    answer = await send_json(form, text="Another")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "short"}, {"Idempotency-Key": "x" * 201}])
async def test_json_without_a_proper_key_is_refused(form: Desk, headers: dict[str, str]) -> None:
    assert (await send_json(form, headers=headers)).status_code == 400


@pytest.mark.parametrize("change", [{"email": "x"}, {"text": ""}, {"unknown": 1}, {"locale": "de"}, {"name": 5}])
async def test_json_with_bad_fields_is_refused(form: Desk, change: dict[str, Any]) -> None:
    answer = await send_json(form, **change)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


async def test_broken_json_is_refused(form: Desk) -> None:
    headers = {**KEY, "Content-Type": "application/json"}
    for body in (b"{", b"\xff\xfe", b"[]", b"null"):
        assert (await form.client.post(path(form), content=body, headers=headers)).status_code == 400


async def test_huge_form_is_refused(form: Desk) -> None:
    assert (await send_json(form, text="x" * 300_000)).status_code == 413


async def test_answer_to_a_form_goes_by_mail(form: Desk) -> None:
    await form.add_channel("email", address="help@shop.test", smtp={"host": "smtp.test", "port": 465})
    await send_json(form)
    await form.settled()
    await form.answer(await form.sql(int, "select id from ticket"))
    envelope = await form.sql(dict[str, Any], "select envelope from outbox")
    assert [one["address"] for one in envelope["to"]] == ["anna@example.com"]


async def test_phone_is_asked_when_set(desk: Desk) -> None:
    await desk.add_channel("form", ask_phone=True)
    assert 'name="phone"' in (await desk.client.get(path(desk))).text
    await fill_in(desk, phone="+86 138 0000 0000")

    async def has_phone() -> bool:
        return await desk.column(str, "select phone from customer") == ["+8613800000000"]

    await eventually(has_phone)


def test_words_are_the_same_in_both_languages() -> None:
    assert WORDS["en"].keys() == WORDS["zh-CN"].keys()


@pytest.mark.parametrize(
    ("asked", "accepted", "locale"),
    [("", "", "zh-CN"), ("zh", "en", "zh-CN"), ("xx", "en-GB;q=0.8", "en"), ("", "fr, zh-TW;q=0.5", "zh-CN")],
)
def test_pick_locale_takes_the_first_it_speaks(asked: str, accepted: str, locale: str) -> None:
    assert pick_locale(asked, accepted, "zh-CN") == locale
