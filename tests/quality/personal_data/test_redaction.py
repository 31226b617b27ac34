"""What was blacked out is nowhere any more: not in the database, not in the store, not for anybody."""

import pytest

from ombud.quality.personal_data.services.ending import destroy_files, destroy_originals
from tests.quality.personal_data.ward import CARD, ID_NUMBER, PHONE, SAID, Ward
from tests.site import note_of, reply_of


async def test_redacted_words_are_nowhere_in_the_database_nor_in_the_store(ward: Ward) -> None:
    ticket = await ward.mail_with_file(SAID, f"Copy of the card {CARD}".encode())
    path = f"/tickets/{ticket}"
    assert (await ward.lin.post(f"{path}/notes", note_of(f"Card {CARD} is right"))).status_code == 201
    assert (
        await ward.lin.post(f"{path}/replies", reply_of(f"We pay to 6222 0203 1832 8454 059, {CARD}"))
    ).status_code == 201
    draft = {"text": f"to {CARD}"}
    assert (await ward.lin.put(f"{path}/drafts/reply", draft)).status_code in {200, 204}
    assert (await ward.lin.put(f"{path}/shared-draft", {"text": f"to {CARD}", "version": 0})).status_code in {200, 204}
    await ward.lin.patch(path, {"subject": f"Refund to {CARD}"})
    await ward.site.desk.index()
    made = await ward.redact(ticket, CARD, reason="not needed")
    await ward.site.desk.index()
    assert (made["kind"], made["by_name"], made["sealed_until"] is not None) == ("bank_card", "Wu", True)
    # The file that holds it, too, is named: it has to be blacked out by itself.
    places = await ward.places_of(CARD)
    assert [one for one in places if "." in one and "/" not in one] == []
    [attachment] = (await ward.entries(ticket))[0]["attachments"]
    data = {"entry_id": made["entry_id"], "attachment_id": attachment["id"]}
    assert (await ward.wu.post(f"{path}/redactions", data)).status_code == 201
    assert await ward.places_of(CARD) == []
    assert await ward.places_of("6222 0203") == []
    assert "■■■" in (await ward.entries(ticket))[0]["text"]


async def test_redacted_words_are_found_no_more(ward: Ward) -> None:
    ticket = await ward.ticket()
    found = (await ward.wu.get(f"/search?q={PHONE}")).json()
    assert found["items"]
    await ward.redact(ticket, PHONE)
    assert (await ward.wu.get(f"/search?q={PHONE}")).json()["items"] == []
    assert await ward.places_of(PHONE) == []


async def test_redaction_leaves_a_line_that_says_who_and_which_kind_but_not_what(ward: Ward) -> None:
    ticket = await ward.ticket()
    made = await ward.redact(ticket, ID_NUMBER, reason="asked for by the customer")
    line = [one for one in (await ward.site.desk.timeline(ticket)) if one.kind == "change"][-1]
    assert line.details.field == "redaction"
    assert line.details.to_value == {"kind": "id_number", "entry_id": made["entry_id"], "redaction_id": made["id"]}
    [listed] = (await ward.lin.get(f"/tickets/{ticket}/redactions")).json()["items"]
    assert (listed["by_name"], listed["reason"], listed["opened"]) == ("Wu", "asked for by the customer", 0)
    [event] = await ward.site.desk.events("entry_redacted")
    assert ID_NUMBER not in str(event.data)


async def test_redaction_keeps_marks_where_they_are_true(ward: Ward) -> None:
    ticket = await ward.ticket()
    await ward.redact(ticket, ID_NUMBER)
    [entry] = await ward.entries(ticket, ward.ada)
    kinds = {entry["text"][one["start"] : one["end"]]: one["kind"] for one in entry["personal_data"]}
    assert kinds[PHONE] == "phone"
    assert "id_number" not in kinds.values()


async def test_short_words_are_blacked_out_in_their_message_alone(ward: Ward) -> None:
    ticket = await ward.ticket("Code 77, again 77.")
    await ward.lin.post(f"/tickets/{ticket}/notes", note_of("Aisle 77"))
    await ward.redact(ticket, "77")
    assert [one["text"] for one in await ward.entries(ticket)] == ["Code ■■■, again ■■■.", "Aisle 77"]


async def test_word_that_names_a_state_harms_no_row(ward: Ward) -> None:
    ticket = await ward.ticket("My name is Open, Mr Open.")
    await ward.redact(ticket, "Open")
    assert (await ward.entries(ticket))[0]["text"] == "My name is ■■■, Mr ■■■."
    assert await ward.site.desk.column(ticket, "category") == "new"


