"""Every operation of the document, asked for what belongs to a team, or to a brand, that the asker does not see.

The operations come from the OpenAPI document and the values from the tables below. An operation with a path parameter
that no table knows, or one that should say 404 and does not, fails here until somebody has thought of it.
"""

from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest

from ombud.accounts.permissions import SCOPES
from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of, reply_of

SECRET = "Kettleqi"
# Parameters that name something of a team: whoever does not see the team gets 404.
OF_A_TEAM = {"ticket_id", "customer_id", "entry_id", "reply_id", "inbox_id", "receipt_id", "outbox_id", "token"}
OF_A_TEAM |= {"task_id"}
# Parameters of things of the whole desk, for whoever may manage it; or of the asker.
OF_THE_DESK = {
    # of teams that one leads: tests/routing/floor asks for those of others
    "alarm_id",
    "break_id",
    "duty_note_id",
    "hand_id",
    "handover_id",
    # one's own; of tickets that one sees: tests/routing/engine asks for those of others
    "offer_id",
    "override_id",
    # articles of teams: tests/knowledge asks for those of others
    "article_id",
    # notices, cards, requests, findings: tests/knowledge and tests/assistance ask for those of others
    "notice_id",
    "card_id",
    "request_id",
    "finding_id",
    "target_id",
    "report",
    "block_id",
    "category_id",
    "file_token",
    "import_id",
    "locale",
    "number",
    "slug",
    "variable_id",
    "brand_id",
    "calendar_id",
    "channel_id",
    "delivery_id",
    "field_id",
    "job_id",
    "key",
    "key_id",
    "aspect",
    "kind",
    "macro_id",
    "name",
    "organisation_id",
    "person_id",
    "plan_id",
    "run_id",
    "policy_id",
    "process_id",
    "question_id",
    "redaction_id",
    "release_id",
    "rule_id",
    "skill_id",
    "public_key",
    "session_id",
    "silence_id",
    "status_id",
    "team_id",
    "template_id",
    "type_id",
    "view_id",
    "webhook_id",
    "endpoint_id",
    # about a ticket that one does not see: tests/assistance/copilot asks for it
    "exchange_id",
    "purpose",
}
# Parameters of what belongs to a ticket or a customer, which stand in the path before them.
WITHIN = {
    "channel",
    "check_id",
    "clock_id",
    "extension_id",
    "file_id",
    "identity_id",
    "item_id",
    "merge_id",
    "note_id",
    "other_id",
    "planned_id",
    "product_id",
    "promise_id",
    "alert_id",
    "suggestion_id",
    "side_id",
    "solution_id",
    "time_id",
}
# A channel's own routes for programs follow its team, too.
PROGRAM_ROUTES = ("/messages", "/outgoing", "/delivery")
# They end what the test goes on with, or knock at servers outside.
LEFT_OUT = {
    ("DELETE", "/api/v1/session"),
    ("POST", "/api/v1/session"),
    ("PUT", "/api/v1/me/password"),
    ("POST", "/api/v1/channels/{channel_id}/test"),
    ("DELETE", "/api/v1/channels/{channel_id}"),
    ("PATCH", "/api/v1/people/{person_id}"),
    ("DELETE", "/api/v1/people/{person_id}/sessions"),
    ("PATCH", "/api/v1/teams/{team_id}"),
    ("POST", "/api/v1/webhooks/{webhook_id}/test"),
    ("POST", "/api/v1/model-endpoints/{endpoint_id}/trial"),
    # It does not end by itself; frames are looked at below.
    ("GET", "/api/v1/stream"),
}
# Said where it is decided: administrators mend what intake put aside, whatever team it would go to.
ALLOWED = {
    ("administrator", "GET", "/api/v1/intake/problems"),
    ("administrator", "GET", "/api/v1/intake/problems/{inbox_id}/raw"),
    ("administrator", "POST", "/api/v1/intake/problems/{inbox_id}/retry"),
    ("administrator", "DELETE", "/api/v1/intake/problems/{inbox_id}"),
}
# Verbs on a list of problems say "not there any more" in their own way.
CONFLICTS = {
    ("POST", "/api/v1/intake/problems/{inbox_id}/retry"),
    ("DELETE", "/api/v1/intake/problems/{inbox_id}"),
}
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("PATCH", "/tickets/{ticket_id}"): {"priority": 4},
    ("POST", "/tickets/{ticket_id}/replies"): {"text": "x", "client_key": "spying-1", "force": True},
    ("POST", "/tickets/{ticket_id}/notes"): {"text": "x", "client_key": "spying-2"},
    ("PUT", "/tickets/{ticket_id}/assignment"): {"assignee_id": None, "team_id": 1},
    ("PUT", "/tickets/{ticket_id}/snooze"): {"until": None},
    ("PUT", "/tickets/{ticket_id}/drafts/{kind}"): {"text": "x"},
    ("PUT", "/tickets/{ticket_id}/read"): {"entry_id": 1},
    ("PATCH", "/customers/{customer_id}"): {"notes": "x"},
    ("POST", "/customers/{customer_id}/merge"): {"absorbed_id": 999},
    ("PATCH", "/canned-replies/{reply_id}"): {"title": "t", "text": "x"},
    ("POST", "/canned-replies/{reply_id}/rendering"): {"ticket_id": 0},
    ("POST", "/channels/{channel_id}/messages"): {"customer": {"external_id": "spy"}, "text": "x"},
    ("PUT", "/channels/{channel_id}/outgoing/{outbox_id}/delivery"): {"state": "delivered"},
}


