"""What a search finds through the API, in both languages."""

from typing import Any

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, client_key

TEXTS = ["机器不工作了,请尽快退款", "The washing machine does not work", "员工作业时停机", "Order AB-2024-0931 is late"]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("退款", [0]),
        ("不工作", [0]),
        ('"不工作"', [0]),
        ("“不工作”", [0]),
        ("工作", [2, 0]),
        ("退款 机器", [0]),
        ("machine washing", [1]),
        ("washed machines", [1]),
        ('"does not work"', [1]),
        ('"not does work"', []),
        ("AB-2024-0931", [3]),
        ("ab-2024", []),
        ("ab-2024*", [3]),
        ("0931", [3]),
        ("退款 OR late", [3, 0]),
        ("工作 -退款", [2]),
        ("-退款 -late", [2, 1]),
        ("机", [2, 0]),
        ("the machine", [1]),
        ("nothing", []),
        ("!?", []),
        ("😀", []),
    ],
)
async def test_search_finds_messages_by_words(talk: Any, texts: Any, query: str, numbers: list[int]) -> None:
    await talk(*TEXTS)
    assert await texts(query) == [TEXTS[number] for number in numbers]


async def test_search_while_typing_takes_the_last_word_as_a_beginning(talk: Any, texts: Any) -> None:
    await talk(*TEXTS)
    assert await texts("washing mach", typing=True) == [TEXTS[1]]
    assert await texts("washing mach") == []
    assert await texts("机器不工", typing=True) == [TEXTS[0]]
    assert await texts("washing mach ", typing=True) == []


async def test_snippet_marks_what_was_found_and_nothing_else(talk: Any, ask: Any) -> None:
    await talk("😀 " + "很长的话。" * 60 + "请尽快退款,谢谢")
    [hit] = (await ask("退款", kind="messages"))["items"]
    text, marks = hit["snippet"]["text"], hit["snippet"]["marks"]
    assert [text[start:end] for start, end in marks] == ["退款"]
    assert text.startswith("…")
    assert len(text) <= 162


async def test_overview_holds_every_kind_with_a_few_hits(talk: Any, ask: Any, browser: Browser) -> None:
    tickets = await talk(*["The kettle leaks"] * 4)
    note = {"text": "Kettle of the old batch", "client_key": client_key()}
    await browser.post(f"/tickets/{tickets[0]}/notes", note)
    found = await ask("kettle", limit=2)
    kinds = [one["kind"] for one in found["items"]]
    assert kinds == ["tickets", "tickets", "messages", "messages"]
    assert found["more"] == ["tickets", "messages"]


@pytest.mark.parametrize("kind", ["tickets", "messages"])
@pytest.mark.parametrize("order", ["newest", "relevant"])
async def test_pages_meet_without_gap_or_double(talk: Any, ask: Any, kind: str, order: str) -> None:
    await talk(*[f"leak number {'leak ' * (number % 3)}{number}" for number in range(7)])
    seen: list[int] = []
    cursor = ""
    for _ in range(4):
        page = await ask("leak", kind=kind, order=order, limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7
    if order == "newest":
        assert seen == sorted(seen, reverse=True)


async def test_relevant_order_puts_the_better_match_first(talk: Any, texts: Any) -> None:
    await talk("leak leak leak", "a leak among many other words that say nothing about it at all")
    assert (await texts("leak", order="relevant"))[0] == "leak leak leak"
    assert (await texts("leak"))[0].startswith("a leak among")


async def test_search_finds_customers_by_name_and_address(site: Site, ask: Any) -> None:
    await site.ticket("x", kind="email", address="rosa.m@example.com")
    await site.desk.index()
    for query in ("rosa", "rosa.m@example.com"):
        [hit] = (await ask(query, kind="customers"))["items"]
        assert hit["customer"]["email"] == "rosa.m@example.com"
        assert hit["snippet"]["marks"]
    assert (await ask("rosa status:open", kind="customers"))["items"] == []


async def test_search_finds_tickets_by_number_subject_and_customer(site: Site, ask: Any) -> None:
    ticket = await site.ticket("x", kind="email", subject="洗衣机漏水 leak", address="rosa@example.com")
    await site.ticket("y", who="other")
    await site.desk.index()
    for query in (str(ticket), f"#{ticket}", "洗衣机", "leaks", "rosa leak"):
        assert [one["id"] for one in (await ask(query, kind="tickets"))["items"]] == [ticket], query


async def test_empty_query_finds_nothing(talk: Any, ask: Any) -> None:
    await talk(*TEXTS)
    for query in ("", "   ", '""', "-"):
        assert (await ask(query))["items"] == []


async def test_renamed_customer_is_found_by_the_new_name(site: Site, ask: Any, browser: Browser) -> None:
    ticket = await site.ticket("x")
    customer = await site.desk.column(ticket, "customer_id")
    await browser.patch(f"/customers/{customer}", {"name": "琳达"})
    await site.desk.index()
    assert [one["id"] for one in (await ask("琳达", kind="tickets"))["items"]] == [ticket]


async def test_program_with_a_key_searches_what_its_teams_hold(site: Site, person: Actor, talk: Any, ask: Any) -> None:
    ada = await site.desk.person("Ada", role="administrator")
    program = await site.program(ada, "tickets.read", teams=[1])
    await talk("The kettle leaks")
    assert len((await ask("kettle", kind="messages", by=program))["items"]) == 1
    assert (await ask("c0", kind="customers", by=program))["items"] == []
    assert person.id
