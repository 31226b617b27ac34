# ruff: noqa: E501 -- pieces of mails stand as they are sent
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ombud.channels.email.html import has_remote_images, sanitise_html, text_from_html

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='JaVa\tScript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)>",
    "<iframe src='https://evil.example'></iframe>",
    "<form action='https://evil.example'><input name=password><button>OK</button></form>",
    "<div style='position:fixed;top:0;left:0;z-index:99'>x</div>",
    "<div style='background:url(https://evil.example/x)'>x</div>",
    "<div style='background-color:red;padding:-900px'>x</div>",
    "<div style='width:expression(alert(1))'>x</div>",
    "<style>body{display:none}</style>",
    "<base href='https://evil.example'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<object data=x></object><embed src=x>",
    "<video src='https://evil.example/x' poster='https://evil.example/y'></video>",
    "<img srcset='https://evil.example/x 1x'>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
    "<img src='//evil.example/x'>",
    "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "<p id=app class=modal>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
]
FORBIDDEN = (
    "<script", "onerror", "onload", "javascript:", "<iframe", "<form", "<input", "<button", "position", "z-index", "url(", "expression",
    "<style", "<base", "<meta", "<link", "<object", "<embed", "<video", "srcset", "svg", " id=", " class=", "-900px", "evil.example",
)  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_sanitise_html_of_attack_leaves_nothing_that_runs_or_loads(attack: str) -> None:
    clean = re.sub(r' title="[^"]*"', "", sanitise_html(attack).lower())
    assert not [word for word in FORBIDDEN if word in clean]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([*ATTACKS, "<div>", "</p>", '"', "'", "<img ", "src=", ">", "<a href=https://x.cn>"]),
        max_size=8,
    )
)
def test_sanitise_html_of_mixed_attacks_leaves_no_source_to_load(pieces: list[str]) -> None:
    clean = sanitise_html("".join(pieces))
    assert ' src="http' not in clean
    assert "<script" not in clean.lower()


def test_sanitise_html_keeps_layout() -> None:
    html = '<table border="1"><tbody><tr><td colspan="2" style="color:red">a</td></tr></tbody></table>'
    assert sanitise_html(html) == html


def test_sanitise_html_opens_links_apart() -> None:
    clean = sanitise_html('<a href="https://x.cn/?a=1">x</a>')
    assert 'href="https://x.cn/?a=1"' in clean
    assert 'rel="noopener noreferrer"' in clean
    assert 'target="_blank"' in clean


def test_sanitise_html_blocks_remote_images_until_asked() -> None:
    clean = sanitise_html('<img src="https://x.cn/pixel.png?u=1&amp;v=2" alt=\' src="https://evil.example"\'>')
    assert 'data-src="https://x.cn/pixel.png?u=1&amp;v=2"' in clean
    assert ' src="https://x.cn' not in clean
    assert has_remote_images(clean)


def test_sanitise_html_maps_inline_images_and_drops_unknown_ones() -> None:
    clean = sanitise_html('<img src="cid:Logo%40x"><img src="CID:gone">', {"<logo@x>": "/files/1?a=1&b=2"})
    assert clean == '<img src="/files/1?a=1&amp;b=2"><img>'
    assert not has_remote_images(clean)


def test_sanitise_html_keeps_small_pictures_inside_the_mail() -> None:
    assert "data:image/png;base64,AAAA" in sanitise_html('<img src="data:image/png;base64,AAAA">')


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<br>b", "a\nb"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div>a</div><div><br></div><div>b</div>", "a\n\nb"),
        ("<p class=MsoNormal>a</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>b</p>", "a\n\nb"),
        ("<blockquote>a<br>b</blockquote>c", "> a\n> b\nc"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a  \n  b", "a b"),
        ("<h1>T</h1>x", "T\n\nx"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("a<span style='display:none'>hidden</span>b", "ab"),
        ("<title>t</title><style>s</style>x", "x"),
        ("1 &lt; 2 &amp; 3", "1 < 2 & 3"),
        ("<img alt=Logo src=x>", "[Logo]"),
        ("", ""),
    ],
)
def test_text_from_html_is_readable(html: str, text: str) -> None:
    assert text_from_html(html) == text


@settings(deadline=None)
@given(st.text(alphabet="<>/=\"' abdivpreblockquotestyle&;#-!", max_size=400))
def test_text_from_html_of_any_text_never_raises(html: str) -> None:
    text = text_from_html(html)
    assert text == text.strip("\n")
