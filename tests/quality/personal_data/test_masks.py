"""Whoever may not see personal data sees it nowhere, and is written down when they have it shown."""

from typing import Any

import pytest

from ombud.intelligence.personal_data.masking import mask_tree
from ombud.quality.personal_data.reactions import PERSONAL_DATA
from ombud.quality.personal_data.services.filling import fill_next
from ombud.realtime.batch import Batch
from ombud.shared.readers import read_batch, register_reader
from ombud.views.jobs import JobRunner
from tests.quality.personal_data.ward import CARD, ID_NUMBER, PHONE, SAID, Ward
from tests.site import note_of

MASKED = "我叫王小明,身份证110***********002X,电话 13800131234,退到卡 622************4059。"


async def read_only(ward: Ward) -> Any:
    """Somebody who looks only."""
    return await ward.site.browser(await ward.site.desk.person("Ren", role="read_only"))


async def test_agent_sees_numbers_of_papers_masked_and_telephones_in_full(ward: Ward) -> None:
    ticket = await ward.ticket()
    [entry] = await ward.entries(ticket)
    assert entry["text"] == MASKED
    kinds = [one["kind"] for one in entry["personal_data"]]
    assert kinds == ["name", "id_number", "phone", "bank_card"]


async def test_reader_sees_telephones_masked_too(ward: Ward) -> None:
    ticket = await ward.ticket()
    [entry] = await ward.entries(ticket, await read_only(ward))
    assert entry["text"] == MASKED.replace(PHONE, "138****1234")


@pytest.mark.parametrize("path", ["/tickets?view=all", "/tickets/{id}", "/search?q=身份证", "/tickets/{id}/timeline"])
async def test_no_answer_holds_what_is_hidden(ward: Ward, path: str) -> None:
    ticket = await ward.ticket(f"身份证{ID_NUMBER}", subject=f"身份证{ID_NUMBER}")
    answer = await ward.lin.get(path.format(id=ticket))
    assert answer.status_code == 200, answer.text
    assert ID_NUMBER not in answer.text
    assert "110***********002X" in answer.text


async def test_formatted_text_and_quotes_are_masked(ward: Ward) -> None:
    ticket = await ward.mail_with_file(SAID, b"x")
    [entry] = await ward.entries(ticket)
    assert entry["html"] == f"<p>{MASKED}</p>"
    assert entry["quoted"] == f"> {MASKED}"


async def test_frames_of_a_stream_are_masked_for_each_listener(ward: Ward) -> None:
    await ward.ticket()
    frames = await ward.site.frames(ward.people["ada"])
    batch = Batch(frames, upto=100, mask=mask_tree)
    places = range(len(batch.frames))
    assert ID_NUMBER in batch.pack(places).decode()
    masked = batch.pack(places, frozenset({"id_number"})).decode()
    assert ID_NUMBER not in masked
    assert CARD in masked
    assert "110***********002X" in masked


async def test_policy_that_lets_a_role_see_shows_it(ward: Ward) -> None:
    ticket = await ward.ticket()
    await ward.policy(id_number={"clear_for": ["agent"]}, bank_card={"is_on": False})
    assert (await ward.entries(ticket))[0]["text"] == SAID
    assert (await ward.entries(ticket, ward.wu))[0]["text"] == SAID.replace(ID_NUMBER, "110***********002X")
    marking = (await ward.wu.get("/personal-data/marking")).json()
    assert marking["hidden"] == ["id_number", "passport"]
    assert "bank_card" not in marking["marked"]
    assert (marking["may_show"], marking["may_redact"], marking["may_unseal"]) == (True, True, False)


async def test_policy_that_hides_from_programs_holds_for_keys(ward: Ward) -> None:
    ticket = await ward.ticket()
    program = await ward.site.program(ward.people["ada"], "tickets.read")
    assert (await ward.entries(ticket, program))[0]["text"] == SAID
    await ward.policy(id_number={"clear_for": []})
    assert (await ward.entries(ticket, program))[0]["text"] == SAID.replace(ID_NUMBER, "110***********002X")


async def test_showing_a_message_is_written_down_without_what_it_says(ward: Ward) -> None:
    ticket = await ward.ticket()
    [entry] = await ward.entries(ticket)
    answer = await ward.lin.post(f"/tickets/{ticket}/entries/{entry['id']}/personal-data")
    assert answer.json()["text"] == SAID
    [access] = (await ward.ada.get(f"/personal-data/accesses?ticket_id={ticket}")).json()["items"]
    assert (access["person_name"], access["entry_id"]) == ("Lin", entry["id"])
    assert access["kinds"] == ["bank_card", "id_number"]
    [event] = await ward.site.desk.events("personal_data_shown")
    assert ID_NUMBER not in str(event.data)


async def test_showing_what_one_sees_anyway_is_not_written_down(ward: Ward) -> None:
    ticket = await ward.ticket(f"Call {PHONE}")
    [entry] = await ward.entries(ticket)
    assert (await ward.lin.post(f"/tickets/{ticket}/entries/{entry['id']}/personal-data")).status_code == 200
    assert (await ward.ada.get("/personal-data/accesses")).json()["items"] == []


