"""Who does not see a ticket's team meets 404 everywhere, and learns nothing of it in passing. Administrators too."""

from dataclasses import dataclass
from typing import Any

import pytest

from ombud.routing.engine import services as engine
from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of, reply_of

SECRET = "The silver kettle of Mrs. Qi"
# Every endpoint with a ticket's id in its address: the body with which it would work. A new one must be added here.
LATER = "2027-01-04T09:00:00Z"
FORWARD = {"to": [{"address": "spy@x.example"}], "subject": "s", "text": "t", "client_key": "spying-4"}
PLANNED = {"send_at": LATER, "reply": {"text": "t", "client_key": "spying-5", "force": True}}
SIDE = {"subject": "s", "text": "t", "client_key": "spying-6", "to": [{"address": "spy@x.example"}]}
TICKET_ROUTES: dict[tuple[str, str], Any] = {
    ("GET", "/tickets/{ticket_id}"): None,
    ("PATCH", "/tickets/{ticket_id}"): {"priority": 4},
    ("GET", "/tickets/{ticket_id}/timeline"): None,
    ("POST", "/tickets/{ticket_id}/replies"): {"text": "Hello", "client_key": "spying-1", "force": True},
    ("DELETE", "/tickets/{ticket_id}/replies/{entry_id}"): None,
    ("POST", "/tickets/{ticket_id}/replies/{entry_id}/retry"): None,
    ("POST", "/tickets/{ticket_id}/notes"): {"text": "Hello", "client_key": "spying-2"},
    ("PUT", "/tickets/{ticket_id}/assignment"): {"assignee_id": None, "team_id": 1},
    ("PUT", "/tickets/{ticket_id}/snooze"): {"until": "2026-12-24T10:00:00Z"},
    ("POST", "/tickets/{ticket_id}/typing"): None,
    ("GET", "/tickets/{ticket_id}/drafts/{kind}"): None,
    ("PUT", "/tickets/{ticket_id}/drafts/{kind}"): {"text": "Half a thought"},
    ("DELETE", "/tickets/{ticket_id}/drafts/{kind}"): None,
    ("PUT", "/tickets/{ticket_id}/read"): {"entry_id": 1},
    ("POST", "/tickets/{ticket_id}/forwards"): FORWARD,
    ("DELETE", "/tickets/{ticket_id}/forwards/{entry_id}"): None,
    ("GET", "/tickets/{ticket_id}/planned-replies"): None,
    ("POST", "/tickets/{ticket_id}/planned-replies"): PLANNED,
    ("PATCH", "/tickets/{ticket_id}/planned-replies/{planned_id}"): {"send_at": LATER},
    ("DELETE", "/tickets/{ticket_id}/planned-replies/{planned_id}"): None,
    ("POST", "/tickets/{ticket_id}/planned-replies/{planned_id}/sending"): None,
    ("POST", "/tickets/{ticket_id}/macros/{macro_id}/preview"): None,
    ("POST", "/tickets/{ticket_id}/macros/{macro_id}/apply"): None,
    ("GET", "/tickets/{ticket_id}/merge-hints"): None,
    ("POST", "/tickets/{ticket_id}/merge"): {"source_ids": [2], "confirmed": True},
    ("POST", "/tickets/{ticket_id}/unmerge"): {"source_id": 2},
    ("POST", "/tickets/{ticket_id}/split"): {"entry_ids": [1], "subject": "Apart"},
    ("POST", "/tickets/{ticket_id}/links"): {"other_id": 2, "kind": "related"},
    ("DELETE", "/tickets/{ticket_id}/links/{other_id}"): None,
    ("GET", "/tickets/{ticket_id}/history"): None,
    ("GET", "/tickets/{ticket_id}/field-files"): None,
    ("GET", "/tickets/{ticket_id}/together"): None,
    ("GET", "/tickets/{ticket_id}/lookers"): None,
    ("PUT", "/tickets/{ticket_id}/looking"): {"tab": "spying-tab"},
    ("DELETE", "/tickets/{ticket_id}/looking"): None,
    ("PUT", "/tickets/{ticket_id}/followers/{person_id}"): None,
    ("DELETE", "/tickets/{ticket_id}/followers/{person_id}"): None,
    ("POST", "/tickets/{ticket_id}/checklist"): {"text": "Spy"},
    ("PATCH", "/tickets/{ticket_id}/checklist/{item_id}"): {"is_done": True},
    ("DELETE", "/tickets/{ticket_id}/checklist/{item_id}"): None,
    ("GET", "/tickets/{ticket_id}/shared-draft"): None,
    ("PUT", "/tickets/{ticket_id}/shared-draft"): {"text": "Spying", "version": 0},
    ("DELETE", "/tickets/{ticket_id}/shared-draft"): None,
    ("POST", "/tickets/{ticket_id}/time"): {"seconds": 60, "client_key": "spying-3"},
    ("DELETE", "/tickets/{ticket_id}/time/{time_id}"): None,
    ("GET", "/tickets/{ticket_id}/signature"): None,
    ("GET", "/tickets/{ticket_id}/sides"): None,
    ("POST", "/tickets/{ticket_id}/sides"): SIDE,
    ("GET", "/tickets/{ticket_id}/sides/{side_id}"): None,
    ("POST", "/tickets/{ticket_id}/sides/{side_id}/messages"): {"text": "t", "client_key": "spying-7"},
    ("PUT", "/tickets/{ticket_id}/sides/{side_id}/state"): {"is_closed": True},
    ("GET", "/tickets/{ticket_id}/clocks"): None,
    ("PUT", "/tickets/{ticket_id}/clocks/{clock_id}/acknowledgement"): None,
    ("POST", "/tickets/{ticket_id}/deadlines"): {"label": "Court", "due_at": LATER},
    ("PUT", "/tickets/{ticket_id}/deadlines/{clock_id}/end"): {"outcome": "met"},
    ("POST", "/tickets/{ticket_id}/promise-offers"): {"text": "We will call you within 2 hours."},
    ("GET", "/tickets/{ticket_id}/promises"): None,
    ("POST", "/tickets/{ticket_id}/promises"): {"words": "Spying", "due_at": LATER},
    ("PUT", "/tickets/{ticket_id}/promises/{promise_id}/moment"): {"due_at": LATER, "reason": "Spying"},
    ("PUT", "/tickets/{ticket_id}/promises/{promise_id}/end"): {"outcome": "kept"},
    ("GET", "/tickets/{ticket_id}/guidance"): None,
    ("GET", "/tickets/{ticket_id}/scripts"): None,
    ("POST", "/tickets/{ticket_id}/scripts/{article_id}/uses"): {},
    ("POST", "/tickets/{ticket_id}/copilot/suggestions"): {},
    ("PUT", "/tickets/{ticket_id}/copilot/suggestions/{suggestion_id}/outcome"): {"state": "ignored"},
    ("GET", "/tickets/{ticket_id}/copilot/summary"): None,
    ("POST", "/tickets/{ticket_id}/copilot/summary"): {},
    ("GET", "/tickets/{ticket_id}/copilot/steps"): None,
    ("POST", "/tickets/{ticket_id}/copilot/reply"): {},
    ("POST", "/tickets/{ticket_id}/copilot/rewrite"): {"text": "x", "tone": "warmer"},
    ("POST", "/tickets/{ticket_id}/copilot/translation"): {"text": "x", "language": "en"},
    ("GET", "/tickets/{ticket_id}/risks"): None,
    ("PUT", "/tickets/{ticket_id}/risks/{alert_id}/decision"): {"state": "confirmed"},
    ("GET", "/tickets/{ticket_id}/machine-talk"): None,
    ("GET", "/tickets/{ticket_id}/labels"): None,
    ("PUT", "/tickets/{ticket_id}/labels/{aspect}/decision"): {"label": "spam"},
    ("POST", "/tickets/{ticket_id}/language-doubts"): {"text": "Whatever."},
    ("GET", "/tickets/{ticket_id}/redactions"): None,
}
# Those of departments and processes: who may lead is asked first, which tells nothing of the ticket.
SPAN = {"amount": 4, "unit": "working_hours"}
TEAMWORK_ROUTES: dict[tuple[str, str], Any] = {
    ("POST", "/tickets/{ticket_id}/copilot/article"): {},
    ("GET", "/tickets/{ticket_id}/routing"): None,
    ("GET", "/tickets/{ticket_id}/routing/people/{person_id}"): None,
    ("PUT", "/tickets/{ticket_id}/rank"): {"place": "first", "reason": "Spying"},
    ("DELETE", "/tickets/{ticket_id}/rank"): None,
    ("GET", "/tickets/{ticket_id}/whispers"): None,
    ("POST", "/tickets/{ticket_id}/whispers"): {"text": "Spying"},
    ("PUT", "/tickets/{ticket_id}/whispers/read"): None,
    ("POST", "/tickets/{ticket_id}/listening"): None,
    ("GET", "/tickets/{ticket_id}/writing"): None,
    ("GET", "/tickets/{ticket_id}/teamwork"): None,
    ("POST", "/tickets/{ticket_id}/dispatches"): {"team_id": 1, "span": SPAN},
    ("PUT", "/tickets/{ticket_id}/dispatch/acceptance"): None,
    ("PUT", "/tickets/{ticket_id}/dispatch/return"): {"reason": "Spying"},
    ("POST", "/tickets/{ticket_id}/urges"): {"words": "Spying"},
    ("POST", "/tickets/{ticket_id}/supervision"): {"span": SPAN},
    ("POST", "/tickets/{ticket_id}/supervision/reports"): {"reason": "Spying"},
    ("PUT", "/tickets/{ticket_id}/supervision/end"): None,
    ("POST", "/tickets/{ticket_id}/extensions"): {"reason": "Spying", "due_at": LATER},
    ("PUT", "/tickets/{ticket_id}/extensions/{extension_id}/decision"): {"is_granted": True, "message": "Spying"},
    ("PUT", "/tickets/{ticket_id}/withdrawal"): {"reason": "Spying"},
    ("POST", "/tickets/{ticket_id}/tasks"): {"team_id": 1, "title": "Spy", "span": SPAN},
    ("PATCH", "/tickets/{ticket_id}/closing"): {},
    ("GET", "/tickets/{ticket_id}/process"): None,
    ("POST", "/tickets/{ticket_id}/process/advance"): {},
    ("PUT", "/tickets/{ticket_id}/process/answers"): {"answers": {}},
    ("POST", "/tickets/{ticket_id}/process/confirmations"): {"answer": "solved", "way": "phone"},
    ("POST", "/tickets/{ticket_id}/process/confirmation-links"): {"way": "given"},
    ("POST", "/tickets/{ticket_id}/solutions"): {"text": "Spying"},
    ("PUT", "/tickets/{ticket_id}/solutions/{solution_id}/outcome"): {"outcome": "worked"},
    ("POST", "/tickets/{ticket_id}/redactions"): {"entry_id": 1, "start": 0, "end": 4},
    ("POST", "/tickets/{ticket_id}/entries/{entry_id}/personal-data"): None,
}
LISTS = [
    *(f"/tickets?view={view}" for view in ("mine", "unassigned", "open", "mentions", "following", "snoozed", "all")),
    "/tickets?view=all&team_id={team}",
    "/search?q=kettle",
    "/search?q=rosa",
    "/search?q=%23{ticket}",
    "/customers",
    "/customers?q=rosa",
    "/canned-replies",
    "/tags",
    "/promises",
    "/promises?which=all",
]
# What an endpoint asks for in its address beside the ticket.
QUERIES = {"/looking": "?tab=spying-tab", "/shared-draft": "?version=1", "/links/{other_id}": "?kind=related"}
OUTSIDERS = ("agent", "administrator", "supervisor", "program")