async def test_undone_redaction_brings_everything_back(ward: Ward) -> None:
    content = f"Copy {CARD}".encode()
    ticket = await ward.mail_with_file(SAID, content)
    before = await ward.entries(ticket, ward.wu)
    made = await ward.redact(ticket, PHONE)
    [attachment] = before[0]["attachments"]
    data = {"entry_id": made["entry_id"], "attachment_id": attachment["id"]}
    file = (await ward.wu.post(f"/tickets/{ticket}/redactions", data)).json()
    await destroy_files(ward.site.desk.parts.database, ward.site.desk.parts.files)
    assert (await ward.ada.delete(f"/redactions/{made['id']}")).json()["code"] == "later_redaction"
    assert (await ward.ada.delete(f"/redactions/{file['id']}")).status_code == 200
    assert (await ward.ada.delete(f"/redactions/{made['id']}")).status_code == 200
    [after] = await ward.entries(ticket, ward.wu)
    assert (after["text"], after["html"], after["quoted"]) == tuple(
        before[0][one] for one in ("text", "html", "quoted")
    )
    [again] = after["attachments"]
    assert (again["name"], again["size"]) == ("claim.txt", len(content))
    assert (await ward.wu.get(again["url"].removeprefix("/api/v1"))).content == content
    raw = await ward.site.desk.sql("select raw from inbox where ticket_id = %(t)s", t=ticket)
    assert bytes(raw) == SAID.encode()


async def test_sealed_original_is_read_with_a_reason_that_stays(ward: Ward) -> None:
    ticket = await ward.ticket()
    made = await ward.redact(ticket, PHONE)
    path = f"/redactions/{made['id']}/opening"
    assert (await ward.ada.post(path, {"reason": " "})).status_code == 400
    answer = await ward.ada.post(path, {"reason": "court order 7"})
    assert answer.json() == {"words": PHONE}
    assert await ward.site.desk.sql("select reason from redaction_opening") == "court order 7"
    [event] = await ward.site.desk.events("redaction_opened")
    assert PHONE not in str(event.data)
    [listed] = (await ward.lin.get(f"/tickets/{ticket}/redactions")).json()["items"]
    assert listed["opened"] == 1


async def test_original_is_destroyed_when_its_time_is_over(ward: Ward) -> None:
    ticket = await ward.ticket()
    made = await ward.redact(ticket, PHONE)
    parts = ward.site.desk.parts
    assert await destroy_originals(parts.database, now=ward.site.desk.later(days=29)) == 0
    assert await destroy_originals(parts.database, now=ward.site.desk.later(days=2)) == 1
    ward.site.browsers.clear()
    ada = await ward.site.browser(ward.people["ada"])
    assert (await ada.delete(f"/redactions/{made['id']}")).json()["code"] == "nothing_sealed"
    [event] = await ward.site.desk.events("redaction_destroyed")
    assert event.data["redaction_id"] == made["id"]


async def test_desk_that_keeps_nothing_destroys_at_once(ward: Ward) -> None:
    await ward.policy(keeps_sealed=False)
    ticket = await ward.mail_with_file(SAID, b"secret file")
    made = await ward.redact(ticket, PHONE)
    assert made["sealed_until"] is None
    assert (await ward.ada.delete(f"/redactions/{made['id']}")).json()["code"] == "nothing_sealed"
    [attachment] = (await ward.entries(ticket))[0]["attachments"]
    data = {"entry_id": made["entry_id"], "attachment_id": attachment["id"]}
    await ward.wu.post(f"/tickets/{ticket}/redactions", data)
    assert await ward.places_of("secret file") == []


@pytest.mark.parametrize(
    ("start", "end"), [(None, None), (5, 5), (0, 10_000), (8, 3)], ids=["nothing", "empty", "outside", "reversed"]
)
async def test_redaction_of_no_words_is_refused(ward: Ward, start: int | None, end: int | None) -> None:
    ticket = await ward.ticket()
    [entry] = await ward.entries(ticket)
    data = {"entry_id": entry["id"], "start": start, "end": end}
    assert (await ward.wu.post(f"/tickets/{ticket}/redactions", data)).status_code == 400


async def test_redaction_needs_the_right_and_the_sight(ward: Ward) -> None:
    ticket = await ward.ticket()
    [entry] = await ward.entries(ticket)
    data = {"entry_id": entry["id"], "start": 0, "end": 4}
    assert (await ward.lin.post(f"/tickets/{ticket}/redactions", data)).status_code == 403
    other = await ward.site.desk.team("Repairs")
    su = await ward.site.browser(await ward.site.desk.person("Su", other, role="supervisor"))
    assert (await su.post(f"/tickets/{ticket}/redactions", data)).status_code == 404
    assert (await su.get(f"/tickets/{ticket}/redactions")).status_code == 404
    elsewhere = await ward.ticket("Another", who="c2")
    assert (await ward.wu.post(f"/tickets/{elsewhere}/redactions", data)).status_code == 404
    made = await ward.redact(ticket, PHONE)
    assert (await ward.wu.post(f"/redactions/{made['id']}/opening", {"reason": "why"})).status_code == 403
    assert (await ward.ada.post("/redactions/999/opening", {"reason": "why"})).status_code == 404
    root = await ward.site.browser(await ward.site.desk.person("Root", other, role="administrator"))
    assert (await root.post(f"/redactions/{made['id']}/opening", {"reason": "why"})).status_code == 404
    assert (await root.delete(f"/redactions/{made['id']}")).status_code == 404


async def test_words_in_other_tickets_of_the_customer_are_named(ward: Ward) -> None:
    other = await ward.ticket()
    await ward.site.desk.run("update ticket set category = 'closed', status_id = 9, closed_at = now()")
    ticket = await ward.ticket(SAID + " again")
    made = await ward.redact(ticket, PHONE)
    assert made["elsewhere"] == ([other] if other != ticket else [])
