"""Small pieces of reading mail, each against what real senders do and against anything at all."""

import base64
import quopri

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ombud.channels.email.charsets import canonical_charset, decode_text
from ombud.channels.email.headers import decode_base64, decode_words, parse_parameters, split_headers
from ombud.channels.email.mime import decode_transfer, split_uuencoded
from ombud.channels.email.ses import read_notice
from ombud.channels.email.text import normalise_lines, text_from_html, unflow

LONG = "尊敬的客户，您好！您的订单已经发货，请注意查收，谢谢您的支持。"
# Text that a mail program can write: no halves of signs, no NUL.
written = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UTF-8", "utf-8"),
        (' "utf8" ', "utf-8"),
        ("charset=gb2312", "gb18030"),
        ("GB_2312-80", "gb18030"),
        ("x-gbk;", "gb18030"),
        ("Big5", "big5hkscs"),
        ("windows-1252", "cp1252"),
        ("WIN1251", "cp1251"),
        ("cp-936", "gb18030"),
        ("ISO-8859-1", "cp1252"),
        ("shift_jis", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        ("us-ascii", ""),
        ("", ""),
        ("no-such-charset", ""),
        # codecs of Python that are no charsets
        ("base64", ""),
        ("rot13", ""),
        ("zlib_codec", ""),
        ("unicode_escape", ""),
        ("raw-unicode-escape", ""),
        ("../../etc", ""),
        ("utf\x00-8", ""),
        ("x" * 5_000, ""),
    ],
)
def test_canonical_charset_knows_the_names_of_the_world_and_no_codec_that_is_none(declared: str, codec: str) -> None:
    assert canonical_charset(declared) == codec


@given(st.binary(max_size=80), st.text(max_size=20), st.text(max_size=20))
def test_decode_text_of_any_bytes_under_any_name_gives_text_that_can_be_kept(data: bytes, name: str, hint: str) -> None:
    text = decode_text(data, name, hint)
    assert text.encode("utf-8").decode() == text


@pytest.mark.parametrize("charset", ["gb18030", "gbk", "big5", "shift_jis", "euc_jp", "utf-8", "utf-16"])
def test_decode_text_under_its_own_charset_is_what_was_written(charset: str) -> None:
    text = "订单" if charset in {"gb18030", "gbk"} else "訂單" if charset == "big5" else "注文"
    assert decode_text(text.encode(charset), charset) == text


@pytest.mark.parametrize("declared", ["", "iso-8859-1", "us-ascii", "windows-1252", "unknown-8bit", "rot13"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_decode_text_under_a_wrong_name_finds_chinese_again(declared: str, charset: str) -> None:
    assert decode_text(LONG.encode(charset), declared) == LONG


def test_decode_text_of_a_mark_of_order_believes_it_and_drops_it() -> None:
    for charset in ("utf-8-sig", "utf-16"):
        assert decode_text("Größe 大小".encode(charset), "iso-8859-1") == "Größe 大小"


def test_decode_text_that_was_cut_within_a_sign_loses_that_sign_only() -> None:
    assert decode_text(LONG.encode("gb18030")[:-1], "gb18030") == LONG[:-1]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?B?5L2g5aW9?=", "你好"),
        ("=?UTF-8?b?5L2g?= =?utf-8?B?5aW9?=", "你好"),
        # one sign cut in two by a careless program
        ("=?utf-8?B?5L0=?= =?utf-8?B?oA==?=", "你"),
        ("=?iso-8859-1?Q?Gr=FC=DFe_an_alle?=", "Grüße an alle"),
        ("Re: =?gb2312?B?tqm1pQ==?= (1)", "Re: 订单 (1)"),
        ("=?utf-8*de?Q?J=C3=BCrgen?=", "Jürgen"),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        ("=?utf-8?B?!!!?=", ""),
        ("a =?= b", "a =?= b"),
        ("line\r\nBcc: x@y\x00\x07", "line  Bcc: x@y"),
        ("", ""),
    ],
)
def test_decode_words_reads_what_programs_write(value: str, text: str) -> None:
    assert decode_words(value) == text


