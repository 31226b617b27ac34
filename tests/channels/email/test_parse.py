import json
import os
import re
import time
from base64 import encodebytes
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ombud.channels.email.parse import parse_date, parse_mail
from ombud.channels.email.reply import split_reply
from ombud.channels.email.reply_html import split_html_reply
from ombud.channels.email.schemas import MailLimits

SAMPLES = Path(__file__).parent / "samples"
CASES = [json.loads(line) for line in (SAMPLES / "parse_cases.jsonl").read_text().splitlines()]
REPLIES = [json.loads(line) for line in (SAMPLES / "reply_cases.jsonl").read_text().splitlines()]
RAW = sorted((SAMPLES / "raw").glob("*.eml"))


def _words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_parse_mail_of_odd_mail_reads_what_its_writer_meant(case: dict[str, Any]) -> None:
    mail, expected = parse_mail((SAMPLES / case["eml"]).read_bytes()), case["expect"]
    assert _words(mail.subject) == _words(expected.get("subject", ""))
    for found, key in ((mail.from_, "from"), (mail.to, "to")):
        assert [list(address) for address in found] == [[name or "", to or ""] for name, to in expected.get(key, [])]
    assert _words(" ".join(expected.get("text", []))) in _words(mail.text)
    assert "\ufffd" not in mail.subject + mail.text + mail.html


@pytest.mark.parametrize("case", REPLIES, ids=lambda case: str(case["id"]))
def test_split_reply_of_real_reply_gives_the_new_part(case: dict[str, Any]) -> None:
    split = split_html_reply if case["format"] == "html" else split_reply
    assert re.sub(r"\s+", " ", split(case["body"]).reply) == re.sub(r"\s+", " ", case["reply"])


HEAD = b"From: Li <li@qq.com>\nTo: help@shop.example\nSubject: x\n"


@pytest.mark.parametrize(
    ("headers", "subject"),
    [
        (b"Subject: =?utf-8?B?5L2g5aW9?=", "你好"),
        (b"Subject: =?gb2312?B?xOO6ww==?=", "你好"),
        (b"Subject: =?GBK?Q?=C4=E3=BA=C3?=", "你好"),
        (b"Subject: =?big5?B?p0Gmbg==?=", "你好"),
        (b"Subject: =?utf-8?B?5L2g5?=\n =?utf-8?B?aW9?=", "你好"),
        (b"Subject: =?utf-8?Q?=E4=BD?= =?utf-8?Q?=A0=E5=A5=BD?=", "你好"),
        (b"Subject: =?utf-8?Q?a b c=20d?=", "a b c d"),
        (b'Subject: "=?utf-8?B?5L2g5aW9?="', '"你好"'),
        (b"Subject: =?utf-8?B?5L2g5aW9", "=?utf-8?B?5L2g5aW9"),
        (b"Subject: \xc4\xe3\xba\xc3\xa3\xac\xce\xd2\xb5\xc4\xb6\xa9\xb5\xa5", "你好，我的订单"),
        (b"Subject: \xe4\xbd\xa0\xe5\xa5\xbd", "你好"),
        (b"Subject: Gr\xfc\xdfe aus K\xf6ln", "Grüße aus Köln"),
        (b"SUBJECT : x", "x"),
        (b"Subject: a\r\n b\r\n\tc", "a b c"),
        (b"Subject: =?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        (b"Subject: =?utf-8*en?Q?hi?=", "hi"),
        (b"Subject: =?x-nonsense?Q?Gr=FC=DFe?=", "Grüße"),
        (b"Subject:", ""),
    ],
)
def test_parse_mail_of_encoded_subject_decodes_it(headers: bytes, subject: str) -> None:
    assert parse_mail(b"From: a@b.cn\n" + headers + b"\n\nhi").subject == subject


@pytest.mark.parametrize(
    ("charset", "codec", "text"),
    [
        ("gb2312", "gb18030", "您好，請問朱镕基的订单"),
        ("", "gb18030", "您好，我的订单什么时候发货？"),
        ("us-ascii", "utf-8", "您好，订单"),
        ("iso-8859-1", "utf-8", "您好，订单"),
        ("utf-8", "gb18030", "您好，我的订单什么时候发货？"),
        ("big5", "big5", "您好，請問訂單"),
        ("", "big5", "您好，請問我的訂單何時出貨？"),
        ("", "cp932", "こんにちは、注文について"),
        ("", "euc_jp", "こんにちは、注文について"),
        ("", "cp949", "안녕하세요 주문에 대해"),
        ("", "koi8-r", "Здравствуйте, где мой заказ?"),
        ("", "cp1251", "Здравствуйте, где мой заказ?"),
        ("", "cp1252", "Grüße aus München – schön"),
        ("iso-2022-jp", "iso2022_jp", "ご注文ありがとうございます"),
        ("utf-7", "utf-7", "Grüße"),
        ("x-unknown", "utf-8", "您好"),
        ("utf-16", "utf-16", "Hello 您好"),
        ("hz-gb-2312", "hz", "您好"),
    ],
)
def test_parse_mail_of_any_charset_reads_the_text(charset: str, codec: str, text: str) -> None:
    declared = f"Content-Type: text/plain; charset={charset}\n\n" if charset else "\n"
    assert parse_mail(HEAD + declared.encode() + text.encode(codec)).text == text


@pytest.mark.parametrize("text", [b"+2AA-x", b"a+3AA-", b"+2D3-+2D0-"])
def test_parse_mail_of_half_surrogates_gives_storable_text(text: bytes) -> None:
    assert parse_mail(HEAD + b"Content-Type: text/plain; charset=utf-7\n\n" + text).text.encode()


def test_parse_mail_of_utf8_with_stray_bytes_keeps_all_and_marks_none() -> None:
    raw = HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + "您好，订单".encode() * 5 + b"\x93x\x94"
    assert parse_mail(raw).text.endswith("“x”")


def _multipart(*parts: str, kind: str = "mixed") -> bytes:
    body = "".join(f"--B\n{part}\n" for part in parts)
    return HEAD + f'Content-Type: multipart/{kind}; boundary="B"\n\n{body}--B--\n'.encode()


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ("Content-Disposition: attachment; filename*=utf-8''%E5%8F%91%E7%A5%A8.pdf", "发票.pdf"),
        ('Content-Disposition: attachment; filename*0="a long "; filename*1="name.pdf"', "a long name.pdf"),
        ("Content-Disposition: attachment; filename*0*=utf-8''%E5%8F; filename*1*=%91.pdf", "发.pdf"),
        ('Content-Disposition: attachment; filename="=?utf-8?B?5Y+R56WoLnBkZg==?="', "发票.pdf"),
        ('Content-Type: application/pdf; name="=?gbk?B?t6LGsS5wZGY=?="', "发票.pdf"),
        ("Content-Disposition: attachment; filename=../../etc/passwd", "passwd"),
        ('Content-Disposition: attachment; filename="C:\\\\x\\\\a.exe"', "a.exe"),
        ('Content-Disposition: attachment; filename="inv\u202efdp.exe"', "invfdp.exe"),
        ("Content-Disposition: attachment", ""),
    ],
)  # fmt: skip
def test_parse_mail_of_attachment_reads_a_safe_name(headers: str, name: str) -> None:
    mail = parse_mail(_multipart("Content-Type: text/plain\n\nhi", f"{headers}\n\ndata"))
    assert [part.name for part in mail.attachments] == [name]
    assert mail.text == "hi"