@dataclass
class Scene:
    """A ticket of a team with everything on it, its agent, and people outside."""

    site: Site
    team: int
    ticket: int
    customer: int
    entry: int
    item: int
    time: int
    clock: int
    promise: int
    side: int
    token: str
    lu: Actor
    outsiders: dict[str, Browser]

    def path(self, method: str, route: str) -> str:
        query = next((QUERIES[end] for end in QUERIES if method == "DELETE" and route.endswith(end)), "")
        ids = {
            "planned_id": 1,
            "macro_id": 1,
            "person_id": self.lu.id,
            "other_id": 2,
            "item_id": self.item,
            "time_id": self.time,
            "clock_id": self.clock,
            "side_id": self.side,
            "extension_id": 1,
            "solution_id": 1,
            "promise_id": self.promise,
            "alert_id": 1,
            "article_id": 1,
            "suggestion_id": 1,
        }
        return route.format(ticket_id=self.ticket, entry_id=self.entry, kind="reply", aspect="spam", **ids) + query


@pytest.fixture
async def scene(site: Site) -> Scene:
    desk = site.desk
    team = await desk.team("Repairs")
    lu = await desk.person("Lu", team)
    ada = await desk.person("Ada", role="administrator")
    outsiders = {
        "agent": await site.browser(await desk.person("Bo")),
        "administrator": await site.browser(ada),
        "supervisor": await site.browser(await desk.person("Su", role="supervisor")),
        "program": await site.program(ada, *_scopes(), teams=[1]),
    }
    ticket = await site.ticket(SECRET, kind="email", team=team, subject=SECRET)
    browser = await site.browser(lu)
    file = (await browser.client.post("/api/v1/files", files={"file": ("kettle.txt", b"silver", "text/plain")})).json()
    await browser.put(f"/tickets/{ticket}/drafts/reply", {"text": "Dear Mrs. Qi"})
    sent = await browser.post(f"/tickets/{ticket}/replies", reply_of(attachment_ids=[file["id"]]))
    assert sent.status_code == 201, sent.text
    customer = await desk.column(ticket, "customer_id")
    item = (await browser.post(f"/tickets/{ticket}/checklist", {"text": SECRET})).json()["items"][0]["id"]
    spent = {"seconds": 60, "client_key": client_key(), "note": SECRET}
    time = (await browser.post(f"/tickets/{ticket}/time", spent)).json()["time"][0]["id"]
    await browser.put(f"/tickets/{ticket}/shared-draft", {"text": SECRET})
    deadline = await browser.post(f"/tickets/{ticket}/deadlines", {"label": SECRET, "due_at": LATER})
    assert deadline.status_code == 201, deadline.text
    clock = await desk.sql("select id from clock where ticket_id = %(ticket)s", ticket=ticket)
    promised = await browser.post(f"/tickets/{ticket}/promises", {"words": SECRET, "due_at": LATER})
    promise = promised.json()["items"][0]["id"]
    beside = {"subject": SECRET, "text": SECRET, "client_key": client_key(), "person_ids": [lu.id]}
    side = (await browser.post(f"/tickets/{ticket}/sides", beside)).json()["id"]
    ids = (sent.json()["id"], item, time, clock, promise, side)
    return Scene(site, team, ticket, customer, *ids, file["token"], lu, outsiders)


