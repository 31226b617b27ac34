"""The API channel: idempotent intake, receipts, answers handed out and their deliveries."""

import asyncio
import json
from typing import Any

import pytest
from httpx import Response

from ombud.config.openapi import describe_api
from ombud.shared.crypto import hash_token
from tests.channels.conftest import Desk

MESSAGE: dict[str, Any] = {"customer": {"external_id": "c-1", "name": "Anna"}, "text": "My fridge is warm"}
SCOPES = ["messages.write", "outgoing.read", "tickets.note"]


class Client:
    """A customer's own program."""

    def __init__(self, desk: Desk, key: str, channel_id: int) -> None:
        self.desk, self.key, self.channel_id = desk, key, channel_id

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    async def hand_in(self, idempotency_key: str | None = "first-key", **change: Any) -> Response:
        headers = dict(self.headers)
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        path = f"/api/v1/channels/{self.channel_id}/messages"
        answer: Response = await self.desk.client.post(path, json={**MESSAGE, **change}, headers=headers)
        return answer

    async def outgoing(self, **params: Any) -> list[Any]:
        path = f"/api/v1/channels/{self.channel_id}/outgoing"
        answer = await self.desk.client.get(path, params=params, headers=self.headers)
        assert answer.status_code == 200, answer.text
        items: list[Any] = answer.json()["items"]
        return items

    async def report(self, outbox_id: int, **body: Any) -> Response:
        path = f"/api/v1/channels/{self.channel_id}/outgoing/{outbox_id}/delivery"
        answer: Response = await self.desk.client.put(path, json=body, headers=self.headers)
        return answer

    async def receipt(self, receipt_id: int) -> Response:
        answer: Response = await self.desk.client.get(f"/api/v1/receipts/{receipt_id}", headers=self.headers)
        return answer


async def make_key(desk: Desk, name: str, scopes: list[str], team_ids: list[int] | None = None) -> str:
    key = f"omb_{name}_0123456789012345678901234567890"
    await desk.execute(
        "insert into person (email, name, role, created_at) values (%(name)s, 'A', 'administrator', now())", name=name
    )
    await desk.execute(
        "insert into api_key (name, prefix, key_hash, scopes, team_ids, created_by, created_at) "
        "select %(name)s, 'omb_x', %(hash)s, %(scopes)s, %(teams)s, max(id), now() from person",
        name=name,
        hash=hash_token(key),
        scopes=scopes,
        teams=team_ids,
    )
    return key


@pytest.fixture
async def client(desk: Desk) -> Client:
    channel = await desk.add_channel("api")
    return Client(desk, await make_key(desk, "main", SCOPES), channel.id)


async def taken_in(client: Client, **change: Any) -> int:
    answer = await client.hand_in(**change)
    assert answer.status_code == 202, answer.text
    await client.desk.settled()
    return int((await client.receipt(answer.json()["receipt"])).json()["ticket_id"])


async def test_hand_in_message_opens_a_ticket(client: Client) -> None:
    answer = await client.hand_in()
    assert (answer.status_code, answer.json()["state"]) == (202, "accepted")
    await client.desk.settled()
    receipt = (await client.receipt(answer.json()["receipt"])).json()
    assert receipt["state"] == "done"
    assert receipt["ticket_id"]
    assert receipt["entry_id"]
    assert await client.desk.sql(str, "select scope || ' ' || value from identity") == f"{client.channel_id} c-1"


async def test_hand_in_again_gives_the_same_receipt(client: Client) -> None:
    answers = await asyncio.gather(*(client.hand_in() for _ in range(10)))
    assert {one.status_code for one in answers} == {202}
    assert len({one.json()["receipt"] for one in answers}) == 1
    await client.desk.settled()
    assert (await client.hand_in()).json() == answers[0].json()
    assert await client.desk.sql(int, "select count(*) from entry where kind = 'message'") == 1


async def test_hand_in_another_body_under_a_used_key_is_refused(client: Client) -> None:
    await client.hand_in()
    answer = await client.hand_in(text="Another text")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_hand_in_same_body_written_otherwise_is_the_same(client: Client) -> None:
    first = await client.hand_in()
    body = b'{ "text":"My fridge is warm",\n "customer":{"name":"Anna","external_id":"c-1"}}'
    headers = {**client.headers, "Idempotency-Key": "first-key", "Content-Type": "application/json"}
    path = f"/api/v1/channels/{client.channel_id}/messages"
    again = await client.desk.client.post(path, content=body, headers=headers)
    assert again.json() == first.json()