@given(st.text(max_size=80))
@example("=?utf-8?B?" * 20)
@example("=?utf-8?Q?=?=?=")
def test_decode_words_of_anything_is_one_line_without_control_signs(value: str) -> None:
    assert not any(sign in decode_words(value) for sign in "\r\n\x00\x07\x7f")


@given(st.binary(max_size=200), st.integers(1, 76))
def test_decode_base64_in_lines_of_any_length_gives_the_bytes(data: bytes, width: int) -> None:
    sent = base64.b64encode(data)
    lines = b"\r\n".join(sent[start : start + width] for start in range(0, len(sent), width))
    assert decode_base64(lines) == data


@pytest.mark.parametrize(
    ("sent", "data"),
    [(b"aGVsbG8", b"hello"), (b"aGVs*bG8=", b"hello"), (b"aGVsb", b"hel"), (b"=", b""), (b"\xff\xfe", b""), (b"", b"")],
)
def test_decode_base64_that_is_broken_gives_what_is_sound(sent: bytes, data: bytes) -> None:
    assert decode_base64(sent) == data


@pytest.mark.parametrize(
    ("value", "head", "parameters"),
    [
        ('text/plain; charset="utf-8"', "text/plain", {"charset": "utf-8"}),
        ("text/plain (a remark); Charset = utf-8 ; x", "text/plain", {"charset": "utf-8"}),
        ('attachment; filename="a;b \\"c\\".txt"', "attachment", {"filename": 'a;b "c".txt'}),
        ("attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A.pdf", "attachment", {"filename": "报告.pdf"}),
        ("x; name*0*=utf-8''%E6%8A; name*1*=%A5; name*2=.txt", "x", {"name": "报.txt"}),
        ("x; name*1=b; name*0=a; name*2=c", "x", {"name": "abc"}),
        ("x; name=plain.txt; name*=utf-8''better.txt", "x", {"name": "better.txt"}),
        ('x; name="=?gb2312?B?tqm1pQ==?=.txt"', "x", {"name": "订单.txt"}),
        ('x; name="never closed', "x", {"name": "never closed"}),
        ("", "", {}),
        (";;;", "", {}),
    ],
)
def test_parse_parameters_of_every_way_to_write_them(value: str, head: str, parameters: dict[str, str]) -> None:
    assert parse_parameters(value) == (head, parameters)


@given(st.text(max_size=120))
def test_parse_parameters_of_anything_never_fails_and_smuggles_no_line(value: str) -> None:
    _, parameters = parse_parameters(value)
    assert not any("\n" in one or "\r" in one or "\x00" in one for one in parameters.values())


@pytest.mark.parametrize(
    ("data", "fields", "body"),
    [
        (b"A: 1\r\nB: 2\r\n\r\nbody", [("a", b"1"), ("b", b"2")], b"body"),
        (b"A: 1\n  more\n\tand more\n\nbody", [("a", b"1 more and more")], b"body"),
        (b"A: 1\nno header at all\nB: 2\n\nbody", [("a", b"1")], b"no header at all\nB: 2\n\nbody"),
        (b"A: 1\njunk\nB: 2\n\nbody", [("a", b"1"), ("b", b"2")], b"body"),
        (b"  leading\nA: 1\n\nbody", [("a", b"1")], b"body"),
        (b"A:1", [("a", b"1")], b""),
        (b"\n\nbody", [], b"\nbody"),
        (b"", [], b""),
    ],
)
def test_split_headers_finds_where_the_text_begins(data: bytes, fields: list[tuple[str, bytes]], body: bytes) -> None:
    found, start = split_headers(data, 0, len(data), 10_000)
    assert (found.fields, data[start:]) == (fields, body)