# What an operation needs beside its path.
QUERIES = {
    "/customers/{customer_id}/merge-preview": "?absorbed_id={second_id}",
    "/tickets/{ticket_id}/links/{other_id}": "?kind=related",
    "/tickets/{ticket_id}/looking": "?tab=spying",
    "/tickets/{ticket_id}/shared-draft": "?version=1",
}


def sample(schema: dict[str, Any], shapes: dict[str, Any]) -> Any:
    """The smallest value of a shape of the document: what is required, and nothing more."""
    if "$ref" in schema:
        return sample(shapes[schema["$ref"].rpartition("/")[2]], shapes)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    several = schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf")
    if several:
        return sample(next(one for one in several if one.get("type") != "null"), shapes)
    kind = schema.get("type")
    kind = next(one for one in kind if one != "null") if isinstance(kind, list) else kind
    texts = {"date-time": "2027-01-04T09:00:00Z", "date": "2027-01-04"}
    made: dict[Any, Any] = {"boolean": False, "integer": max(1, schema.get("minimum", 1)), "number": 1}
    made["string"] = texts.get(schema.get("format", ""), "spy spying")
    made["object"] = {name: sample(schema["properties"][name], shapes) for name in schema.get("required", ())}
    made["array"] = [sample(schema["items"], shapes)] * schema["minItems"] if schema.get("minItems") else []
    return made.get(kind)


@dataclass
class Scene:
    """What a team has, by the parameters that name it, and who stands outside."""

    site: Site
    values: dict[str, Any]
    outsiders: dict[str, Browser]
    # The smallest body of each operation that takes one.
    bodies: dict[tuple[str, str], Any] = field(default_factory=dict)
    # The person of each outsider, where there is one, for streams.
    people: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(params=["team", "brand"])
