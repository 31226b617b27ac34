"""The endpoints of webhooks: work, forbidden, somebody else's, bad input."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar
from litestar.datastructures import State
from msgspec import structs

from ombud.automation.webhooks.api import routers
from ombud.automation.webhooks.jobs import Courier
from ombud.intelligence.personal_data.services import mask_tree
from ombud.shared.actor import Actor
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database, value
from ombud.shared.http import DEPENDENCIES, EXCEPTION_HANDLERS, Connection
from ombud.shared.outbound import Outbound
from tests.automation.webhook_facts import Happen, Make, TicketOpened
from tests.receiver import Receiver

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
GIVEN = {"name": "CRM", "url": "https://crm.example.com/hook", "kinds": ["ticket_opened", "ticket_opened"]}
Client = httpx.AsyncClient


class Door:
    """Who is at the door; a test puts somebody else there."""

    def __init__(self, actor: Actor | None) -> None:
        self.actor = actor

    async def authenticate(self, _connection: Connection) -> Actor | None:
        return self.actor


@pytest.fixture
def door(by: Actor) -> Door:
    return Door(by)


@pytest.fixture
async def client(
    database: Database, keys: KeyRing, outbound: Outbound, clock: Clock, door: Door
) -> AsyncIterator[Client]:
    state = {
        "database": database,
        "key_ring": keys,
        "outbound": outbound,
        "clock": clock,
        "authenticate": door.authenticate,
        "mask": mask_tree,
    }
    app = Litestar(routers, state=State(state), dependencies=DEPENDENCIES, exception_handlers=EXCEPTION_HANDLERS)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(cast("Any", app)), base_url="http://desk.example/api/v1"
    ) as one:
        yield one


async def create(client: Client, **more: Any) -> dict[str, Any]:
    answer = await client.post("/webhooks", json=GIVEN | more)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def limited(by: Actor, *team_ids: int) -> Actor:
    return structs.replace(by, team_ids=frozenset(team_ids))


async def test_post_webhook_gives_the_secret_this_once(client: Client, database: Database) -> None:
    made = await create(client)
    assert made["secret"].startswith("whsec_")
    assert (made["kinds"], made["team_ids"], made["is_active"]) == (["ticket_opened"], None, True)
    assert made["created_at"] == "2026-05-04T09:30:00Z"
    listed = (await client.get("/webhooks")).json()
    assert listed == {"items": [{k: v for k, v in made.items() if k != "secret"}], "next": None}
    async with database.transaction() as tx:
        sealed = await value(tx, bytes, "select secret from webhook")
    assert made["secret"].encode() not in (sealed or b"")


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ftp://crm.example.com/"},
        {"url": "http://169.254.169.254/latest"},
        {"url": "http://10.0.0.1/"},
        {"url": "crm"},
        {"url": ""},
        {"url": None},
        {"name": ""},
        {"name": "x" * 101},
        {"kinds": []},
        {"kinds": ["Ticket Opened"]},
        {"kinds": "ticket_opened"},
        {"team_ids": []},
        {"team_ids": [99]},
        {"team_ids": [-1]},
        {"team_ids": [2**80]},
        {"is_active": "yes"},
        {"secret": "mine"},
        {"name": "a\0b"},
    ],
)
async def test_post_webhook_with_bad_input_is_refused(client: Client, wrong: dict[str, Any]) -> None:
    answer = await client.post("/webhooks", json=GIVEN | wrong)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await client.get("/webhooks")).json()["items"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/webhooks"),
        ("POST", "/webhooks"),
        ("GET", "/webhooks/1"),
        ("PATCH", "/webhooks/1"),
        ("DELETE", "/webhooks/1"),
        ("POST", "/webhooks/1/secret"),
        ("POST", "/webhooks/1/test"),
        ("GET", "/webhooks/1/deliveries"),
        ("POST", "/webhooks/1/deliveries/1/retry"),
    ],
)
async def test_any_endpoint_without_the_permission_is_forbidden(
    client: Client, door: Door, by: Actor, method: str, path: str
) -> None:
    door.actor = structs.replace(by, permissions=frozenset({"tickets.read"}))
    assert (await client.request(method, path, json=GIVEN if method != "GET" else None)).status_code == 403
    door.actor = None
    assert (await client.request(method, path, json=GIVEN if method != "GET" else None)).status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/webhooks/{id}"),
        ("PATCH", "/webhooks/{id}"),
        ("DELETE", "/webhooks/{id}"),
        ("POST", "/webhooks/{id}/secret"),
        ("POST", "/webhooks/{id}/test"),
        ("GET", "/webhooks/{id}/deliveries"),
        ("POST", "/webhooks/{id}/deliveries/1/retry"),
    ],
)
async def test_any_endpoint_of_another_teams_webhook_is_not_found(
    client: Client, door: Door, by: Actor, method: str, path: str
) -> None:
    everybodys, others = await create(client), await create(client, team_ids=[2])
    door.actor = limited(by, 1)
    for webhook_id in (everybodys["id"], others["id"], 999):
        body = {"name": "x"} if method == "PATCH" else None
        answer = await client.request(method, path.format(id=webhook_id), json=body)
        assert answer.status_code == 404, answer.text
    assert (await client.get("/webhooks")).json()["items"] == []


async def test_post_webhook_by_somebody_of_one_team_must_name_it(client: Client, door: Door, by: Actor) -> None:
    door.actor = limited(by, 1)
    assert (await client.post("/webhooks", json=GIVEN)).status_code == 400
    assert (await client.post("/webhooks", json=GIVEN | {"team_ids": [1, 2]})).status_code == 400
    made = await create(client, team_ids=[1])
    assert [one["id"] for one in (await client.get("/webhooks")).json()["items"]] == [made["id"]]
    assert (await client.patch(f"/webhooks/{made['id']}", json={"team_ids": None})).status_code == 400


async def test_post_webhook_by_an_api_key_belongs_to_its_maker(
    client: Client, door: Door, by: Actor, database: Database
) -> None:
    async with database.transaction() as tx:
        sql = (
            "insert into api_key (name, prefix, key_hash, scopes, created_by, created_at)"
            " values ('CI', 'omb_', 'x', '{}', %(by)s, now()) returning id"
        )
        key_id = await value(tx, int, sql, {"by": by.id})
    door.actor = structs.replace(by, kind="api_key", id=key_id)
    await create(client)
    async with database.transaction() as tx:
        assert await value(tx, int, "select created_by from webhook") == by.id


async def test_list_webhooks_pages_through_all(client: Client) -> None:
    made = [(await create(client, name=f"W{number}"))["id"] for number in range(5)]
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = (await client.get("/webhooks", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        seen += [one["id"] for one in answer["items"]]
        cursor = answer["next"]
    assert seen == made


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=%21", "cursor=InRleHQi"])
async def test_list_webhooks_with_a_bad_page_is_refused(client: Client, query: str) -> None:
    assert (await client.get(f"/webhooks?{query}")).status_code == 400


async def test_patch_webhook_changes_what_is_given_only(client: Client, database: Database) -> None:
    made = await create(client)
    path = f"/webhooks/{made['id']}"
    changed = (await client.patch(path, json={"kinds": ["*", "note_added"], "team_ids": [2]})).json()
    assert (changed["kinds"], changed["team_ids"], changed["name"]) == (["*"], [2], "CRM")
    assert (await client.get(path)).json() == changed
    async with database.transaction() as tx:
        before = await value(tx, int, "select count(*) from event_new")
    await client.patch(path, json={"kinds": ["*"], "name": "CRM"})
    async with database.transaction() as tx:
        assert await value(tx, int, "select count(*) from event_new") == before


@pytest.mark.parametrize("wrong", [{"url": "http://127.0.0.2/"}, {"name": None}, {"kinds": [""]}, {"state": "x"}])
async def test_patch_webhook_with_bad_input_is_refused(client: Client, wrong: dict[str, Any]) -> None:
    made = await create(client)
    assert (await client.patch(f"/webhooks/{made['id']}", json=wrong)).status_code == 400


async def test_delete_webhook_removes_it_with_its_deliveries(
    client: Client, database: Database, make: Make, happen: Happen
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(TicketOpened(ticket_id=1, team_id=1))
    assert (await client.delete(f"/webhooks/{webhook.id}")).status_code == 204
    assert (await client.delete(f"/webhooks/{webhook.id}")).status_code == 404
    async with database.transaction() as tx:
        assert await value(tx, int, "select count(*) from webhook_delivery") == 0


async def test_post_secret_signs_with_the_new_one(client: Client, receiver: Receiver, make: Make) -> None:
    webhook = await make()
    fresh = (await client.post(f"/webhooks/{webhook.id}/secret")).json()["secret"]
    assert fresh != webhook.secret
    assert (await client.post(f"/webhooks/{webhook.id}/test")).json()["ok"]
    assert receiver.got[0].headers["x-ombud-signature"].startswith("v1=")


async def test_post_test_tells_how_the_receiver_answered(client: Client, receiver: Receiver, make: Make) -> None:
    webhook = await make()
    receiver.status, receiver.body = 418, "我是茶壶".encode()
    answer = (await client.post(f"/webhooks/{webhook.id}/test")).json()
    assert (answer["ok"], answer["response_status"], answer["response_excerpt"]) == (False, 418, "我是茶壶")


async def test_list_deliveries_pages_newest_first(client: Client, make: Make, happen: Happen, courier: Courier) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(*[TicketOpened(ticket_id=number, team_id=1) for number in range(1, 4)])
    await courier.deliver_due()
    path = f"/webhooks/{webhook.id}/deliveries"
    first = (await client.get(path, params={"limit": 2})).json()
    rest = (await client.get(path, params={"limit": 2, "cursor": first["next"]})).json()
    assert [one["ticket_id"] for one in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next"] is None
    assert (first["items"][0]["kind"], first["items"][0]["state"]) == ("ticket_opened", "delivered")


async def test_post_retry_sends_the_event_again(
    client: Client, make: Make, happen: Happen, courier: Courier, receiver: Receiver
) -> None:
    webhook = await make(kinds=("ticket_opened",))
    await happen(TicketOpened(ticket_id=1, team_id=1))
    (queued,) = (await client.get(f"/webhooks/{webhook.id}/deliveries")).json()["items"]
    path = f"/webhooks/{webhook.id}/deliveries/{queued['id']}/retry"
    early = await client.post(path)
    assert (early.status_code, early.json()["code"]) == (409, "delivery_still_queued")
    receiver.statuses = [404]
    await courier.deliver_due()
    again = (await client.post(path)).json()
    assert (again["state"], again["attempts"], again["done_at"]) == ("queued", 0, None)
    await courier.deliver_due()
    assert [got.headers["x-ombud-event-id"] for got in receiver.got] == [str(queued["event_id"])] * 2


async def test_post_retry_of_another_webhooks_delivery_is_not_found(
    client: Client, make: Make, happen: Happen, courier: Courier
) -> None:
    one, other = await make(kinds=("ticket_opened",)), await make(kinds=("note_added",))
    await happen(TicketOpened(ticket_id=1, team_id=1))
    await courier.deliver_due()
    (kept,) = (await client.get(f"/webhooks/{one.id}/deliveries")).json()["items"]
    assert (await client.post(f"/webhooks/{other.id}/deliveries/{kept['id']}/retry")).status_code == 404