@given(st.binary(max_size=120), st.sampled_from(["base64", "quoted-printable"]))
def test_decode_transfer_undoes_what_was_done(data: bytes, encoding: str) -> None:
    sent = base64.encodebytes(data) if encoding == "base64" else quopri.encodestring(data)
    assert decode_transfer(sent, f' "{encoding.upper()}" (a remark)') == data


@pytest.mark.parametrize("encoding", ["", "7bit", "8bit", "binary", "x-unknown", "\x00"])
def test_decode_transfer_of_no_encoding_leaves_the_bytes(encoding: str) -> None:
    assert decode_transfer(b"=E4=BD=A0 \xff", encoding) == b"=E4=BD=A0 \xff"


def test_split_uuencoded_takes_each_file_out_and_keeps_the_words() -> None:
    one = b"begin 644 a.txt\n%:&5L;&\\\n`\nend\n"
    files, text = split_uuencoded(b"Before\n" + one + b"between\n" + one.replace(b"a.txt", b"b.txt") + b"after\n")
    assert files == [(b"a.txt", b"hello"), (b"b.txt", b"hello")]
    assert [line for line in text.split(b"\n") if line] == [b"Before", b"between", b"after"]


def test_split_uuencoded_without_an_end_leaves_the_text_whole() -> None:
    text = b"begin 644 a.txt\nis how uuencoded files begin\n"
    assert split_uuencoded(text) == ([], text)


@pytest.mark.parametrize(
    ("flowed", "text"),
    [
        ("One line \nand its rest.\nAnother.", "One line and its rest.\nAnother."),
        ("> quoted \n> on\nanswer", "> quoted on\nanswer"),
        ("> deep \n>> deeper", "> deep \n>> deeper"),
        ("Hello \n-- \nRosa", "Hello \n-- \nRosa"),
        (" >not quoted", ">not quoted"),
        ("", ""),
    ],
)
def test_unflow_joins_lines_of_one_paragraph(flowed: str, text: str) -> None:
    assert unflow(flowed) == text


def test_unflow_without_blanks_between_joins_chinese() -> None:
    assert unflow("您的订单 \n已经发货。", is_delsp=True) == "您的订单已经发货。"


@given(written)
def test_unflow_and_line_ends_lose_no_word(text: str) -> None:
    lines = normalise_lines(text)
    assert "\r" not in lines
    assert unflow(lines).replace("\n", "").replace(" ", "").replace(">", "") == lines.replace("\n", "").replace(
        " ", ""
    ).replace(">", "")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ("<blockquote>said</blockquote>answer", "> said\nanswer"),
        ("<script>alert(1)</script><style>p{}</style>seen", "seen"),
        ('<div style="display:none">hidden <b>too</b></div>seen', "seen"),
        ("1 &lt; 2 &amp;&amp; 3&nbsp;&gt; 2", "1 < 2 && 3 > 2"),
        ('<img alt="A cat" src="x">', "[A cat]"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("<b>never closed <i>at all", "never closed at all"),
        ("", ""),
    ],
)
def test_text_from_html_reads_as_people_see_it(html: str, text: str) -> None:
    assert text_from_html(html) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"notificationType": "Delivery"}',
        '{"notificationType": "Bounce"}',
        '{"notificationType": "Bounce", "bounce": []}',
        '{"notificationType": ' + "[" * 20_000,
        'Dear team, "notificationType" is a word',
    ],
)
def test_read_notice_of_what_is_none_is_none(text: str) -> None:
    assert read_notice(text) is None


@pytest.mark.parametrize("recipients", ["null", '"x"', "[null]", "[7]", '["a@b.c"]', '[{"emailAddress": null}]'])
def test_read_notice_with_odd_recipients_is_read_all_the_same(recipients: str) -> None:
    found = read_notice(f'{{"notificationType": "Bounce", "bounce": {{"bouncedRecipients": {recipients}}}, "mail": 7}}')
    assert found is not None
    assert found.original_message_id == ""
    assert not any(one.hard for one in found.recipients)
