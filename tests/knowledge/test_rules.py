"""Names in addresses, differences, audiences, days, and the marks of articles: pure rules."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ombud.knowledge.articles.markdown import html_of_markdown, markdown_of_html
from ombud.knowledge.articles.markup import clean_article, marks_in, put_in, with_places
from ombud.knowledge.articles.rules import diff, is_wider, months_later, narrower, slug_of


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Return within 7 days?", "return-within-7-days"),
        ("七天无理由退货", "qi-tian-wu-li-you-tui-huo"),
        ("Café à la carte", "cafe-a-la-carte"),
        ("？！", ""),
        ("word " * 40, "-".join(["word"] * 16)),
    ],
)
def test_slug_of_a_title_is_readable_in_addresses(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_diff_of_english_goes_by_words_and_of_chinese_by_characters() -> None:
    pieces = diff("You may return it.\n七天内可退。\n", "You must return it.\n十五天内可退。\n")
    assert [(one.kind, one.text) for one in pieces] == [
        ("same", "You "),
        ("gone", "may"),
        ("new", "must"),
        ("same", " return it.\n"),
        ("gone", "七"),
        ("new", "十五"),
        ("same", "天内可退。\n"),
    ]


def test_diff_of_lines_that_have_nothing_in_common_shows_each_as_a_whole() -> None:
    assert [(one.kind, one.text) for one in diff("abc def\n", "完全不同\n")] == [
        ("gone", "abc def\n"),
        ("new", "完全不同\n"),
    ]


def test_diff_of_very_long_texts_ends() -> None:
    pieces = diff("a b " * 20_000, "b c " * 20_000)
    assert [one.kind for one in pieces] == ["gone", "new"]


@settings(max_examples=50)
@given(st.text(alphabet="ab 退货\n", max_size=60), st.text(alphabet="ab 退货\n", max_size=60))
def test_diff_holds_both_texts_whole(before: str, after: str) -> None:
    pieces = diff(before, after)
    assert "".join(one.text for one in pieces if one.kind != "new") == before
    assert "".join(one.text for one in pieces if one.kind != "gone") == after


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 3, 15), 24, date(2028, 3, 15)),
    ],
)
def test_months_later_is_a_day_that_exists(day: date, months: int, later: date) -> None:
    assert months_later(day, months) == later


def test_of_two_audiences_the_narrower_holds() -> None:
    assert (narrower("public", "agents"), narrower("customers", "public")) == ("agents", "customers")
    assert (is_wider("public", "team"), is_wider("agents", "customers")) == (True, False)


@settings(max_examples=60)
@given(st.text(alphabet="<>/ab\"'= {}:sciptonhrefjv&;", max_size=80))
def test_clean_article_changes_nothing_the_second_time(html: str) -> None:
    once = clean_article(html)
    assert clean_article(once) == once
    assert "<script" not in once


@pytest.mark.parametrize(
    ("href", "is_kept"),
    [
        ("https://x.example", True),
        ("mailto:a@x.example", True),
        ("article:refund-times", True),
        ("{{shop_url}}", True),
        ("{{block:x}} javascript:y", False),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("/relative", False),
        ("data:text/html,x", False),
    ],
)
def test_link_is_kept_where_it_leads_somewhere_safe(href: str, is_kept: bool) -> None:
    assert ("href" in clean_article(f'<a href="{href}">x</a>')) == is_kept


def test_variable_in_a_link_is_looked_at_again_when_it_is_put_in() -> None:
    body = clean_article('<p><a href="{{url}}">x</a></p>')
    assert (
        put_in(body, {}, {"url": "https://x.example"}, file_ids=[]).html == '<p><a href="https://x.example">x</a></p>'
    )
    assert put_in(body, {}, {"url": "javascript:x"}, file_ids=[]).html == "<p><a>x</a></p>"


def test_block_takes_the_place_of_its_paragraph_and_stands_within_another() -> None:
    blocks = {"one": "<p>a {{day}}</p>", "two": "<p>b</p><ul><li>c</li></ul>"}
    filled = put_in("<p>{{block:two}}</p><p>See {{block:one}}.</p>", blocks, {"day": "<7>"}, file_ids=[])
    assert filled.html == "<p>b</p><ul><li>c</li></ul><p>See a &lt;7&gt;.</p>"
    assert filled.missing == []


def test_marks_that_stand_for_nothing_are_named_and_those_of_persons_left() -> None:
    filled = put_in("<p>{{block:x}} {{day}} {{customer.name}}</p>", {}, {}, file_ids=[])
    assert (filled.missing, "{{customer.name}}" in filled.html) == (["block:x", "day"], True)
    marks = marks_in("{{block:a}} {{ b }} {{agent.name}} {{B}} {{a b}}")
    assert (marks.blocks, marks.variables, marks.personal) == (["a"], ["b"], ["agent.name"])


def test_pictures_without_a_file_are_left_out_where_it_is_read() -> None:
    html = '<p><img src="cid:file-1" alt="a"><img src="cid:file-2"><a href="article:x-y">b</a></p>'
    assert with_places(html, {1: "/f/one?a&b"}, "/k/") == (
        '<p><img src="/f/one?a&amp;b" alt="a"><a href="/k/x-y">b</a></p>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "## Head\n\nOne **two** *three* `four`\n",
        "- a\n- b\n   - c\n",
        "1. a\n2. b\n",
        "> said\n",
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n",
        "```\ncode  here\n```\n",
        "[x](https://x.example) ![p](cid:file-3)\n",
        "**注意：**先断电。\n",
        "---\n",
    ],
)
def test_markdown_comes_back_as_it_was(text: str) -> None:
    assert markdown_of_html(html_of_markdown(text)) == text


@pytest.mark.parametrize("text", ["**基础安装免费。**下面", "见**「退货」**说明", "他说**“好”**了"])
def test_bold_beside_chinese_signs_is_bold(text: str) -> None:
    assert "<strong>" in html_of_markdown(text)
    assert "*" not in html_of_markdown(text)