def _scopes() -> list[str]:
    return ["tickets.read", "tickets.write", "tickets.reply", "tickets.note", "tickets.assign", "customers.read"]


async def test_ticket_routes_of_the_document_are_all_known_to_this_test(site: Site) -> None:
    document = (await site.stranger().client.get("/api/openapi.json")).json()
    found = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in document["paths"].items()
        for method in methods
        if "{ticket_id}" in path
    }
    assert found == set(TICKET_ROUTES) | set(TEAMWORK_ROUTES)


async def test_ticket_endpoints_of_unseen_team_are_not_found(scene: Scene) -> None:
    before = await scene.site.desk.column(scene.ticket, "to_jsonb(ticket)")
    for who in OUTSIDERS:
        for (method, route), body in TICKET_ROUTES.items():
            answer = await scene.outsiders[who].send(method, scene.path(method, route), body)
            assert answer.status_code == 404, (who, method, route, answer.text)
            assert answer.json()["code"] == "not_found"
            assert SECRET not in answer.text
    assert await scene.site.desk.column(scene.ticket, "to_jsonb(ticket)") == before
    assert await scene.site.desk.sql("select count(*) from entry where ticket_id = %(id)s", id=scene.ticket) == 4


async def test_teamwork_on_a_ticket_of_an_unseen_team_is_not_found(scene: Scene) -> None:
    before = await scene.site.desk.column(scene.ticket, "to_jsonb(ticket)")
    found_missing = 0
    for who in OUTSIDERS:
        for (method, route), body in TEAMWORK_ROUTES.items():
            answer = await scene.outsiders[who].send(method, scene.path(method, route), body)
            assert answer.json()["code"] in {"not_found", "not_allowed", "people_only"}, (
                who,
                method,
                route,
                answer.text,
            )
            assert SECRET not in answer.text
            found_missing += answer.status_code == 404
    assert found_missing > 3 * len(TEAMWORK_ROUTES) - 12
    assert await scene.site.desk.column(scene.ticket, "to_jsonb(ticket)") == before


