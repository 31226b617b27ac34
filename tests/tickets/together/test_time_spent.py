"""Time that people worked on a ticket; and what programs may not do here."""

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, client_key

TAB = "window-one"


async def test_time_is_summed_sent_twice_counts_once_and_is_ones_own(
    site: Site, lus: Browser, mos: Browser, ticket: int
) -> None:
    path = f"/tickets/{ticket}/time"
    call = {"seconds": 600, "note": "On the phone", "client_key": client_key()}
    for _ in range(2):
        shown = (await lus.post(path, call)).json()
    shown = (await mos.post(path, {"seconds": 95, "way": "timer", "client_key": client_key()})).json()
    assert (shown["total_seconds"], [one["name"] for one in shown["time"]]) == (695, ["Mo", "Lu"])
    entry = shown["time"][1]["id"]
    assert (await mos.delete(f"{path}/{entry}")).status_code == 403
    assert (await lus.delete(f"{path}/{entry}")).json()["total_seconds"] == 95
    assert (await lus.delete(f"{path}/{entry}")).status_code == 404
    told = [(one.data["change"], one.data["seconds"]) for one in await site.desk.events("time_spent_changed")]
    assert told == [("added", 600), ("added", 95), ("removed", 600)]


@pytest.mark.parametrize("seconds", [0, -5, 86_401, 2**70])
async def test_time_beyond_a_day_is_refused(lus: Browser, ticket: int, seconds: int) -> None:
    wrong = {"seconds": seconds, "client_key": client_key()}
    assert (await lus.post(f"/tickets/{ticket}/time", wrong)).status_code == 400


async def test_program_takes_no_part(site: Site, ticket: int, mo: Actor) -> None:
    ada = await site.desk.person("Ada2", role="administrator")
    program = await site.program(ada, "tickets.read", "tickets.note", "tickets.write")
    for path, data in (
        ("looking", {"tab": TAB}),
        (f"followers/{mo.id}", None),
        ("shared-draft", {"text": "x"}),
    ):
        assert (await program.put(f"/tickets/{ticket}/{path}", data)).json()["code"] == "people_only", path
    spent = {"seconds": 60, "client_key": client_key()}
    assert (await program.post(f"/tickets/{ticket}/time", spent)).json()["code"] == "people_only"
    assert (await program.post(f"/tickets/{ticket}/checklist", {"text": "Call"})).status_code == 201