def test_parse_mail_of_alternative_shows_the_text_once_and_keeps_the_html() -> None:
    mail = parse_mail(
        _multipart("Content-Type: text/plain\n\nhi", "Content-Type: text/html\n\n<p>hi</p>", kind="alternative")
    )
    assert (mail.text, mail.html.strip()) == ("hi", "<p>hi</p>")


def test_parse_mail_of_html_only_makes_readable_text() -> None:
    html = "<style>p{}</style><p>Hello,</p><p>two<br>lines</p><ul><li>one</li><li>two</li></ul><script>x()</script>"
    assert parse_mail(HEAD + f"Content-Type: text/html\n\n{html}".encode()).text == "Hello,\n\ntwo\nlines\n- one\n- two"


def test_parse_mail_of_forwarded_mail_lists_it_and_does_not_mix_it_in() -> None:
    mail = parse_mail(
        _multipart("Content-Type: text/plain\n\nsee below", "Content-Type: message/rfc822\n\nSubject: Old\n\nold text")
    )
    assert mail.text == "see below"
    assert [(part.name, part.type) for part in mail.attachments] == [("Old.eml", "message/rfc822")]


def test_parse_mail_of_related_image_keeps_its_content_id() -> None:
    image = "Content-Type: image/png\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\nAAAA"
    mail = parse_mail(_multipart("Content-Type: text/html\n\n<img src=cid:logo@x>", image, kind="related"))
    assert (mail.attachments[0].content_id, mail.attachments[0].is_inline, mail.attachments[0].size) == (
        "logo@x",
        True,
        3,
    )


def test_parse_mail_of_outlook_rich_text_lists_it_as_attachment() -> None:
    tnef = 'Content-Type: application/ms-tnef; name="winmail.dat"\n\nx'
    assert parse_mail(_multipart("\nhi", tnef)).attachments[0].name == "winmail.dat"


def test_parse_mail_of_uuencoded_text_takes_the_file_out() -> None:
    mail = parse_mail(HEAD + b"\nhello\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n")
    assert [(part.name, part.data) for part in mail.attachments] == [("cat.txt", b"Cat")]
    assert "begin" not in mail.text


def test_parse_mail_of_flowed_text_joins_its_lines() -> None:
    raw = HEAD + b"Content-Type: text/plain; format=flowed\n\none \ntwo\n> a \n> b\n-- \nme"
    assert parse_mail(raw).text == "one two\n> a b\n-- \nme"


@pytest.mark.parametrize("lost", [b"", b"; boundary=C", b';\nboundary="B"'])
def test_parse_mail_of_lost_boundary_still_shows_the_text(lost: bytes) -> None:
    raw = HEAD + b"Content-Type: multipart/mixed" + lost + b"\n\n--B\nContent-Type: text/plain\n\nhello\n--B--\n"
    assert "hello" in parse_mail(raw).text