async def scene(site: Site, request: pytest.FixtureRequest) -> Scene:
    """What is unseen: a team's tickets, or those of the own team that are another brand's."""
    desk = site.desk
    is_by_team = request.param == "team"
    team = await desk.team("Repairs") if is_by_team else 1
    brand = 1 if is_by_team else await desk.brand("Nordwind")
    limits = None if is_by_team else [1]
    inside = await site.browser(await desk.person("Lu", team, role="supervisor"))
    roles = ("agent", "supervisor", "administrator")
    people = {role: await desk.person(role.title(), role=role, brands=limits) for role in roles}
    outsiders = {role: await site.browser(one) for role, one in people.items()}
    outsiders["program"] = await site.program(people["administrator"], *SCOPES, teams=[1])
    place: dict[str, Any] = {"team": team, "brand": brand}
    ticket = await site.ticket(f"It leaks, {SECRET}", **place, who=SECRET, subject=f"{SECRET} leaks")
    upload = {"file": (f"{SECRET}.txt", SECRET.encode())}
    file = (await inside.client.post("/api/v1/files", files=upload)).json()
    reply = await inside.post(f"/tickets/{ticket}/replies", reply_of(SECRET, attachment_ids=[file["id"]]))
    assert reply.status_code == 201, reply.text
    await inside.post(f"/tickets/{ticket}/notes", note_of(SECRET))
    await inside.put(f"/tickets/{ticket}/drafts/note", {"text": SECRET})
    promise = {"words": SECRET, "due_at": "2027-01-04T09:00:00Z"}
    assert (await inside.post(f"/tickets/{ticket}/promises", promise)).status_code == 201
    await inside.patch(f"/tickets/{ticket}", {"tags": [SECRET]})
    # What a team writes with is the team's, whatever brand it writes for.
    scope = {"scope": "team", "team_id": team} if is_by_team else {"scope": "own"}
    canned = {"title": SECRET, "text": SECRET, **scope}
    canned_id = (await inside.post("/canned-replies", canned)).json()["id"]
    side = {"subject": SECRET, "text": SECRET, "client_key": client_key(), "person_ids": [people["agent"].id]}
    beside = (await inside.post(f"/tickets/{ticket}/sides", side)).json()["id"]
    # Whoever was asked sees it by another door, which is not this test's: here nobody was.
    await desk.run("delete from side_asked")
    await desk.run("delete from notification where ticket_id is null")
    workshop = await desk.team("Workshop")
    kept = (await inside.post(f"/tickets/{ticket}/notes", note_of(SECRET, attachment_ids=[await _file(inside)]))).json()
    shown = kept["attachments"][0]["id"]
    span = {"amount": 4, "unit": "working_hours"}
    asked = {"team_id": workshop, "title": SECRET, "text": SECRET, "span": span, "file_ids": [shown]}
    task = await inside.post(f"/tickets/{ticket}/tasks", asked)
    assert task.status_code == 201, task.text
    channel = await desk.column(ticket, "channel_id")
    receipt = await desk.sql("select max(id) from inbox")
    inbox = await desk.sql(
        "insert into inbox (channel_id, key, received_at, state, problem, raw)"
        " values (%(c)s, 'aside', now(), 'set_aside', 'unreadable', %(raw)s) returning id",
        c=channel,
        raw=SECRET.encode(),
    )
    values = {
        "ticket_id": ticket,
        "customer_id": await desk.column(ticket, "customer_id"),
        "second_id": await desk.column(await site.ticket(**place, who="second"), "customer_id"),
        "entry_id": reply.json()["id"],
        "reply_id": canned_id,
        "side_id": beside,
        "inbox_id": inbox,
        "receipt_id": receipt,
        "channel_id": channel,
        "outbox_id": await desk.sql("select max(id) from outbox"),
        "token": file["token"],
        "task_id": task.json()["id"],
        "file_id": task.json()["files"][0]["id"],
        "workshop_id": workshop,
        "team_id": team,
        "kind": "reply",
        "aspect": "type",
        "name": f"{SECRET}.txt",
    }
    named = dict.fromkeys(OF_THE_DESK | WITHIN, 1) | {"channel": "email"} | values
    return Scene(site, named, outsiders, await bodies(site), people)


async def _file(inside: Browser) -> Any:
    upload = {"file": (f"{SECRET}-2.txt", SECRET.encode())}
    return (await inside.client.post("/api/v1/files", files=upload)).json()["id"]


async def bodies(site: Site) -> dict[tuple[str, str], Any]:
    document = (await site.stranger().client.get("/api/openapi.json")).json()
    shapes = document["components"]["schemas"]
    found: dict[tuple[str, str], Any] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content:
                found[method.upper(), path.removeprefix("/api/v1")] = sample(content["schema"], shapes)
    return found


async def operations(site: Site) -> list[tuple[str, str]]:
    document = (await site.stranger().client.get("/api/openapi.json")).json()
    every = [(method.upper(), path) for path, methods in document["paths"].items() for method in methods]
    return [one for one in every if one[1].startswith("/api/v1") and one not in LEFT_OUT]


def parameters(path: str) -> set[str]:
    return {part[1:-1] for part in path.split("/") if part.startswith("{")}


def is_of_a_team(path: str) -> bool:
    return bool(parameters(path) & OF_A_TEAM) or ("{channel_id}" in path and path.endswith(PROGRAM_ROUTES))


