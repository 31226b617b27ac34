"""The widget's endpoints: writing, reading, limits, and that nobody reads what is not theirs."""

import asyncio
import uuid
from datetime import timedelta
from typing import Any

import pytest

from ombud.tickets.services.announcements import AnnouncedWords, announce
from tests.channels.conftest import PNG, Desk
from tests.channels.visitors import Visitor, arrive


@pytest.fixture
async def chat(desk: Desk) -> Desk:
    await desk.add_channel("chat", file_max_bytes=2_000)
    return desk


async def test_get_config_tells_what_the_widget_shows(desk: Desk) -> None:
    made = await desk.add_channel("chat", color="#123456", greeting={"en": "Hi", "zh-CN": "您好"})
    answer = await desk.client.get(f"/widget/v1/{made.public_key}/config")
    config = answer.json()
    assert config["name"] == "Ombud"
    assert config["color"] == "#123456"
    assert config["greeting"] == {"en": "Hi", "zh-CN": "您好"}
    assert config["office"] == {"is_open": True, "opens_at": None}
    assert config["wait"] == {"basis": "nobody", "low_seconds": None, "high_seconds": None}
    assert "image/png" in config["file_types"]
    assert "secret" not in answer.text


async def test_get_config_tells_what_is_announced_on_its_channel(desk: Desk) -> None:
    made, other = await desk.add_channel("chat"), await desk.add_channel("chat")
    async with desk.parts.database.transaction() as tx:
        until = desk.now + timedelta(hours=1)
        await announce(tx, "test", AnnouncedWords("Long waits", "排队较长"), [made.id], now=desk.now, until=until)
    told = [(await desk.client.get(f"/widget/v1/{one.public_key}/config")).json() for one in (made, other)]
    assert [one["announcement"] for one in told] == [{"en": "Long waits", "zh-CN": "排队较长"}, None]


async def test_get_config_of_closed_office_tells_when_it_opens(desk: Desk) -> None:
    tomorrow = (desk.now.weekday() + 1) % 7
    hours = {"time_zone": "UTC", "intervals": [{"weekday": tomorrow, "start": 540, "end": 600}]}
    made = await desk.add_channel("chat", office_hours=hours)
    office = (await desk.client.get(f"/widget/v1/{made.public_key}/config")).json()["office"]
    assert office["is_open"] is False
    assert office["opens_at"].endswith("T09:00:00Z")


@pytest.mark.parametrize(
    "path", ["/widget/v1/nobody/config", "/widget/v1/%00/config", "/widget/v1/" + "x" * 500 + "/config"]
)
async def test_get_config_of_unknown_widget_is_not_found(chat: Desk, path: str) -> None:
    assert (await chat.client.get(path)).status_code in {400, 404}


async def test_switched_off_widget_takes_nothing(chat: Desk) -> None:
    visitor = await arrive(chat)
    await chat.execute("update channel set is_active = false")
    assert (await visitor.send("anybody?")).status_code == 404
    assert (await visitor.begin()).status_code == 404
    assert (await chat.client.get("/widget/v1/messages", headers=visitor.headers)).status_code == 404


async def test_send_message_opens_a_ticket_of_the_channel(chat: Desk) -> None:
    visitor = await arrive(chat)
    ticket_id = await visitor.write(
        "My fridge is warm",
        name="Anna",
        email="Anna@Example.com",
        page={"url": "https://shop.test/f", "title": "Fridges"},
    )
    kind = await chat.sql(
        str, "select c.kind from ticket t join channel c on c.id = t.channel_id where t.id = %(id)s", id=ticket_id
    )
    page = await chat.sql(dict[str, Any], "select details -> 'page' from entry where ticket_id = %(id)s", id=ticket_id)
    emails = await chat.column(str, "select email from customer")
    assert kind == "chat"
    assert page == {"url": "https://shop.test/f", "title": "Fridges"}
    assert emails == ["anna@example.com"]


async def test_second_message_joins_the_ticket(chat: Desk) -> None:
    visitor = await arrive(chat)
    first = await visitor.write("one")
    assert await visitor.write("two") == first
    assert await visitor.texts() == ["one", "two"]


async def test_messages_sent_one_after_the_other_keep_their_order(chat: Desk) -> None:
    visitor = await arrive(chat)
    for number in range(12):
        assert (await visitor.send(f"message {number}")).status_code == 202
    await chat.settled()
    assert await visitor.texts() == [f"message {number}" for number in range(12)]


