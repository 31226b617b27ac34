"""Operators in both languages, and clear errors for wrong ones."""

from typing import Any

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site


@pytest.fixture
async def desk_of_three(site: Site, browser: Browser, person: Actor) -> list[int]:
    """One ticket of mine, urgent and tagged; one waiting for anybody; one solved a month ago."""
    old = await site.ticket("leak old", who="old")
    await site.desk.run("update entry set at = at - interval '40 days' where ticket_id = %(id)s", id=old)
    await site.desk.run("update ticket set created_at = created_at - interval '40 days' where id = %(id)s", id=old)
    mine = await site.ticket("leak mine", who="rosa")
    free = await site.ticket("leak free", kind="email", address="li@example.com")
    solved = await site.desk.sql("select id from status where category = 'solved' and is_default")
    await browser.patch(f"/tickets/{old}", {"status_id": solved})
    await browser.patch(f"/tickets/{mine}", {"priority": 4, "tags": ["vip", "退款"]})
    await browser.put(f"/tickets/{mine}/assignment", {"assignee_id": person.id})
    await site.desk.index()
    return [old, mine, free]


CASES = [
    ("status:open", [2, 1]),
    ("status:solved", [0]),
    ("状态:已办结", [0]),
    ("状态：未完结", [2, 1]),
    ("status:solved,new", [2, 1, 0]),
    ("-status:solved", [2, 1]),
    ("assignee:me", [1]),
    ("负责人:我", [1]),
    ("assignee:lumin", [1]),
    ('assignee:"Lu Min"', [1]),
    ("assignee:none", [2, 0]),
    ("tag:vip", [1]),
    ("标签:tk", [1]),
    ("-tag:vip", [2, 0]),
    ("priority:urgent", [1]),
    ("优先级:紧急", [1]),
    ("priority:normal OR priority:urgent", [2, 1, 0]),
    ("channel:mail", [2]),
    ("渠道:接口", [1, 0]),
    ("team:support", [2, 1, 0]),
    ("customer:rosa", [1]),
    ("客户:li@example.com", [2]),
    ("from:rosa", [1]),
    ("from:customer", [2, 1, 0]),
    ("created:<7d", [2, 1]),
    ("created:>7d", [0]),
    ("创建:<7天", [2, 1]),
    ("created:>2026-11-01", [2, 1]),
    ("created:2026-10-01..2026-10-31", [0]),
    ("created:today", [2, 1]),
    ("updated:>2026-01-01", [2, 1, 0]),
    ("is:unassigned", [2, 0]),
    ("是:未分配", [2, 0]),
    ("is:unread", [2, 1, 0]),
    ("is:snoozed", []),
    ("has:attachment", []),
    ("has:tag status:open", [1]),
    ("status:open assignee:me tag:vip priority:urgent created:<7d", [1]),
]


@pytest.mark.parametrize("kind", ["messages", "tickets"])
async def test_operator_finds_what_it_says(desk_of_three: list[int], ask: Any, kind: str) -> None:
    for query, numbers in CASES:
        for text in (query, f"leak {query}"):
            found = [one["ticket"]["id"] for one in (await ask(text, kind=kind))["items"]]
            wanted = [desk_of_three[number] for number in numbers]
            assert sorted(found) == sorted(wanted), (kind, text)


async def test_number_operator_takes_several(desk_of_three: list[int], ask: Any) -> None:
    old, mine, _ = desk_of_three
    found = (await ask(f"number:{old},#{mine}", kind="tickets"))["items"]
    assert sorted(one["id"] for one in found) == [old, mine]


@pytest.mark.parametrize(
    ("query", "code", "operator", "suggestion"),
    [
        ("stauts:open", "unknown_operator", "stauts", "status"),
        ("状太:处理中", "unknown_operator", "状太", None),
        ("status:opne", "unknown_value", "status", "open"),
        ("priority:urgnt", "unknown_value", "priority", "urgent"),
        ("created:soon", "unknown_value", "created", None),
        ("created:2026-02-01..2026-01-31", "ends_first", "created", "2026-01-31..2026-02-01"),
        ("updated:2026-02-01..2026-02-30", "unknown_value", "updated", None),
        ("created:2026-02-31", "unknown_value", "created", None),
        ("created:<99999999d", "unknown_value", "created", None),
        ("assignee:qqq", "unknown_value", "assignee", None),
        ("number:abc", "unknown_value", "number", None),
        ("is:", "value_missing", "is", None),
        ("a OR status:open", "or_misplaced", "OR", None),
        ("a OR", "or_misplaced", "OR", None),
    ],
)
async def test_wrong_operator_says_which_where_and_what_there_is(
    ask: Any, query: str, code: str, operator: str, suggestion: str | None
) -> None:
    answer = await ask(f"leak {query}", status=400)
    assert answer["code"] == "query_invalid"
    [problem] = answer["problems"]
    assert (problem["code"], problem["operator"]) == (code, operator)
    assert 5 <= problem["start"] < problem["end"] <= len(query) + 5
    assert suggestion is None or suggestion in problem["suggestions"]
    assert problem["known"] or code in {"value_missing", "or_misplaced", "ends_first"} or operator == "assignee"


@pytest.mark.parametrize("query", ["OR a", "OR", "a OR -b", "-a OR b", "tag:x OR -tag:y"])
async def test_or_that_joins_nothing_is_a_clear_error(ask: Any, query: str) -> None:
    [problem] = (await ask(query, status=400))["problems"]
    assert problem["code"] == "or_misplaced"


async def test_all_wrong_values_are_told_at_once(ask: Any) -> None:
    answer = await ask("status:opne priority:urgnt", status=400)
    assert [one["operator"] for one in answer["problems"]] == ["status", "priority"]


async def test_wrong_operator_as_text_finds_the_text(talk: Any, texts: Any) -> None:
    await talk("Error foo:bar in line 5")
    assert await texts("foo:bar", as_text=True) == ["Error foo:bar in line 5"]


@pytest.mark.parametrize("query", ["x" * 10_000, "退" * 1_001, "a " * 41, "-b " * 300])
async def test_endless_query_is_a_clear_error(ask: Any, query: str) -> None:
    answer = await ask(query, status=400)
    assert answer["code"] == "query_too_long"
    assert len(answer["detail"]) < 200


@pytest.mark.parametrize("query", ["https://shop.example/a?b=1", "12:30", "注意：机器", "note: this", "c++"])
async def test_text_with_colons_is_a_text(talk: Any, texts: Any, query: str) -> None:
    await talk(f"before {query} behind")
    assert await texts(query) == [f"before {query} behind"]