@pytest.mark.parametrize(
    "raw",
    [
        b"From li@qq.com Mon Jun  3 16:05:00 2024\n" + HEAD + b"\nhi",
        b"\xef\xbb\xbf" + HEAD + b"\nhi",
        b"\n\n" + HEAD + b"\nhi",
        HEAD.replace(b"\n", b"\r") + b"\rhi",
        HEAD.replace(b"\n", b"\r\n") + b"\r\nhi",
        HEAD + b"hi",
        HEAD + b"Junk-without-colon\nX-More: y\n\nhi",
    ],
)
def test_parse_mail_of_bent_header_block_finds_subject_and_text(raw: bytes) -> None:
    mail = parse_mail(raw)
    assert (mail.subject, mail.text) == ("x", "hi")


def test_parse_mail_of_bare_cr_in_header_makes_no_second_header() -> None:
    assert parse_mail(b"X-A: b\rFrom: evil@x.cn\nFrom: li@qq.com\n\nhi").from_[0].address == "li@qq.com"


def test_parse_mail_of_thread_reads_its_ids() -> None:
    mail = parse_mail(b"Message-ID: <a@b>\nIn-Reply-To: <c@d> (yesterday)\nReferences: <e@f>\n <c@d>\n\nhi")
    assert (mail.message_id, mail.in_reply_to, mail.references) == ("a@b", "c@d", ["e@f", "c@d"])


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("Mon, 03 Jun 2024 16:05:00 +0800", datetime(2024, 6, 3, 8, 5, tzinfo=UTC)),
        ("3 Jun 2024 16:05:00", datetime(2024, 6, 3, 16, 5, tzinfo=UTC)),
        ("yesterday", None),
        ("Mon, 99 Jun 2024 99:05:00 +0800", None),
        ("", None),
    ],
)
def test_parse_date_gives_utc_or_none(value: str, date: datetime | None) -> None:
    assert parse_date(value) == date


def test_parse_mail_with_ten_thousand_recipients_reads_all() -> None:
    mail = parse_mail(b"To: " + b",\n ".join(b"U <u%d@x.cn>" % number for number in range(10_000)) + b"\n\nhi")
    assert len(mail.to) == 10_000
    assert not mail.problem


LIMITS = MailLimits(mail_bytes=100_000, parts=20, depth=8, recipients=50)


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (HEAD + b"\n" + b"x" * 100_000, "larger"),
        (b"To: " + b"a@b.cn, " * 51 + b"\n\nhi", "recipients"),
        (_multipart(*["\nx"] * 30), "parts"),
        (
            b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(50)) + b"\nhi",
            "levels",
        ),
    ],
)
def test_parse_mail_beyond_a_limit_names_the_problem(raw: bytes, word: str) -> None:
    assert word in parse_mail(raw, limits=LIMITS).problem


def test_parse_mail_of_fifty_levels_reads_the_innermost() -> None:
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(50)) + b"\ndeep"
    assert parse_mail(raw).text == "deep"


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"Content-Type: text/html\n\n" + b"<div>" * 200_000,
        b"To: " + b"=?utf-8?q?a" * 50_000 + b"\n\nhi",
        b"To: " + b'"\\' * 200_000 + b"\n\nhi",
        b"To: " + b"a@" * 200_000 + b"\n\nhi",
        b"Subject: a\n" + b" b\n" * 200_000 + b"\nhi",
        HEAD + b"\n" + b"> " * 400_000,
        b"From: MAILER-DAEMON@x\nSubject: failure notice\n\n" + b"a@" * 100_000,
        HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"abc \n" * 300_000,
    ],
    ids=["divs", "words", "quotes", "ats", "folds", "depth", "bounce", "flowed"],
)
def test_parse_mail_of_hostile_mail_takes_no_long_time(raw: bytes) -> None:
    start = time.monotonic()
    parse_mail(raw)
    assert time.monotonic() - start < 5


def test_parse_mail_of_thirty_megabytes_is_quick() -> None:
    file = encodebytes(os.urandom(22_000_000)).decode()
    raw = _multipart(
        "Content-Type: text/plain\n\nhi", f"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n{file}"
    )
    start = time.monotonic()
    mail = parse_mail(raw)
    assert time.monotonic() - start < 5
    assert (mail.text, mail.attachments[0].size) == ("hi", 22_000_000)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=3_000))
def test_parse_mail_of_any_bytes_never_raises(raw: bytes) -> None:
    assert "\x00" not in parse_mail(raw).text


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(RAW), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), max_size=12)
)
def test_parse_mail_of_damaged_mail_never_raises(path: Path, damages: list[tuple[float, int, bytes]]) -> None:
    raw = bytearray(path.read_bytes())
    for place, length, junk in damages:
        start = int(place * len(raw))
        raw[start : start + length] = junk
    assert parse_mail(bytes(raw)).kind


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=2_000))
def test_split_reply_of_any_text_loses_no_line(text: str) -> None:
    parts = split_reply(text)
    split_html_reply(text)
    assert len(parts.reply) <= len(text)
