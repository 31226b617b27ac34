"""The contact form: answers first, then a ticket; what keeps machines out; files that wait for the second step."""

import re
from typing import Any

import httpx

from tests.portal.conftest import REFUND, Centre, eventually

SAID = {"name": "Rosa", "email": "rosa@example.com", "subject": "", "text": "How long does a refund take?"}


async def send(centre: Centre, browser: httpx.AsyncClient | None = None, **more: Any) -> httpx.Response:
    files = more.pop("files", None)
    data = {**SAID, "stamp": centre.stamp(), **more}
    return await (browser or centre.client).post("/help/en/contact", data=data, files=files)


async def known(centre: Centre) -> str:
    """An article whose passages can be found."""
    made = await centre.article(REFUND)
    await eventually(lambda: centre.desk.sql(bool, "select count(*) > 0 from passage"))
    return await centre.slug(made)


async def test_form_is_whole_without_scripts(centre: Centre) -> None:
    page = await centre.get("/help/zh-CN/contact")
    assert "<script" not in page.text
    assert "script-src 'none'" in page.headers["content-security-policy"]
    for name in ("name", "email", "subject", "text", "files"):
        assert f'for="{name}"' in page.text


async def test_answers_are_proposed_before_anything_is_sent(centre: Centre) -> None:
    slug = await known(centre)
    page = await send(centre)
    assert f"/help/en/articles/{slug}" in page.text
    assert 'name="step" value="send"' in page.text
    assert await centre.desk.sql(int, "select count(*) from inbox") == 0
    assert await centre.desk.sql(int, "select results from knowledge_search where place = 'form'") == 1


async def test_second_step_makes_the_ticket_once(centre: Centre) -> None:
    stamp = centre.stamp()
    for _ in range(2):
        page = await send(centre, step="send", stamp=stamp)
        assert "Your message has arrived" in page.text
    await centre.desk.settled()
    assert await centre.desk.sql(int, "select count(*) from ticket") == 1
    assert "/portal/sign-in" in page.text


async def test_files_wait_for_the_second_step(centre: Centre) -> None:
    await known(centre)
    stamp = centre.stamp()
    page = await send(centre, stamp=stamp, files={"files": ("bill.txt", b"1 fridge", "text/plain")})
    assert "bill.txt" in page.text
    kept = re.search(r'name="kept" value="([^"]+)"', page.text)
    assert kept is not None
    stolen = await send(centre, step="send", kept=kept[1], text="Of another page")
    assert "Your message has arrived" in stolen.text
    await send(centre, step="send", kept=kept[1], stamp=stamp)
    await centre.desk.settled()
    sql = """
        select string_agg(e.text || f.name, ',') from attachment a join entry e on e.id = a.entry_id
        join file f on f.id = a.file_id"""
    assert await centre.desk.sql(str, sql) == "How long does a refund take?bill.txt"


async def test_machines_are_told_nothing_and_make_nothing(centre: Centre) -> None:
    trapped = await send(centre, step="send", website="https://spam.example")
    assert "Your message has arrived" in trapped.text
    for stamp in ("", "made-up", centre.stamp()[:-8] + "0" * 8):
        answer = await send(centre, step="send", stamp=stamp)
        assert answer.status_code == 400
        assert "How long does a refund take?" in answer.text
    assert await centre.desk.sql(int, "select count(*) from inbox") == 0


async def test_what_is_missing_is_said_beside_its_field(centre: Centre) -> None:
    answer = await send(centre, step="send", name="", email="nobody")
    assert answer.status_code == 400
    assert 'id="name-problem"' in answer.text
    assert 'id="email-problem"' in answer.text


async def test_form_of_another_site_is_refused(centre: Centre) -> None:
    data = {**SAID, "stamp": centre.stamp(), "step": "send"}
    answer = await centre.client.post("/help/en/contact", data=data, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


async def test_who_is_signed_in_writes_as_who_they_are(centre: Centre) -> None:
    await centre.ticket("rosa@example.com")
    browser = await centre.sign_in("rosa@example.com")
    answer = await send(centre, browser, step="send", email="someone-else@example.com")
    assert "My tickets" in answer.text
    await centre.desk.settled()
    assert await centre.desk.sql(int, "select count(distinct customer_id) from ticket") == 1


async def test_brand_without_a_form_says_so(centre: Centre) -> None:
    await centre.set_up(has_portal=False, form_channel_id=None)
    assert (await centre.get("/help/en/contact")).status_code == 404
    assert "/contact" not in (await centre.get("/help/en")).text