async def test_same_client_key_again_is_one_message(chat: Desk) -> None:
    visitor = await arrive(chat)
    key = str(uuid.uuid4())
    answers = await asyncio.gather(*(visitor.send("once", key) for _ in range(8)))
    await chat.settled()
    again = await visitor.send("once", key)
    assert {answer.status_code for answer in (*answers, again)} == {202}
    assert {answer.json()["client_key"] for answer in answers} == {key}
    assert await visitor.texts() == ["once"]


async def test_same_client_key_of_two_visitors_is_two_messages(chat: Desk) -> None:
    one, other = await arrive(chat), await arrive(chat)
    key = str(uuid.uuid4())
    await one.send("mine", key)
    await other.send("yours", key)
    await chat.settled()
    assert await one.texts() == ["mine"]
    assert await other.texts() == ["yours"]


async def test_ten_first_messages_at_once_make_one_ticket(chat: Desk) -> None:
    visitor = await arrive(chat)
    await asyncio.gather(*(visitor.send(f"m{number}") for number in range(10)))
    await chat.settled()
    assert await chat.sql(int, "select count(*) from ticket") == 1
    assert await chat.sql(int, "select count(*) from customer") == 1


async def test_answer_reaches_the_visitor_with_the_display_name_only(chat: Desk) -> None:
    visitor = await arrive(chat)
    ticket_id = await visitor.write("hello")
    await chat.execute(
        "insert into person (email, name, display_name, staff_number, role, created_at) "
        "values ('a@x', 'Real Name', 'Lin', '1024', 'agent', now())"
    )
    await chat.answer(ticket_id, "Good morning")
    await chat.execute(
        "update entry set author_kind = 'person', author_id = (select max(id) from person) where direction = 'out'"
    )
    item = (await visitor.page())["items"][-1]
    assert (item["text"], item["direction"], item["author_name"]) == ("Good morning", "out", "Lin · 1024")
    assert item["client_key"] is None


async def test_get_messages_pages_by_after(chat: Desk) -> None:
    visitor = await arrive(chat)
    for text in ("a", "b", "c"):
        await visitor.send(text)
    await chat.settled()
    first = (await visitor.page(limit=2))["items"]
    rest = (await visitor.page(limit=2, after=first[-1]["id"]))["items"]
    assert [one["text"] for one in (*first, *rest)] == ["a", "b", "c"]


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 1000}, {"limit": "x"}, {"after": "x"}])
async def test_get_messages_with_bad_numbers_is_refused(chat: Desk, params: dict[str, Any]) -> None:
    visitor = await arrive(chat)
    await visitor.write("hello")
    answer = await chat.client.get("/widget/v1/messages", params=params, headers=visitor.headers)
    assert answer.status_code == 400


async def test_visitor_without_messages_reads_nothing(chat: Desk) -> None:
    assert (await (await arrive(chat)).page())["items"] == []


async def test_another_visitor_gets_nothing(chat: Desk) -> None:
    one, other = await arrive(chat), await arrive(chat)
    ticket_id = await one.write("my address is 1 Main Street")
    await chat.answer(ticket_id, "thank you")
    assert (await other.page())["items"] == []
    await other.write("hello")
    assert await other.texts() == ["hello"]


async def test_same_typed_address_joins_no_history(chat: Desk) -> None:
    one, other = await arrive(chat), await arrive(chat)
    await one.write("first", email="anna@example.com")
    await other.write("second", email="anna@example.com")
    assert await other.texts() == ["second"]
    assert await chat.sql(int, "select count(*) from customer") == 2
    assert await chat.sql(int, "select count(*) from identity where kind = 'email'") == 0


async def test_visitor_of_another_widget_gets_nothing(chat: Desk) -> None:
    one = await arrive(chat)
    await one.write("on the first widget")
    second = await chat.add_channel("chat")
    other = Visitor(chat, second.public_key or "", one.token)
    await other.begin()
    assert other.id != one.id
    assert (await other.page())["items"] == []


@pytest.mark.parametrize("token", ["", "x", "a.b", "ä.ö", "e30.", ".", "x" * 5000, "W10.W10"])
async def test_broken_token_is_not_signed_in(chat: Desk, token: str) -> None:
    headers = {b"Authorization": f"Bearer {token}".encode()}
    for path in ("messages", "stream"):
        answer = await chat.client.get(f"/widget/v1/{path}", headers=headers)
        assert answer.status_code == 401
    answer = await chat.client.post("/widget/v1/messages", json={"client_key": "k" * 36, "text": "x"}, headers=headers)
    assert answer.status_code == 401