async def test_ticket_endpoint_of_own_team_is_found(scene: Scene) -> None:
    browser = await scene.site.browser(scene.lu)
    for (method, route), body in TICKET_ROUTES.items():
        answer = await browser.send(method, scene.path(method, route), body)
        # The reply's draft is gone once it was sent, and what is on its way is not stuck.
        assert answer.status_code < 300 or answer.json()["code"] in {
            "not_stuck",
            "not_found",
            "shared_draft_changed",
        }, (route, answer.text)
        if route.endswith("/assignment"):
            await scene.site.desk.run("update ticket set team_id = %(team)s", team=scene.team)


async def test_lists_for_outsiders_hold_nothing_of_unseen_team(scene: Scene) -> None:
    for who in OUTSIDERS:
        for path in LISTS:
            address = path.format(team=scene.team, ticket=scene.ticket, customer=scene.customer)
            answer = await scene.outsiders[who].get(address)
            assert answer.status_code == 200, answer.text
            assert "kettle" not in answer.text
            assert "rosa" not in answer.text.lower()
            assert all(not one for one in answer.json().values() if isinstance(one, list))


async def test_customer_of_unseen_team_is_not_found(scene: Scene) -> None:
    opened = {"subject": "x", "text": "y", "team_id": 1, "client_key": client_key(), "customer_id": scene.customer}
    for who, browser in scene.outsiders.items():
        assert (await browser.get(f"/customers/{scene.customer}")).status_code == 404
        assert (await browser.get(f"/customers/{scene.customer}/tickets")).status_code == 404
        assert (await browser.post("/tickets", opened)).status_code == 404
        changed = await browser.patch(f"/customers/{scene.customer}", {"notes": "z"})
        assert changed.status_code == (403 if who == "program" else 404)


