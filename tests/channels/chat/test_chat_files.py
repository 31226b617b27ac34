"""Files of visitors: limited, sniffed, theirs alone, and handed out so that they run nowhere."""

import pytest

from tests.channels.conftest import PNG, Desk
from tests.channels.visitors import arrive


@pytest.fixture
async def chat(desk: Desk) -> Desk:
    await desk.add_channel("chat", file_max_bytes=2_000)
    return desk


async def test_upload_and_send_shows_the_file_to_both_sides(chat: Desk) -> None:
    visitor = await arrive(chat)
    uploaded = await visitor.upload("leak.png", PNG, "image/png")
    assert uploaded.status_code == 201
    answer = await visitor.send("", attachment_tokens=[uploaded.json()["token"]])
    await chat.settled()
    assert answer.status_code == 202
    shown = (await visitor.page())["items"][0]["attachments"]
    assert [(one["name"], one["type"], one["size"]) for one in shown] == [("leak.png", "image/png", len(PNG))]
    assert await chat.sql(int, "select count(*) from attachment a join file f on f.id = a.file_id") == 1
    file = await chat.client.get(shown[0]["url"])
    assert file.content == PNG
    assert file.headers["content-type"] == "image/png"
    assert file.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_file_goes_out_so_that_it_runs_nowhere(chat: Desk) -> None:
    visitor = await arrive(chat)
    uploaded = (await visitor.upload("bill.pdf", b"%PDF-1.7 <script>")).json()
    file = await chat.client.get(uploaded["url"])
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["content-type"].startswith("application/octet-stream")
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in file.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.png", b"<script>alert(1)</script>", 415),
        ("a.svg", b"<svg onload='alert(1)'/>", 415),
        ("a.exe", b"MZ\x90\x00\x03\x00", 415),
        ("a.zip", b"PK\x03\x04....", 415),
        ("a.png", b"", 415),
        ("big.png", PNG + b"x" * 3_000, 413),
    ],
)
async def test_upload_of_what_is_not_taken_is_refused(chat: Desk, name: str, content: bytes, status: int) -> None:
    visitor = await arrive(chat)
    answer = await visitor.upload(name, content, "image/png")
    assert answer.status_code == status
    assert await chat.sql(int, "select count(*) from file") == 0


async def test_upload_with_a_wicked_name_gets_a_harmless_one(chat: Desk) -> None:
    visitor = await arrive(chat)
    uploaded = (await visitor.upload('../../etc/pass"wd\r\n.png', PNG)).json()
    assert "/" not in uploaded["name"]
    assert '"' not in uploaded["name"]


async def test_upload_needs_a_visitor(chat: Desk) -> None:
    answer = await chat.client.post("/widget/v1/files", files={"file": ("a.png", PNG, "image/png")})
    assert answer.status_code == 401


async def test_upload_without_the_field_is_refused(chat: Desk) -> None:
    visitor = await arrive(chat)
    answer = await chat.client.post("/widget/v1/files", files={"other": ("a.png", PNG)}, headers=visitor.headers)
    assert answer.status_code == 400


async def test_somebody_elses_upload_cannot_be_sent(chat: Desk) -> None:
    one, other = await arrive(chat), await arrive(chat)
    uploaded = (await one.upload("mine.png", PNG)).json()
    answer = await other.send("look", attachment_tokens=[uploaded["token"]])
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_attachment")


async def test_bare_store_name_is_no_upload(chat: Desk) -> None:
    visitor = await arrive(chat)
    uploaded = (await visitor.upload("mine.png", PNG)).json()
    store_name = uploaded["url"].split("/")[4]
    assert (await visitor.send("look", attachment_tokens=[store_name])).status_code == 400


async def test_too_many_uploads_are_refused(chat: Desk) -> None:
    visitor = await arrive(chat)
    codes = [(await visitor.upload("a.png", PNG)).status_code for _ in range(12)]
    assert codes[:10] == [201] * 10
    assert codes[-1] == 429


async def test_file_of_an_internal_note_is_not_found(chat: Desk) -> None:
    visitor = await arrive(chat)
    ticket_id = await visitor.write("hello")
    note = await chat.note(ticket_id, "look at this")
    await chat.execute(
        "insert into file (token, name, type, size, sha256, uploaded_by_kind, created_at) "
        "values ('secret-token', 'x.png', 'image/png', 3, 'abc', 'person', now())"
    )
    await chat.execute(
        "insert into attachment (entry_id, ticket_id, file_id) select %(entry)s, %(ticket)s, max(id) from file",
        entry=note.id,
        ticket=ticket_id,
    )
    assert (await chat.client.get("/widget/v1/files/secret-token/x.png")).status_code == 404