@pytest.mark.parametrize("key", [None, "short", "x" * 201])
async def test_hand_in_without_a_proper_key_is_refused(client: Client, key: str | None) -> None:
    assert (await client.hand_in(key)).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"text": ""},
        {"text": 5},
        {"customer": {}},
        {"customer": {"external_id": ""}},
        {"unknown": 1},
        {"attachment_ids": [999]},
        {"at": "yesterday"},
        {"thread": ""},
    ],
)
async def test_hand_in_bad_body_is_refused(client: Client, change: dict[str, Any]) -> None:
    answer = await client.hand_in(**change)
    assert answer.status_code == 400
    assert await client.desk.sql(int, "select count(*) from inbox") == 0


async def test_hand_in_huge_body_is_refused(client: Client) -> None:
    assert (await client.hand_in(text="x" * 400_000)).status_code == 413


async def test_threads_are_talks_of_their_own(client: Client) -> None:
    one = await taken_in(client, idempotency_key="key-00001", thread="order-1")
    other = await taken_in(client, idempotency_key="key-00002", thread="order-2")
    again = await taken_in(client, idempotency_key="key-00003", thread="order-1")
    assert one == again != other


async def test_messages_without_thread_are_one_talk_a_customer(client: Client) -> None:
    one = await taken_in(client, idempotency_key="key-00001")
    again = await taken_in(client, idempotency_key="key-00002")
    other = await taken_in(client, idempotency_key="key-00003", customer={"external_id": "c-2"})
    assert one == again != other


async def test_hand_in_needs_the_scope(client: Client) -> None:
    client.key = await make_key(client.desk, "reader", ["outgoing.read"])
    assert (await client.hand_in()).status_code == 403


async def test_hand_in_without_a_key_is_not_signed_in(client: Client) -> None:
    client.key = "omb_nobody"
    assert (await client.hand_in()).status_code == 401


async def test_key_of_another_team_finds_neither_channel_nor_receipt(client: Client) -> None:
    receipt = (await client.hand_in()).json()["receipt"]
    await client.desk.execute("insert into team (name, created_at) values ('Other', now())")
    other = await client.desk.sql(int, "select max(id) from team")
    client.key = await make_key(client.desk, "other", SCOPES, [other])
    assert (await client.hand_in("other-key")).status_code == 404
    assert (await client.receipt(receipt)).status_code == 404
    answer = await client.desk.client.get(f"/api/v1/channels/{client.channel_id}/outgoing", headers=client.headers)
    assert answer.status_code == 404


async def test_channel_of_another_kind_is_not_found(client: Client) -> None:
    chat = await client.desk.add_channel("chat")
    client.channel_id = chat.id
    assert (await client.hand_in()).status_code == 404


async def test_unknown_receipt_is_not_found(client: Client) -> None:
    assert (await client.receipt(999_999)).status_code == 404


async def test_answer_is_handed_out_and_counts_as_sent(client: Client) -> None:
    ticket_id = await taken_in(client, thread="order-1")
    await client.desk.answer(ticket_id, "We can come on Monday")
    items = await client.outgoing()
    assert [(one["ticket_id"], one["thread"], one["text"], one["customer_external_id"]) for one in items] == [
        (ticket_id, "order-1", "We can come on Monday", "c-1")
    ]
    assert await client.desk.sql(str, "select state from outbox") == "sent"


async def test_answer_is_handed_out_again_until_passed(client: Client) -> None:
    await client.desk.answer(await taken_in(client))
    first = await client.outgoing()
    assert await client.outgoing() == first
    assert await client.outgoing(after=first[-1]["id"]) == []


async def test_late_commit_with_a_smaller_number_is_not_passed_over(client: Client) -> None:
    ticket_id = await taken_in(client)
    await client.desk.answer(ticket_id, "one")
    await client.desk.answer(ticket_id, "two")
    newest = await client.desk.sql(int, "select max(id) from outbox")
    assert [one["text"] for one in await client.outgoing(after=newest)] == ["one", "two"]


async def test_note_is_never_handed_out(client: Client) -> None:
    ticket_id = await taken_in(client)
    await client.desk.note(ticket_id, "internal")
    assert await client.outgoing() == []


async def test_delivery_is_reported_once_to_the_log(client: Client) -> None:
    await client.desk.answer(await taken_in(client))
    outbox_id = (await client.outgoing())[0]["id"]
    for _ in range(2):
        assert (await client.report(outbox_id, state="delivered")).status_code == 204
    await client.desk.settled()
    states = await client.desk.column(
        str, "select data ->> 'state' from event where kind = 'delivery_changed' order by seq"
    )
    assert states == ["sent", "delivered"]
    assert await client.desk.sql(bool, "select delivered_at is not null from outbox") is True