async def test_customer_of_both_teams_shows_each_its_own_number_of_tickets(scene: Scene) -> None:
    channel = await scene.site.desk.channel("email", address="other@desk.example")
    await scene.site.desk.deliver(channel, scene.site.desk.mail("Another matter"))
    seen = (await scene.outsiders["agent"].get(f"/customers/{scene.customer}")).json()
    assert seen["ticket_count"] == 1
    found = (await scene.outsiders["agent"].get(f"/customers/{scene.customer}/tickets")).json()["items"]
    assert [one["team_id"] for one in found] == [1]


async def test_views_for_outsiders_count_nothing_of_unseen_team(scene: Scene) -> None:
    for browser in scene.outsiders.values():
        assert [one["count"] for one in (await browser.get("/views")).json()["items"]] == [0] * 7
    counts = (await (await scene.site.browser(scene.lu)).get("/views")).json()["items"]
    assert {one["key"]: one["count"] for one in counts}["open"] == 1


async def test_file_of_unseen_team_is_not_found(scene: Scene) -> None:
    address = f"/files/{scene.token}/kettle.txt"
    for browser in scene.outsiders.values():
        assert (await browser.get(address)).status_code == 404
    assert (await (await scene.site.browser(scene.lu)).get(address)).content == b"silver"


async def test_rendering_for_unseen_ticket_is_not_found(scene: Scene) -> None:
    browser = scene.outsiders["agent"]
    made = await browser.post("/canned-replies", {"title": "t", "text": "{{customer.name}} {{ticket.subject}}"})
    answer = await browser.post(f"/canned-replies/{made.json()['id']}/rendering", {"ticket_id": scene.ticket})
    assert answer.status_code == 404


async def test_attach_file_of_unseen_ticket_is_refused(scene: Scene) -> None:
    mine = await scene.site.ticket("Mine")
    stolen = await scene.site.desk.sql("select id from file where token = %(token)s", token=scene.token)
    answer = await scene.outsiders["agent"].post(f"/tickets/{mine}/notes", note_of(attachment_ids=[stolen]))
    assert answer.status_code == 400
    assert answer.json()["fields"] == {"attachment_ids": "unknown"}