async def test_token_with_a_changed_letter_is_refused(chat: Desk) -> None:
    visitor = await arrive(chat)
    middle = len(visitor.token) // 3
    visitor.token = (
        visitor.token[:middle] + ("A" if visitor.token[middle] != "A" else "B") + visitor.token[middle + 1 :]
    )
    assert (await visitor.send("x")).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"client_key": "short", "text": "x"},
        {"client_key": "k" * 36},
        {"client_key": "k" * 36, "text": "   "},
        {"client_key": "k" * 36, "text": "x" * 10_001},
        {"client_key": "k" * 36, "text": "x", "unknown": 1},
        {"client_key": "k" * 36, "text": 5},
        {"client_key": "k" * 36, "text": "x", "attachment_tokens": ["a"] * 6},
        {"client_key": "k" * 36, "text": "x", "attachment_tokens": ["nonsense"]},
        {"client_key": "../../etc/passwd", "text": "x"},
    ],
)
async def test_send_message_with_bad_body_is_refused(chat: Desk, body: dict[str, Any]) -> None:
    visitor = await arrive(chat)
    answer = await chat.client.post("/widget/v1/messages", json=body, headers=visitor.headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_huge_body_is_refused(chat: Desk) -> None:
    visitor = await arrive(chat)
    answer = await visitor.send("x" * 200_000)
    assert answer.status_code == 413


async def test_nul_in_text_does_no_harm(chat: Desk) -> None:
    visitor = await arrive(chat)
    assert (await visitor.send("a\x00b")).status_code == 202
    await chat.settled()
    assert await visitor.texts() == ["ab"]


async def test_blocked_customer_is_told_so(chat: Desk) -> None:
    visitor = await arrive(chat)
    await visitor.write("spam")
    await chat.execute("update customer set is_blocked = true")
    answer = await visitor.send("more spam")
    assert (answer.status_code, answer.json()["code"]) == (403, "blocked")
    assert (await visitor.upload("a.png", PNG)).status_code == 403
    assert (await visitor.put("contact", name="x")).status_code == 403


async def test_typed_contact_reaches_the_customer_and_proves_nothing(chat: Desk) -> None:
    visitor = await arrive(chat)
    await visitor.write("hello")
    assert (await visitor.put("contact", name="Anna", email="Anna@example.com")).status_code == 204
    assert await chat.column(str, "select name || ' ' || email from customer") == ["Anna anna@example.com"]
    assert await chat.sql(int, "select count(*) from identity where verified_at is not null") == 0


@pytest.mark.parametrize(("letters", "kept"), [(242, 254), (189, 201), (243, None)])
async def test_typed_address_of_any_length_that_mail_knows_is_kept(chat: Desk, letters: int, kept: int | None) -> None:
    visitor = await arrive(chat)
    await visitor.write("hello")
    answer = await visitor.put("contact", email="x" * letters + "@example.com")
    assert answer.status_code == (204 if kept else 400)
    assert await chat.sql(int, "select length(email) from customer") == (kept or 0)


async def test_contact_before_the_first_message_changes_nothing(chat: Desk) -> None:
    visitor = await arrive(chat)
    assert (await visitor.put("contact", name="Anna")).status_code == 204
    assert await chat.sql(int, "select count(*) from customer") == 0


async def test_message_after_solving_reopens_the_talk(chat: Desk) -> None:
    visitor = await arrive(chat)
    ticket_id = await visitor.write("hello")
    await chat.answer(ticket_id, solve=True)
    assert await visitor.write("one more thing") == ticket_id


async def test_message_after_closing_opens_a_new_ticket_and_shows_both(chat: Desk) -> None:
    visitor = await arrive(chat)
    ticket_id = await visitor.write("hello")
    closed = "(select id from status where category = 'closed' and is_default)"
    await chat.execute(f"update ticket set category = 'closed', status_id = {closed}")
    assert await visitor.write("again me") != ticket_id
    assert await visitor.texts() == ["hello", "again me"]


async def test_preflight_allows_what_the_widget_sends(chat: Desk) -> None:
    asked = {
        "Origin": "https://shop.test",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,last-event-id",
    }
    for path in ("messages", "stream", "files", "read", f"{chat.channels['chat'].public_key}/visitors"):
        answer = await chat.client.options(f"/widget/v1/{path}", headers=asked)
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "authorization" in answer.headers["access-control-allow-headers"].lower()
        assert "access-control-allow-credentials" not in answer.headers


async def test_other_paths_are_not_open_to_other_origins(chat: Desk) -> None:
    for path in ("/api/v1/session", "/api/v1/tickets", "/"):
        answer = await chat.client.get(path, headers={"Origin": "https://shop.test"})
        assert "access-control-allow-origin" not in answer.headers
