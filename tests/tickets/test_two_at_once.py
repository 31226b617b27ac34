"""Two people on one ticket in the same moment: one of two that exclude each other wins, nothing happens twice."""

import asyncio
from typing import Any

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, client_key, note_of


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def lus(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


@pytest.fixture
async def mos(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Mo"))


@pytest.fixture
async def pair(site: Site) -> tuple[int, int]:
    """Two tickets of one customer."""
    return await site.ticket("It leaks", who="rosa"), await site.ticket("And it is loud", who="rosa")


async def both(*asks: Any) -> list[tuple[int, str]]:
    """Status and code of requests that are made at once, in the order of their statuses."""
    answers = await asyncio.gather(*asks)
    return sorted((one.status_code, (one.json() or {}).get("code", "") if one.content else "") for one in answers)


async def changes(site: Site, kind: str) -> list[str]:
    return [one.data["change"] for one in await site.desk.events(kind)]


async def test_merge_of_each_into_the_other_at_once_makes_one_of_them_go_on(
    site: Site, lus: Browser, mos: Browser, pair: tuple[int, int]
) -> None:
    one, two = pair
    merge = {"source_ids": [two], "confirmed": True}
    crossed = {"source_ids": [one], "confirmed": True}
    done = await both(lus.post(f"/tickets/{one}/merge", merge), mos.post(f"/tickets/{two}/merge", crossed))
    assert done == [(200, ""), (409, "ticket_merged")]
    into = [await site.desk.column(each, "merged_into_id") for each in pair]
    assert sorted(into, key=str) in ([two, None], [one, None])
    assert len(await site.desk.events("ticket_merged")) == 1


async def test_merge_twice_at_once_moves_everything_once(
    site: Site, lus: Browser, mos: Browser, pair: tuple[int, int]
) -> None:
    one, two = pair
    merge = {"source_ids": [two]}
    path = f"/tickets/{one}/merge"
    assert await both(lus.post(path, merge), mos.post(path, merge)) == [(200, ""), (409, "ticket_merged")]
    texts = [entry.text for entry in await site.desk.timeline(one) if entry.kind == "message"]
    assert texts == ["It leaks", "And it is loud"]


async def test_unmerge_twice_at_once_gives_back_once(
    site: Site, lus: Browser, mos: Browser, pair: tuple[int, int]
) -> None:
    one, two = pair
    await lus.post(f"/tickets/{one}/merge", {"source_ids": [two]})
    path, back = f"/tickets/{one}/unmerge", {"source_id": two}
    assert await both(lus.post(path, back), mos.post(path, back)) == [(200, ""), (409, "not_merged")]
    for ticket, text in zip(pair, ["It leaks", "And it is loud"], strict=True):
        assert [entry.text for entry in await site.desk.timeline(ticket) if entry.kind == "message"] == [text]
    assert len(await site.desk.events("ticket_unmerged")) == 1


async def test_split_of_the_same_message_at_once_makes_one_ticket(
    site: Site, lus: Browser, mos: Browser, pair: tuple[int, int]
) -> None:
    ticket = pair[0]
    made = (await lus.post(f"/tickets/{ticket}/notes", note_of("Apart"))).json()
    path, body = f"/tickets/{ticket}/split", {"subject": "Apart", "entry_ids": [made["id"]]}
    assert await both(lus.post(path, body), mos.post(path, body)) == [(201, ""), (400, "invalid")]
    assert len(await site.desk.tickets()) == 3
    assert len(await site.desk.events("ticket_split")) == 1


async def test_link_as_each_others_child_at_once_makes_no_circle(
    site: Site, lus: Browser, mos: Browser, pair: tuple[int, int]
) -> None:
    one, two = pair
    asks = (
        lus.post(f"/tickets/{one}/links", {"other_id": two, "kind": "child_of"}),
        mos.post(f"/tickets/{two}/links", {"other_id": one, "kind": "child_of"}),
    )
    assert await both(*asks) == [(200, ""), (409, "link_cycle")]
    assert await site.desk.sql("select count(*) from ticket_link") == 1


async def test_link_and_unlink_of_the_same_at_once_changes_once(
    site: Site, lus: Browser, mos: Browser, pair: tuple[int, int]
) -> None:
    one, two = pair
    related = {"kind": "related"}
    asks = (
        lus.post(f"/tickets/{one}/links", {"other_id": two, **related}),
        mos.post(f"/tickets/{two}/links", {"other_id": one, **related}),
    )
    assert await both(*asks) == [(200, ""), (200, "")]
    away = (
        lus.delete(f"/tickets/{one}/links/{two}?kind=related"),
        mos.delete(f"/tickets/{two}/links/{one}?kind=related"),
    )
    assert await both(*away) == [(200, ""), (404, "not_found")]
    kinds = [one.kind for one in await site.desk.events("ticket_linked", "ticket_unlinked")]
    assert kinds == ["ticket_linked", "ticket_unlinked"]


async def test_tick_off_by_two_at_once_is_done_once(
    site: Site, lus: Browser, mos: Browser, pair: tuple[int, int]
) -> None:
    path = f"/tickets/{pair[0]}/checklist"
    item = (await lus.post(path, {"text": "Call"})).json()["items"][0]["id"]
    done = {"is_done": True}
    assert await both(lus.patch(f"{path}/{item}", done), mos.patch(f"{path}/{item}", done)) == [(200, "")] * 2
    assert await changes(site, "checklist_changed") == ["added", "done"]
    assert await both(lus.delete(f"{path}/{item}"), mos.delete(f"{path}/{item}")) == [(200, "")] * 2
    assert await changes(site, "checklist_changed") == ["added", "done", "removed"]


async def test_add_to_a_checklist_at_once_keeps_every_item_in_one_order(
    lus: Browser, mos: Browser, pair: tuple[int, int]
) -> None:
    path = f"/tickets/{pair[0]}/checklist"
    asks = [who.post(path, {"text": f"Item {number}"}) for number, who in enumerate((lus, mos) * 3)]
    assert await both(*asks) == [(201, "")] * 6
    items = (await lus.get(f"/tickets/{pair[0]}/together")).json()["checklist"]
    assert sorted(one["text"] for one in items) == [f"Item {number}" for number in range(6)]
    assert len({one["position"] for one in items}) == 6


async def test_close_side_conversation_by_two_at_once_closes_it_once(
    site: Site, lus: Browser, mos: Browser, lu: Actor, pair: tuple[int, int]
) -> None:
    ask = {"subject": "Part", "text": "Have we got it?", "client_key": client_key(), "person_ids": [lu.id]}
    side = (await mos.post(f"/tickets/{pair[0]}/sides", ask)).json()["id"]
    path = f"/tickets/{pair[0]}/sides/{side}/state"
    for is_closed in (True, False):
        state = {"is_closed": is_closed}
        assert await both(lus.put(path, state), mos.put(path, state)) == [(200, "")] * 2
    assert await changes(site, "side_changed") == ["opened", "closed", "reopened"]


async def test_open_side_conversation_with_one_key_at_once_opens_one(
    site: Site, lus: Browser, lu: Actor, pair: tuple[int, int]
) -> None:
    ask = {"subject": "Part", "text": "Have we got it?", "client_key": client_key(), "person_ids": [lu.id]}
    path = f"/tickets/{pair[0]}/sides"
    answers = await asyncio.gather(*(lus.post(path, ask) for _ in range(3)))
    assert [one.status_code for one in answers] == [201] * 3
    assert len({one.json()["id"] for one in answers}) == 1
    assert await changes(site, "side_changed") == ["opened"]


async def test_time_with_one_key_at_once_counts_once(site: Site, lus: Browser, pair: tuple[int, int]) -> None:
    spent = {"seconds": 300, "client_key": client_key()}
    asks = [lus.post(f"/tickets/{pair[0]}/time", spent) for _ in range(3)]
    assert await both(*asks) == [(201, "")] * 3
    assert (await lus.get(f"/tickets/{pair[0]}/together")).json()["total_seconds"] == 300
    assert len(await site.desk.events("time_spent_changed")) == 1


async def test_follow_and_leave_by_two_windows_at_once_tells_once(
    site: Site, lus: Browser, lu: Actor, pair: tuple[int, int]
) -> None:
    path = f"/tickets/{pair[0]}/followers/{lu.id}"
    assert await both(*(lus.put(path, None) for _ in range(3))) == [(200, "")] * 3
    assert await both(*(lus.delete(path) for _ in range(3))) == [(200, "")] * 3
    assert await changes(site, "followers_changed") == ["added", "removed"]


async def test_draft_of_two_windows_at_once_loses_no_text(lus: Browser, pair: tuple[int, int]) -> None:
    path = f"/tickets/{pair[0]}/drafts/reply"
    begun = (await lus.put(path, {"text": "Dear Rosa", "version": 0})).json()["version"]
    asks = [lus.put(path, {"text": f"Dear Rosa {number}", "version": begun}) for number in range(3)]
    answers = await asyncio.gather(*asks)
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    kept = (await lus.get(path)).json()
    assert kept["version"] == begun + 1
    assert all(one.json()["draft"]["text"] == kept["text"] for one in answers if one.status_code == 409)


async def test_draft_is_its_writers_own_and_keeps_what_is_pasted(
    lus: Browser, mos: Browser, pair: tuple[int, int]
) -> None:
    path = f"/tickets/{pair[0]}/drafts/note"
    assert (await lus.put(path, {"text": "log:\x00\x1b[31m failed"})).status_code == 200
    assert (await lus.get(path)).json()["text"] == "log:\x1b[31m failed"
    assert (await mos.get(path)).json() is None
    assert (await mos.delete(path)).status_code == 204
    assert (await lus.get(path)).json()["version"] == 1
    assert (await lus.put(path, {"text": " \n"})).json() == {"version": 0}
    assert (await lus.get(path)).json() is None


OUTSIDE = [
    ("get", "drafts/reply", None),
    ("put", "drafts/reply", {"text": "x"}),
    ("get", "together", None),
    ("get", "lookers", None),
    ("get", "shared-draft", None),
    ("put", "shared-draft", {"text": "x"}),
    ("post", "checklist", {"text": "x"}),
    ("post", "time", {"seconds": 1, "client_key": "outside-1"}),
    ("get", "sides", None),
    ("post", "sides", {"subject": "x", "text": "x", "client_key": "outside-2", "person_ids": [1]}),
    ("post", "merge", {"source_ids": [1]}),
    ("post", "unmerge", {"source_id": 1}),
    ("post", "split", {"subject": "x", "entry_ids": [1]}),
    ("post", "links", {"other_id": 1, "kind": "related"}),
    ("get", "merge-hints", None),
]


async def test_outsider_finds_nothing_beside_a_ticket_and_changes_nothing(
    site: Site, lus: Browser, pair: tuple[int, int]
) -> None:
    outsider = await site.browser(await site.desk.person("Out", await site.desk.team("Elsewhere")))
    before = await site.desk.column(pair[0], "to_jsonb(ticket)")
    for method, path, body in OUTSIDE:
        for ticket in (pair[0], 10**12):
            ask = getattr(outsider, method)
            answer = await (
                ask(f"/tickets/{ticket}/{path}") if body is None else ask(f"/tickets/{ticket}/{path}", body)
            )
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (method, path)
    assert await site.desk.column(pair[0], "to_jsonb(ticket)") == before
    shown = (await lus.get(f"/tickets/{pair[0]}/together")).json()
    assert (shown["checklist"], shown["time"], shown["followers"], shown["has_shared_draft"]) == ([], [], [], False)
