"""Words to be blacked out are found as people write them, and nothing else is."""

import pytest

from ombud.quality.personal_data.services.sweeping import list_tables
from ombud.quality.personal_data.services.words import black_out, black_out_html, is_telling, words_of
from tests.desk import Desk


@pytest.mark.parametrize(
    ("words", "text", "left"),
    [
        ("13800138000", "138 0013 8000 or 138-0013-8000", "■■■ or ■■■"),
        ("13800138000", "order 9138001380001", "order 9138001380001"),
        ("+1 415 555 0132", "(415) 555-0132, +1 (415) 555-0132", "(415) 555-0132, ■■■"),
        ("11010519491231002X", "11010519491231002x", "■■■"),
        ("Rosa Diaz", "rosa\n diaz, Rosa Diazepam", "■■■, Rosa Diazepam"),
        ("王小明", "王小明的灯", "■■■的灯"),
        ("a.b@c.example", "axb@c.example a.b@c.example", "axb@c.example ■■■"),
        ("Open", "open the reopened", "■■■ the reopened"),
    ],
)
def test_black_out_finds_words_in_any_spacing_and_never_within_others(words: str, text: str, left: str) -> None:
    assert black_out(text, words_of(words)) == left


def test_black_out_of_documents_reaches_texts_and_leaves_addresses_of_mail() -> None:
    words = words_of("rosa@example.com")
    document = {"to": [{"address": "rosa@example.com", "name": "rosa@example.com"}], "n": 7, "text": None}
    assert black_out(document, words) == {"to": [{"address": "rosa@example.com", "name": "■■■"}], "n": 7, "text": None}


def test_black_out_of_a_plain_word_leaves_names_of_states_alone() -> None:
    words = words_of("open")
    document = {"state": "open", "text": "open up", "deep": {"kind": "open", "note": "open"}}
    assert black_out(document, words) == {"state": "open", "text": "■■■ up", "deep": {"kind": "open", "note": "■■■"}}


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>13800138000</p>", "<p>■■■</p>"),
        ('<a href="tel:13800138000">call &amp; wait</a>', '<a href="tel:■■■">call &amp; wait</a>'),
        ("<p>138<b>0013</b>8000</p>", None),
        ("<p>1380013&#56;000 &lt;</p>", "<p>■■■ &lt;</p>"),
    ],
)
def test_black_out_html_reaches_text_and_tags(html: str, left: str | None) -> None:
    assert black_out_html(html, words_of("13800138000")) == left


@pytest.mark.parametrize(
    ("words", "expected"), [("77", False), ("abc", False), ("王", False), ("王明", True), ("1234", True)]
)
def test_is_telling_asks_for_enough_signs(words: str, *, expected: bool) -> None:
    assert is_telling(words) is expected


async def test_list_tables_knows_every_table_of_tickets_and_none_of_its_codes(desk: Desk) -> None:
    async with desk.parts.database.transaction() as tx:
        tables = {one.name: one for one in await list_tables(tx)}
    assert {"entry", "ticket", "draft", "shared_draft", "planned_reply", "outbox", "event", "task_word"} <= set(tables)
    assert tables["task_word"].parent == "task"
    assert "kind" not in tables["entry"].texts
    assert {"text", "html", "quoted"} <= set(tables["entry"].texts)