async def test_open_ticket_in_unseen_team_is_not_found(scene: Scene) -> None:
    opened = {"subject": "x", "text": "y", "team_id": scene.team, "client_key": client_key(), "customer": {"name": "z"}}
    for who in OUTSIDERS:
        assert (await scene.outsiders[who].post("/tickets", opened)).status_code == 404


async def test_notifications_after_move_leave_the_ticket_out(scene: Scene) -> None:
    browser = await scene.site.browser(scene.lu)
    colleague = await scene.site.desk.person("Mo", scene.team)
    await (await scene.site.browser(colleague)).post(
        f"/tickets/{scene.ticket}/notes", note_of(mentions=[scene.lu.id], text=SECRET)
    )
    assert len((await browser.get("/notifications")).json()["items"]) == 1
    assert {one["key"]: one["count"] for one in (await browser.get("/views")).json()["items"]}["mentions"] == 1
    moved = await browser.put(f"/tickets/{scene.ticket}/assignment", {"assignee_id": None, "team_id": 1})
    assert moved.status_code == 200
    assert moved.json() is None
    assert (await browser.get("/notifications")).json()["items"] == []
    assert {one["key"]: one["count"] for one in (await browser.get("/views")).json()["items"]}["mentions"] == 0
    assert (await browser.get("/tickets?view=mentions")).json()["items"] == []
    frames = await scene.site.frames(scene.lu)
    assert [one.event for one in frames if one.event == "notification"] == []


async def test_link_to_unseen_ticket_is_left_out(scene: Scene) -> None:
    mine = await scene.site.ticket("Mine")
    await scene.site.desk.run(
        "insert into ticket_link values (%(a)s, %(b)s, 'follow_up_of', now())", a=mine, b=scene.ticket
    )
    assert (await scene.outsiders["agent"].get(f"/tickets/{mine}")).json()["links"] == []


async def test_stream_replay_for_outsider_holds_no_frame(scene: Scene) -> None:
    bo = await scene.site.desk.person("Bo2")
    assert [one for one in await scene.site.frames(bo) if one.event in {"ticket", "notification", "gone"}] == []
    assert [one.event for one in await scene.site.frames(scene.lu)].count("ticket") >= 3


async def test_stream_after_move_tells_gone_to_those_who_lost_it_only(scene: Scene) -> None:
    both = await scene.site.desk.person("Di", 1, scene.team)
    bo = await scene.site.desk.person("Bo3")
    browser = await scene.site.browser(scene.lu)
    head = (await scene.site.desk.events())[-1].seq
    await browser.put(f"/tickets/{scene.ticket}/assignment", {"assignee_id": None, "team_id": 1})
    assert [one.event for one in await scene.site.frames(scene.lu, after=head)] == ["gone"]
    assert {one.event for one in await scene.site.frames(both, after=head)} == {"ticket"}
    assert {one.event for one in await scene.site.frames(bo, after=head)} == {"ticket"}


async def test_stream_after_move_there_and_back_and_there_ends_with_the_ticket(scene: Scene) -> None:
    everywhere = await scene.site.browser(await scene.site.desk.person("Al", everywhere=True))
    head = (await scene.site.desk.events())[-1].seq
    for team in (1, scene.team, 1):
        await everywhere.put(f"/tickets/{scene.ticket}/assignment", {"assignee_id": None, "team_id": team})
    bo = await scene.site.desk.person("Bo4")
    assert (await scene.site.frames(bo, after=head))[-1].event == "ticket"
    assert (await scene.site.frames(scene.lu, after=head))[-1].event == "gone"


async def test_mention_of_outsider_is_dropped(scene: Scene) -> None:
    bo = await scene.site.desk.person("Bo5")
    gone = await scene.site.desk.person("Ge", scene.team)
    await scene.site.desk.run("update person set deactivated_at = now() where id = %(id)s", id=gone.id)
    mentions = [bo.id, gone.id, scene.lu.id, scene.lu.id, 10**12]
    answer = await (await scene.site.browser(scene.lu)).post(
        f"/tickets/{scene.ticket}/notes", note_of(mentions=mentions)
    )
    assert answer.json()["details"]["mentions"] == [scene.lu.id]
    assert await scene.site.desk.sql("select count(*) from notification where person_id = %(id)s", id=bo.id) == 0