async def test_showing_needs_the_right_and_the_sight(ward: Ward) -> None:
    ticket = await ward.ticket()
    [entry] = await ward.entries(ticket)
    path = f"/tickets/{ticket}/entries/{entry['id']}/personal-data"
    assert (await (await read_only(ward)).post(path)).status_code == 403
    other = await ward.site.desk.team("Repairs")
    stranger = await ward.site.browser(await ward.site.desk.person("Fay", other))
    assert (await stranger.post(path)).status_code == 404
    assert (await ward.lin.post(f"/tickets/{ticket}/entries/999999/personal-data")).status_code == 404
    assert (await ward.lin.get("/personal-data/accesses")).status_code == 403


async def test_accesses_are_read_page_by_page(ward: Ward) -> None:
    ticket = await ward.ticket()
    [entry] = await ward.entries(ticket)
    for _ in range(3):
        await ward.lin.post(f"/tickets/{ticket}/entries/{entry['id']}/personal-data")
    first = (await ward.ada.get("/personal-data/accesses?limit=2")).json()
    assert len(first["items"]) == 2
    rest = (await ward.ada.get(f"/personal-data/accesses?limit=2&cursor={first['next']}")).json()
    assert (len(rest["items"]), rest["next"]) == (1, None)
    lin = ward.people["lin"].id
    assert len((await ward.ada.get(f"/personal-data/accesses?person_id={lin}")).json()["items"]) == 3


async def test_policy_without_a_kind_is_refused_and_the_same_changes_nothing(ward: Ward) -> None:
    policy = (await ward.ada.get("/personal-data/policy")).json()
    policy.pop("waiting")
    assert (await ward.ada.put("/personal-data/policy", policy)).status_code == 200
    assert await ward.site.desk.events("personal_data_policy_changed") == []
    policy["kinds"].pop("phone")
    assert (await ward.ada.put("/personal-data/policy", policy)).status_code == 400
    assert (await ward.lin.get("/personal-data/policy")).status_code == 403


async def test_notes_hold_their_spans_from_the_start(ward: Ward) -> None:
    ticket = await ward.ticket("It drips.")
    made = (await ward.lin.post(f"/tickets/{ticket}/notes", note_of(f"Call {PHONE}"))).json()
    assert made["personal_data"] == [{"kind": "phone", "start": 5, "end": 16}]
    kept = await ward.site.desk.sql("select personal_data from entry where id = %(id)s", id=made["id"])
    assert kept == made["personal_data"]


async def test_entries_from_before_are_looked_at_in_the_background(ward: Ward) -> None:
    ticket = await ward.ticket()
    await ward.site.desk.run("update entry set personal_data = null")
    assert (await ward.ada.get("/personal-data/policy")).json()["waiting"] > 0
    while await fill_next(ward.site.desk.parts.database):
        pass
    assert len((await ward.entries(ticket))[0]["personal_data"]) == 4
    assert (await ward.ada.get("/personal-data/policy")).json()["waiting"] == 0


async def test_long_message_is_looked_at_a_little_later(ward: Ward) -> None:
    ticket = await ward.ticket("x" * 3_000 + f" {PHONE}")
    assert (await ward.entries(ticket))[0]["personal_data"] is None
    desk = ward.site.desk
    async with desk.parts.database.transaction() as tx:
        await register_reader(tx, PERSONAL_DATA)
    await desk.run("update reader set seq = 0 where name = 'personal_data'")
    while (await read_batch(desk.parts.database, PERSONAL_DATA, now=desk.now)).passed:
        pass
    assert (await ward.entries(ticket))[0]["personal_data"] == [{"kind": "phone", "start": 3001, "end": 3012}]


async def test_subject_that_is_hidden_cannot_be_written_back_masked(ward: Ward) -> None:
    ticket = await ward.ticket("It drips.", subject=f"Card {CARD}")
    shown = (await ward.lin.get(f"/tickets/{ticket}")).json()["subject"]
    assert shown == "Card 622************4059"
    refused = await ward.lin.patch(f"/tickets/{ticket}", {"subject": f"{shown} again"})
    assert (refused.status_code, refused.json()["fields"]) == (400, {"subject": "masked"})
    assert (await ward.lin.patch(f"/tickets/{ticket}", {"subject": "A drip"})).status_code == 200


async def test_what_supervisors_see_being_written_is_masked(ward: Ward) -> None:
    ticket = await ward.ticket("It drips.")
    await ward.lin.put(f"/tickets/{ticket}/drafts/reply", {"text": f"Your card {CARD}"})
    answer = await ward.wu.get(f"/tickets/{ticket}/writing")
    assert "622************4059" in answer.text
    assert CARD not in answer.text
    assert (await ward.lin.get(f"/tickets/{ticket}/drafts/reply")).json()["text"] == f"Your card {CARD}"


async def test_file_of_an_export_is_masked_for_who_asked(ward: Ward) -> None:
    await ward.ticket(SAID, subject=f"Card {CARD}")
    answer = await ward.wu.post("/exports", {"selection": {"condition": {"all": []}}, "format": "csv"})
    assert answer.status_code == 202, answer.text
    parts = ward.site.desk.parts
    runner = JobRunner(parts.database, parts.bus, parts.clock, parts.files, 10)
    while await runner.export():
        pass
    token = await ward.site.desk.sql("select file_token from job")
    written = (await parts.files.get(token)).decode("utf-8-sig")
    assert "Card 622************4059" in written
    assert CARD not in written
    assert ID_NUMBER not in written
