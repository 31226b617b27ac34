"""The one timeline of a customer, the computed profile, the export."""

import json
from datetime import timedelta
from typing import Any

import pytest

from ombud.tickets.services.customer_averages import keep_averages
from tests.customers.scene import Scene
from tests.site import note_of, reply_of


async def busy_customer(scene: Scene) -> int:
    """A customer with a mail, a reply, an internal note, and things of her own."""
    rosa = await scene.customer()
    (ticket,) = await scene.site.desk.tickets()
    for step in (
        ("POST", f"/tickets/{ticket}/replies", reply_of("We look into it.")),
        ("POST", f"/tickets/{ticket}/notes", note_of("Second time this month")),
        ("POST", f"/customers/{rosa}/notes", {"text": "Has a dog"}),
        ("POST", f"/customers/{rosa}/checks", {"method": "documents"}),
        ("POST", f"/customers/{rosa}/consents", {"purpose": "survey", "is_given": True}),
        ("POST", f"/customers/{rosa}/products", {"model": "WM-9"}),
    ):
        scene.site.desk.later(minutes=1)
        await scene.ok(*step)
    return rosa


async def timeline(scene: Scene, customer: int, query: str = "") -> list[dict[str, Any]]:
    """All pages of a timeline."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await scene.ok("GET", f"/customers/{customer}/timeline?limit=2{query}{cursor and f'&cursor={cursor}'}")
        found += page["items"]
        cursor = page["next"]
    return found


def kinds(items: list[dict[str, Any]]) -> list[str]:
    return [one["kind"] for one in items]


async def test_timeline_holds_everything_newest_first_in_pages(scene: Scene) -> None:
    rosa = await busy_customer(scene)
    found = await timeline(scene, rosa)
    assert kinds(found) == [
        "product",
        "consent",
        "identity_check",
        "customer_note",
        "note",
        "message",
        "ticket_opened",
        "message",
    ]
    assert found[5]["direction"] == "out"
    assert found[5]["author"]["name"] == "Lu"
    assert found[7]["channel_kind"] == "email"
    assert (await scene.ok("GET", f"/customers/{rosa}/timeline"))["next"] is None


async def test_timeline_of_one_moment_repeats_and_loses_nothing(scene: Scene) -> None:
    rosa = await scene.customer()
    for n in range(5):
        await scene.ok("POST", f"/customers/{rosa}/notes", {"text": f"n{n}"})
        await scene.ok("POST", f"/customers/{rosa}/products", {"model": f"m{n}"})
    found = await timeline(scene, rosa)
    assert len(found) == len({(one["kind"], one["id"]) for one in found}) == 12


async def test_timeline_is_filtered_by_kind_and_channel(scene: Scene) -> None:
    rosa = await busy_customer(scene)
    assert kinds(await timeline(scene, rosa, "&kind=message")) == ["message", "message"]
    assert kinds(await timeline(scene, rosa, "&kind=product&kind=note")) == ["product", "note"]
    assert kinds(await timeline(scene, rosa, "&channel=email")) == ["message", "ticket_opened", "message"]
    assert await timeline(scene, rosa, "&channel=chat") == []
    await scene.refused("invalid", "GET", f"/customers/{rosa}/timeline?kind=gossip")


async def test_timeline_shows_only_tickets_that_the_reader_sees(scene: Scene) -> None:
    rosa = await scene.customer()
    secret = await scene.site.desk.team("Secret")
    sender = scene.site.desk.mail("x", "rosa@example.com").sender
    await scene.site.ticket("The hidden matter", kind="email", team=secret, sender=sender)
    assert len(await timeline(scene, rosa)) == 2
    assert "hidden" not in json.dumps(await timeline(scene, rosa))
    sees_all = await scene.site.browser(await scene.site.desk.person("Al", everywhere=True))
    items = (await sees_all.get(f"/customers/{rosa}/timeline")).json()["items"]
    assert len(items) == 4


async def test_timeline_after_merge_holds_both(scene: Scene) -> None:
    rosa, theo = await scene.customer(), await scene.customer("Theo")
    await scene.admin.patch("/customer-policy", {"merge": 0})
    await scene.ok("POST", f"/customers/{rosa}/merge", {"absorbed_id": theo})
    assert sorted(kinds(await timeline(scene, theo))) == [
        "customer_merge",
        "message",
        "message",
        "ticket_opened",
        "ticket_opened",
    ]


async def test_undone_reply_and_removed_note_are_not_on_the_timeline(scene: Scene) -> None:
    rosa = await scene.customer()
    (ticket,) = await scene.site.desk.tickets()
    sent = await scene.ok("POST", f"/tickets/{ticket}/replies", reply_of())
    await scene.ok("DELETE", f"/tickets/{ticket}/replies/{sent['id']}")
    note = await scene.ok("POST", f"/customers/{rosa}/notes", {"text": "x"})
    await scene.ok("DELETE", f"/customers/{rosa}/notes/{note['id']}")
    assert kinds(await timeline(scene, rosa)) == ["ticket_opened", "message"]


async def profile(scene: Scene, customer: int) -> Any:
    return await scene.ok("GET", f"/customers/{customer}/profile")


async def test_profile_counts_what_tickets_tell(scene: Scene) -> None:
    desk = scene.site.desk
    rosa = await scene.customer()
    first = desk.now - timedelta(days=40)
    await desk.run("update ticket set created_at = %(at)s", at=first)
    await scene.customer()
    ticket = (await desk.tickets())[-1]
    await scene.ok("PATCH", f"/tickets/{ticket}", {"tags": ["refund", "late"]})
    await scene.ok("POST", f"/tickets/{ticket}/replies", reply_of(solve=True))
    found = await profile(scene, rosa)
    assert (found["contacts_30"]["value"], found["contacts_90"]["value"]) == (1, 2)
    assert (found["open_tickets"], found["solved_share"]["value"], found["solved_share"]["of"]) == (1, 0.5, 2)
    assert found["first_contact_at"] == first.isoformat().replace("+00:00", "Z")
    assert [(one["label"], one["count"]) for one in found["reasons"]] == [("late", 1), ("refund", 1)]
    assert [(one["key"], one["count"]) for one in found["channels"]] == [("email", 2)]
    assert [one["name"] for one in found["last_agents"]] == ["Lu"]


async def test_profile_makes_no_figure_up(scene: Scene) -> None:
    made = await scene.ok("POST", "/customers", {"name": "Nobody yet"})
    found = await profile(scene, made["id"])
    assert found["solved_share"] == {"value": None, "of": 0, "average": None, "average_at": None}
    assert found["contacts_90"]["average"] is None
    assert [found[name] for name in ("mood", "value_cents", "first_contact_at")] == [None] * 3
    assert found["open_promises"] == 0


async def test_profile_counts_only_tickets_that_the_reader_sees(scene: Scene) -> None:
    rosa = await scene.customer()
    secret = await scene.site.desk.team("Secret")
    sender = scene.site.desk.mail("x", "rosa@example.com").sender
    await scene.site.ticket(kind="email", team=secret, sender=sender)
    assert (await profile(scene, rosa))["contacts_30"]["value"] == 1


async def test_averages_are_kept_for_hours_and_compared(scene: Scene) -> None:
    desk = scene.site.desk
    rosa = await scene.customer()
    for _ in range(2):
        await scene.customer()
    await scene.customer("Theo")
    async with desk.parts.database.transaction() as tx:
        assert await keep_averages(tx, now=desk.now)
        assert not await keep_averages(tx, now=desk.now)
    found = (await profile(scene, rosa))["contacts_90"]
    assert (found["value"], found["average"]) == (3, 2)
    assert found["average_at"]


async def test_export_holds_all_but_internal_notes(scene: Scene) -> None:
    rosa = await busy_customer(scene)
    answer = await scene.lead.get(f"/customers/{rosa}/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == f'attachment; filename="customer-{rosa}.json"'
    found = answer.json()
    assert found["is_complete"]
    assert [one["direction"] for one in found["tickets"][0]["messages"]] == ["in", "out"]
    assert "Second time" not in answer.text
    assert found["notes"][0]["text"] == "Has a dog"
    assert await scene.events("customer_exported") == [{"customer_id": rosa, "tickets": 1}]


async def test_export_lists_files_and_former_numbers(scene: Scene) -> None:
    rosa, theo = await scene.customer(), await scene.customer("Theo")
    ticket = (await scene.site.desk.tickets())[0]
    upload = await scene.agent.client.post("/api/v1/files", files={"file": ("invoice.txt", b"42", "text/plain")})
    await scene.ok("POST", f"/tickets/{ticket}/replies", reply_of(attachment_ids=[upload.json()["id"]]))
    await scene.check(rosa)
    await scene.check(theo)
    await scene.ok("POST", f"/customers/{rosa}/merge", {"absorbed_id": theo})
    found = (await scene.lead.get(f"/customers/{rosa}/export")).json()
    (file,) = found["files"]
    assert (file["name"], file["size"], len(file["sha256"])) == ("invoice.txt", 2, 64)
    assert (await scene.agent.client.get(file["url"])).content == b"42"
    assert found["former_ids"] == [theo]


async def test_export_says_when_it_is_not_complete(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.check(rosa)
    secret = await scene.site.desk.team("Secret")
    sender = scene.site.desk.mail("x", "rosa@example.com").sender
    await scene.site.ticket(kind="email", team=secret, sender=sender)
    assert not (await scene.lead.get(f"/customers/{rosa}/export")).json()["is_complete"]


async def test_export_needs_permission_and_check(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.refused("not_allowed", "GET", f"/customers/{rosa}/export")
    refused = (await scene.lead.get(f"/customers/{rosa}/export")).json()
    assert (refused["code"], refused["needed"]) == ("identity_check_needed", 3)
    assert await scene.events("customer_exported") == []


@pytest.mark.parametrize("limit", [0, 101])
async def test_timeline_of_absurd_length_is_invalid(scene: Scene, limit: int) -> None:
    rosa = await scene.customer()
    await scene.refused("invalid", "GET", f"/customers/{rosa}/timeline?limit={limit}")
