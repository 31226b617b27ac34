"""Formatted text of our own people: few marks, nothing that runs, and a plain twin that reads well."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.written import clean_written, picture_name, pictures_in, text_of_written, written_of_text

ATTACKS = [
    "<script>alert(1)</script>",
    "<p onclick=alert(1)>x</p>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVa\tScRiPt:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<p style="background:url(https://evil.example/x)">x</p>',
    '<div style="position:fixed;inset:0">x</div>',
    "<style>p{background:url(javascript:alert(1))}</style>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<form action="https://evil.example"><input name=a></form>',
    '<img src="https://evil.example/pixel.png">',
    '<img src="cid:file-7&quot; onerror=&quot;alert(1)">',
    '<img src="cid:file-1" alt="<p onclick=alert(1)>">',
    '<base href="https://evil.example/">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example">',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    '<a href="https://x.example/" target="_top" onmouseover="alert(1)">x</a>',
]
TAG = re.compile(r'<(/?)([a-z0-9]+)((?:[^>"]|"[^"]*")*)>')


@pytest.mark.parametrize("html", ATTACKS)
def test_clean_written_leaves_nothing_that_runs_or_loads(html: str) -> None:
    safe = clean_written(html, file_ids=[1])
    for _, mark, attributes in TAG.findall(safe):
        assert mark not in {"script", "style", "svg", "math", "iframe", "form", "input", "base", "meta"}
        names = re.findall(r' ([\w-]+)="', attributes)
        assert set(names) <= {"href", "src", "alt", "start"}
        for href in re.findall(r'(?:href|src)="([^"]*)"', attributes):
            assert re.match(r"https?://|mailto:|tel:|cid:file-1$", href)
    assert "evil.example/pixel" not in safe


@given(
    st.lists(st.sampled_from([*ATTACKS, "<p>", "</p>", "<ul><li>", "a", '"', "<", "&lt;", "<a href='"])).map("".join)
)
def test_clean_written_changes_nothing_the_second_time(html: str) -> None:
    safe = clean_written(html, file_ids=[1, 7])
    assert clean_written(safe, file_ids=[1, 7]) == safe


def test_clean_written_keeps_marks_and_links() -> None:
    html = (
        "<h1>Hi</h1><p><strong>b</strong> <em>i</em> <u>u</u> <s>s</s> <code>c</code></p><ul><li><p>1</p></li></ul>"
        '<ol start="3"><li><p>x</p></li></ol><blockquote><p>q</p></blockquote><pre><code>a\nb</code></pre><hr>'
        '<p><a href="https://x.example/?a=1&amp;b=2">there</a><br>next</p>'
    )
    assert clean_written(html) == html


def test_clean_written_keeps_pictures_of_known_files_only() -> None:
    html = '<p>a<img src="cid:file-5" alt="five"><img src="cid:file-6"></p>'
    assert clean_written(html, file_ids=[5]) == '<p>a<img src="cid:file-5" alt="five"></p>'
    assert pictures_in(html) == [5, 6]
    assert picture_name(5) == "file-5"


@pytest.mark.parametrize("html", ["", "<p></p>", "<p> &nbsp; </p>", "<script>x</script>", '<img src="cid:file-1">'])
def test_clean_written_of_nothing_visible_is_empty(html: str) -> None:
    assert clean_written(html) == ""


def test_clean_written_of_absurd_depth_is_quick() -> None:
    assert "deep" in clean_written("<div>" * 50_000 + "deep")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Dear Rosa,</p><p></p><p>thanks</p><p>Lu</p>", "Dear Rosa,\n\nthanks\nLu"),
        ("<p>a<br>b</p><p>c<br></p><p>d</p>", "a\nb\nc\nd"),
        ("<p><br></p><p>x</p>", "x"),
        ("<p>a</p><p><br></p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>b<div>c</div></div>", "a\nb\nc"),
        ("<ul><li><p>a</p></li><li><p>b</p><p>more</p></li></ul><p>c</p>", "- a\n- b\n  more\nc"),
        ("<ul><li>a<ul><li>deep</li></ul></li><li>b</li></ul>", "- a\n  - deep\n- b"),
        ('<ol start="4"><li><p>a</p></li><li><p>b</p></li></ol>', "4. a\n5. b"),
        ("<blockquote><p>a</p><p></p><p>b</p></blockquote><p>c</p>", "> a\n>\n> b\nc"),
        ("<pre><code>if x:\n    y\n</code></pre><p>z</p>", "if x:\n    y\nz"),
        ("<h2>Head</h2><p>x</p><hr><p>y</p>", "Head\nx\n---\ny"),
        ('<p>see <a href="https://x.example/a">the page</a>.</p>', "see the page (https://x.example/a)."),
        ('<p><a href="https://x.example/">https://x.example</a></p>', "https://x.example"),
        ('<p><a href="mailto:a@x.example">a@x.example</a></p>', "a@x.example"),
        ('<p><a href="tel:+861065551234">call</a></p>', "call (+861065551234)"),
        ('<p>a<img src="cid:file-1" alt="bill.png">b<img src="cid:file-2"></p>', "a[bill.png]b[image]"),
        ("<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>", "a | b\nc"),
        ("<p>a &lt;b&gt; &amp;amp;</p>", "a <b> &amp;"),
        ("<p>中文  <strong>加粗</strong></p>", "中文 加粗"),
        ("loose <b>words</b>", "loose words"),
    ],
)
def test_text_of_written_reads_well(html: str, text: str) -> None:
    assert text_of_written(html) == text


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), max_size=60))
def test_written_of_text_says_the_same(line: str) -> None:
    text = f"x{line}\n\n{line}y"
    assert text_of_written(clean_written(written_of_text(text))) == text