async def test_failed_delivery_keeps_its_reason(client: Client) -> None:
    await client.desk.answer(await taken_in(client))
    outbox_id = (await client.outgoing())[0]["id"]
    await client.report(outbox_id, state="failed", problem="number is gone")
    assert await client.desk.sql(str, "select state || ': ' || problem from outbox") == "failed: number is gone"


@pytest.mark.parametrize("body", [{}, {"state": "lost"}, {"state": "failed", "problem": "x" * 501}, {"state": 1}])
async def test_bad_report_is_refused(client: Client, body: dict[str, Any]) -> None:
    assert (await client.report(1, **body)).status_code == 400


async def test_report_on_somebody_elses_answer_is_not_found(client: Client) -> None:
    await client.desk.answer(await taken_in(client))
    outbox_id = (await client.outgoing())[0]["id"]
    second = await client.desk.add_channel("api")
    client.channel_id = second.id
    assert (await client.report(outbox_id, state="delivered")).status_code == 404


def test_endpoints_are_documented_with_their_scopes() -> None:
    paths = json.loads(describe_api())["paths"]
    posted = paths["/api/v1/channels/{channel_id}/messages"]["post"]
    assert "messages.write" in posted["summary"]
    assert [one["name"] for one in posted["parameters"] if one["in"] == "header"] == ["Idempotency-Key"]
    assert "outgoing.read" in paths["/api/v1/channels/{channel_id}/outgoing"]["get"]["summary"]
    assert "/widget/v1/messages" in paths
    assert "/forms/{public_key}" in paths


async def define(desk: Desk, key: str, kind: str, options: str = "{}") -> None:
    await desk.execute(
        "insert into field (subject, key, name_en, name_zh, kind, options, created_at)"
        " values ('ticket', %(key)s, %(key)s, %(key)s, %(kind)s, %(options)s::jsonb, now())",
        key=key,
        kind=kind,
        options=options,
    )


async def add_type(desk: Desk, *, is_archived: bool = False) -> int:
    sql = """
        insert into ticket_type (name_en, name_zh, archived_at, created_at)
        values ('Repair', '报修', case when %(gone)s then now() end, now()) returning id"""
    return int(await desk.sql(int, sql, gone=is_archived))


async def test_message_opens_a_ticket_of_its_type_with_its_fields(client: Client) -> None:
    desk = client.desk
    await define(desk, "order_no", "text")
    await define(desk, "fault", "choice", '{"choices": [{"value": "leak", "name_en": "Leak", "name_zh": "漏水"}]}')
    kind = await add_type(desk)
    values = {"order_no": "SO-1", "fault": "leak"}
    answer = await client.hand_in(type_id=kind, fields=values)
    assert answer.status_code == 202, answer.text
    await desk.settled()
    kept = await desk.sql(dict[str, Any], "select jsonb_build_object('t', type_id, 'f', fields) from ticket")
    assert kept == {"t": kind, "f": values}
    facets = await desk.sql(list[str], "select facets from ticket_facet")
    assert sorted(facets) == ["f:fault=leak", f"type:{kind}"]
    # The next message joins the ticket, which keeps what it has.
    await client.hand_in("second-key", fields={"order_no": "SO-2"})
    await desk.settled()
    assert await desk.sql(str, "select fields ->> 'order_no' from ticket") == "SO-1"


async def test_message_with_a_bad_field_says_which_and_why(client: Client) -> None:
    await define(client.desk, "floors", "number")
    answer = await client.hand_in(fields={"floors": "three", "nobody": 1})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_fields")
    assert answer.json()["fields"] == {"floors": "not_a_number", "nobody": "unknown_field"}
    assert await client.desk.sql(int, "select count(*) from inbox") == 0


async def test_message_of_a_type_that_is_not_in_use_is_refused(client: Client) -> None:
    for type_id in (await add_type(client.desk, is_archived=True), 999):
        answer = await client.hand_in(type_id=type_id)
        assert answer.status_code == 422, answer.text
        assert answer.json()["fields"] == {"type_id": "unknown"}


async def test_file_field_takes_a_file_of_the_message_only(client: Client) -> None:
    desk = client.desk
    await define(desk, "photo", "file")
    upload = {"file": ("leak.txt", b"drip")}
    made = (await desk.client.post("/api/v1/files", files=upload, headers=client.headers)).json()
    refused = await client.hand_in(fields={"photo": made["id"]})
    assert refused.json()["fields"] == {"photo": "unknown_file"}
    answer = await client.hand_in("with-file", fields={"photo": made["id"]}, attachment_ids=[made["id"]])
    assert answer.status_code == 202, answer.text
    await desk.settled()
    sql = "select exists (select from attachment a join ticket t on (t.fields ->> 'photo')::bigint = a.file_id)"
    assert await desk.sql(bool, sql)
