"""Files as articles: what each format brings, what is taken out, and why something is no article."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ombud.knowledge.imports.reading import read_file
from ombud.knowledge.imports.reading.files import CannotImport
from ombud.knowledge.imports.schemas import Found, ImportOptions, ReadItem
from tests.knowledge.files import PNG, docx, packed

OPTIONS = ImportOptions()


def read(name: str, data: str | bytes, **options: Any) -> list[ReadItem]:
    """What was read of a file."""
    content = data.encode() if isinstance(data, str) else data
    return read_file(name, content, ImportOptions(**options)).items


def one(name: str, data: str | bytes, **options: Any) -> Found:
    """The one article of a file."""
    [item] = read(name, data, **options)
    assert item.found, item.problem
    return item.found


def test_markdown_with_a_head_says_what_it_is() -> None:
    text = """---
title: "退货: 七天"
lang: zh_CN
kind: 常见问题
audience: public
tags: [退货, "七天"]
category: 售后 / 退换
review-by: 2027-01-31
---

# 退货: 七天

可以**退货。**请看[这里](https://shop.example)。

| a | b |
| - | - |
| 1 | 2 |
"""
    found = one("faq/return.md", text)
    assert (found.title, found.locale, found.kind, found.audience) == ("退货: 七天", "zh-CN", "faq", "public")
    assert (found.keywords, found.category, found.review_by) == ("退货, 七天", ["售后", "退换"], date(2027, 1, 31))
    assert found.body.startswith('<p>可以<strong>退货。</strong>请看<a href="https://shop.example">这里</a>。</p>')
    assert "<table>" in found.body
    # A file's name is no promise about an article that is there already; with a language in it, it is.
    assert (found.slug, one("return.en.md", "x").slug) == ("", "return")


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "# Heading\n\nText", "Heading"),
        ("How it works.md", "Text", "How it works"),
        ("return.zh-CN.md", "正文", "return"),
        ("a.html", "<html><head><title>Page &amp; more</title></head><body><p>x</p></body></html>", "Page & more"),
        ("a.html", "<h1>Head <i>ing</i></h1><p>x</p>", "Head ing"),
    ],
)
def test_title_is_the_heads_else_the_first_headings_else_the_files(name: str, text: str, title: str) -> None:
    found = one(name, text)
    assert found.title == title
    assert "Heading" not in found.body


def test_language_of_a_file_is_in_its_name() -> None:
    assert (one("return.zh-CN.md", "正文").locale, one("return.de.md", "Text").locale) == ("zh-CN", "de")
    assert one("version.2.md", "Text", locale="fr").locale == "fr"


def test_scripts_handlers_and_strange_pictures_are_taken_out_and_said() -> None:
    found = one(
        "a.html",
        '<p onclick="x()">Text<script>steal()</script><img src="https://evil.example/p.gif" alt="A lamp"></p>'
        '<iframe src="//evil.example"></iframe><a href="javascript:x">y</a>',
    )
    assert found.body == "<p>TextA lamp</p><a>y</a>"
    assert found.warnings == ["scripts", "pictures_lost"]


def test_archive_is_read_file_by_file_with_its_pictures() -> None:
    data = packed(
        {
            "Care/washer.md": "# Clean it\n\n![a pump](img/pump.png) ![gone](img/gone.png)",
            "Care/img/pump.png": PNG,
            "top.html": "<p>x</p>",
            "notes.xlsx": b"PK",
            "__MACOSX/._top.html": b"junk",
            ".hidden.md": "no",
        }
    )
    items = {item.name: item for item in read("all.zip", data)}
    assert set(items) == {"Care/washer.md", "top.html", "notes.xlsx"}
    washer = items["Care/washer.md"]
    assert washer.found
    assert (washer.found.category, washer.found.warnings) == (["Care"], ["pictures_lost"])
    assert washer.found.body == '<p><img src="cid:file-0" alt="a pump"> gone</p>'
    assert [one.data for one in washer.pictures] == [PNG]
    assert items["notes.xlsx"].problem == "not_an_article"


def test_picture_above_the_archive_is_not_looked_for() -> None:
    found = one("a.zip", packed({"a/b.md": "x ![p](../../../etc/p.png)"}))
    assert found.warnings == ["pictures_lost"]


def test_word_document_becomes_an_article() -> None:
    found = one("Guide.docx", docx("Clean the pump", "Unplug it.", "Open the door."))
    assert found.title == "Clean the pump"
    assert found.body == "<p>Unplug it.</p><p>Open the door.</p>"


@pytest.mark.parametrize("data", [b"not a zip", packed({"a.txt": "x"}), packed({"word/document.xml": "<broken"})])
def test_broken_word_document_is_said_to_be_one(data: bytes) -> None:
    [item] = read("a.docx", data)
    assert item.problem == "not_docx"


def test_table_is_read_by_the_names_of_its_columns_in_both_languages() -> None:
    text = "\ufeff问题,答案,分类,语言,备注\n能退吗？,**可以。**七天内。,售后,zh,x\nhours?,<p>9–5</p>,,en,y\n"
    result = read_file("faq.csv", text.encode(), ImportOptions(kind="faq"))
    assert result.meanings == ["title", "body", "category", "locale", ""]
    found = [item.found for item in result.items]
    assert [(one.title, one.body, one.locale, one.category) for one in found if one] == [
        ("能退吗？", "<p><strong>可以。</strong>七天内。</p>", "zh-CN", ["售后"]),
        ("hours?", "<p>9–5</p>", "en", []),
    ]


def test_rows_that_are_no_articles_keep_what_they_are() -> None:
    rows = [",text,,,,", "a,,,,,", "a,text,poem,,,", "a,text,,space,,", "a,text,,,x y,", "a,text,,,,someday"]
    text = "\n".join(["title,body,kind,audience,locale,review_by", *rows, "a,b,,,,,more"])
    items = read("t.csv", text)
    assert [item.problem for item in items] == [
        "no_title",
        "empty",
        "unknown_kind:poem",
        "unknown_audience:space",
        "unknown_locale:x y",
        "unknown_date:someday",
        "too_many_cells:7",
    ]
    assert all(item.raw for item in items)
    assert items[2].raw == {"title": "a", "body": "text", "kind": "poem", "audience": "", "locale": "", "review_by": ""}


def test_columns_are_what_somebody_chose() -> None:
    result = read_file("t.csv", b"x;y\none;two\n", ImportOptions(columns=["body", "title"]))
    [item] = result.items
    assert item.found
    assert (item.found.title, item.found.body) == ("two", "<p>one</p>")


def test_text_of_chinese_windows_is_read() -> None:
    assert one("a.md", "# 退货\n\n七天".encode("gb18030")).title == "退货"
    assert one("a.html", "<p>七天</p>".encode("utf-16")).body == "<p>七天</p>"


def test_article_of_ten_megabytes_is_said_to_be_too_large() -> None:
    [item] = read("a.md", "x " * 5_000_000)
    assert item.problem == "too_large"


@pytest.mark.parametrize(
    ("name", "data"), [("a.pdf", b"x"), ("a.zip", b"x"), ("a.csv", b"title\n"), ("a.zip", packed({"__MACOSX/a": b""}))]
)
def test_file_that_is_nothing_to_import_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(CannotImport):
        read_file(name, data, OPTIONS)


@settings(max_examples=60)
@given(st.text(max_size=300), st.sampled_from(["a.md", "a.html"]))
def test_whatever_a_text_holds_comes_out_safe_or_with_a_reason(text: str, name: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    [item] = read(name, data)
    assert (item.found is None) == (item.problem is not None)
    if item.found:
        assert "<script" not in item.found.body.lower()