async def test_every_parameter_of_the_document_is_known_here(site: Site) -> None:
    unknown = {name for _, path in await operations(site) for name in parameters(path)}
    unknown -= OF_A_TEAM | OF_THE_DESK | WITHIN
    assert not unknown, "Say of whom this is: of a team that may be unseen, or of the whole desk."


async def test_every_operation_on_a_thing_of_an_unseen_team_is_not_found(scene: Scene) -> None:
    before = await _state(scene)
    tried = 0
    wrong = []
    for who, (method, path) in product(scene.outsiders, await operations(scene.site)):
        if not is_of_a_team(path) or (who, method, path) in ALLOWED:
            continue
        answer = await _ask(scene, who, method, path)
        wanted = {404, 409} if (method, path) in CONFLICTS else {404}
        # Who lacks the permission learns no more than that, whatever is there.
        is_refused = answer.status_code == 403 and answer.json()["code"] in {"not_allowed", "people_only"}
        if not is_refused and answer.status_code not in wanted:
            wrong.append((who, method, path, answer.status_code, answer.text))
        assert SECRET not in answer.text
        tried += 1
    assert wrong == []
    assert tried > 80
    assert await _state(scene) == before


async def test_no_read_of_an_outsider_holds_a_word_of_the_team(scene: Scene) -> None:
    queries = ("", f"?q={SECRET}", f"?prefix={SECRET}", "?view=all", f"?team_id={scene.values['team_id']}&view=all")
    for who, (method, path) in product(scene.outsiders, await operations(scene.site)):
        if method != "GET" or (who, method, path) in ALLOWED:
            continue
        for query in queries:
            answer = await _ask(scene, who, method, path, query)
            assert answer.status_code < 500, (who, path, answer.text)
            # A refusal names the address that was asked for.
            told = answer.text.replace(query, "") if query else answer.text
            assert SECRET.lower() not in told.lower(), (who, path, query)


async def test_no_stream_of_an_outsider_holds_a_word_of_the_team(scene: Scene) -> None:
    for who, person in scene.people.items():
        frames = b"".join([one.encode(one.data) for one in await scene.site.frames(person)])
        assert SECRET.encode() not in frames, who


async def test_inside_the_team_each_of_these_reads_is_found(scene: Scene) -> None:
    # Otherwise the 404 above would prove nothing.
    team = scene.values["team_id"]
    boss = await scene.site.desk.person("Boss", team, scene.values["workshop_id"], role="administrator")
    scene.outsiders["inside"] = await scene.site.program(boss, *SCOPES, teams=[team])
    scene.outsiders["boss"] = await scene.site.browser(boss)
    for method, path in await operations(scene.site):
        if method != "GET" or not is_of_a_team(path):
            continue
        answers = [await _ask(scene, who, method, path) for who in ("inside", "boss")]
        assert 200 in {one.status_code for one in answers}, (path, [one.text for one in answers])


async def _ask(scene: Scene, who: str, method: str, path: str, query: str = "") -> Any:
    address = path.removeprefix("/api/v1")
    smallest = scene.bodies.get((method, address), {})
    body = BODIES.get((method, address), smallest if method in {"POST", "PUT", "PATCH"} else None)
    query = query or QUERIES.get(address, "").format(**scene.values)
    if address.endswith("/files") and method == "POST" and "{" in address:
        upload = {"file": ("spy.txt", b"spying")}
        return await scene.outsiders[who].client.post(path.format(**scene.values), files=upload)
    headers = {"Idempotency-Key": client_key()} if path.endswith("/messages") else {}
    return await scene.outsiders[who].send(method, address.format(**scene.values) + query, body, **headers)


async def _state(scene: Scene) -> Any:
    sql = """
        select jsonb_build_object('ticket', (select to_jsonb(t) from ticket t where id = %(ticket_id)s),
            'customer', (select to_jsonb(c) - 'words' from customer c where id = %(customer_id)s),
            'canned', (select to_jsonb(r) from canned_reply r where id = %(reply_id)s),
            'entries', (select count(*) from entry where ticket_id = %(ticket_id)s),
            'aside', (select state from inbox where id = %(inbox_id)s),
            'outbox', (select jsonb_agg(to_jsonb(o)) from outbox o))"""
    return await scene.site.desk.sql(sql, **scene.values)