async def test_raw_original_of_a_ticket_is_not_found_for_intake_managers(scene: Scene) -> None:
    inbox = await scene.site.desk.sql("select max(id) from inbox")
    await scene.site.desk.run("update inbox set raw = 'Subject: silver kettle'")
    for who in ("administrator", "supervisor"):
        assert (await scene.outsiders[who].get(f"/intake/problems/{inbox}/raw")).status_code == 404


async def test_set_aside_message_is_seen_by_administrators_and_its_own_team_only(scene: Scene) -> None:
    inbox = await scene.site.desk.sql(
        "update inbox set state = 'set_aside', entry_id = null, problem = 'x', raw = 'raw' returning id"
    )
    boss = await scene.site.browser(await scene.site.desk.person("Sun", scene.team, role="supervisor"))
    for browser, is_seen in (
        (scene.outsiders["supervisor"], False),
        (scene.outsiders["administrator"], True),
        (boss, True),
    ):
        assert len((await browser.get("/intake/problems")).json()["items"]) == int(is_seen)
        assert (await browser.get(f"/intake/problems/{inbox}/raw")).status_code == (200 if is_seen else 404)
    assert (await scene.outsiders["supervisor"].post(f"/intake/problems/{inbox}/retry")).status_code == 409
    assert (await scene.outsiders["supervisor"].delete(f"/intake/problems/{inbox}")).status_code == 409
    assert (await boss.delete(f"/intake/problems/{inbox}")).status_code == 204


async def test_program_is_nobodys_person(scene: Scene) -> None:
    # The number of a key may be the number of a person: it must open nothing of theirs.
    ada = await scene.site.desk.person("Ada2", scene.team, role="administrator")
    program = await scene.site.program(ada, *_scopes(), teams=[scene.team])
    key_id = await scene.site.desk.sql("select max(id) from api_key")
    await scene.site.desk.run(
        "insert into person (id, email, name, role, created_at) overriding system value"
        " values (%(id)s, 'twin@desk.example', 'Twin', 'agent', now()) on conflict do nothing",
        id=key_id,
    )
    await scene.site.desk.run(
        "insert into draft values (%(t)s, %(p)s, 'reply', 'private', '{}', now())", t=scene.ticket, p=key_id
    )
    await scene.site.desk.run(
        "insert into canned_reply (title, text, person_id, created_at, updated_at)"
        " values ('own', 'private', %(p)s, now(), now())",
        p=key_id,
    )
    await scene.site.desk.run(
        "insert into notification (person_id, kind, ticket_id, at) values (%(p)s, 'assigned', %(t)s, now())",
        p=key_id,
        t=scene.ticket,
    )
    await scene.site.desk.run("update ticket set assignee_id = %(p)s", p=key_id)
    assert (await program.get(f"/tickets/{scene.ticket}/drafts/reply")).json() is None
    assert (await program.put(f"/tickets/{scene.ticket}/drafts/reply", {"text": "x"})).json()["code"] == "people_only"
    assert (await program.put(f"/tickets/{scene.ticket}/read", {"entry_id": 1})).json()["code"] == "people_only"
    assert (await program.get("/canned-replies")).json()["items"] == []
    assert (await program.post("/canned-replies", {"title": "t", "text": "x"})).status_code == 400
    assert (await program.get("/notifications")).json()["items"] == []
    assert (await program.get("/tickets?view=mine")).json()["items"] == []
    assert (await program.get("/session")).json()["code"] == "people_only"
    sent = await program.post(f"/tickets/{scene.ticket}/replies", reply_of())
    assert sent.status_code == 201
    assert await scene.site.desk.sql("select text from draft where person_id = %(p)s", p=key_id) == "private"


async def test_route_waiting_tells_nobody_outside(scene: Scene) -> None:
    bo = await scene.site.desk.person("Bo6")
    await scene.site.desk.run("update ticket set assignee_id = null, category = 'open'")
    await scene.site.desk.online(bo, scene.lu)
    async with scene.site.desk.parts.database.transaction() as tx:
        assert await engine.route(tx, now=scene.site.desk.now) == 1
    assert await scene.site.desk.column(scene.ticket, "assignee_id") == scene.lu.id
    assert [one.event for one in await scene.site.frames(bo) if one.event in {"ticket", "notification"}] == []
