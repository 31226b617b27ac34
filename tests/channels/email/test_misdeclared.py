"""Mails whose charset, boundary or header is not what they say."""

from base64 import b64encode

import pytest

from ombud.channels.email.parse import parse_mail

ZH = "您好，我的净水机漏水了，请尽快安排维修，谢谢！"
TW = "您好，我的淨水機漏水了，請盡快安排維修，謝謝！"
JA = "お世話になっております。浄水器から水が漏れています。"
KO = "안녕하세요. 정수기에서 물이 샙니다. 수리해 주세요."
RU = "Здравствуйте, мой фильтр для воды течёт."
HEAD = b"From: Bob <bob@c.example>\r\nSubject: s\r\nMIME-Version: 1.0\r\n"


@pytest.mark.parametrize(
    ("text", "real", "declared"),
    [
        (ZH, "gb18030", "iso-8859-1"), (ZH, "gb18030", "us-ascii"), (ZH, "gb18030", "big5"), (ZH, "gb18030", "utf-8"),
        (TW, "big5", "iso-8859-1"), (TW, "big5", "gb2312"), (JA, "cp932", "iso-8859-1"), (JA, "euc_jp", "shift_jis"),
        (JA, "euc_jp", "iso-8859-1"), (JA, "iso2022_jp", "utf-8"), (JA, "iso2022_jp", "shift_jis"),
        (KO, "cp949", "iso-8859-1"), (RU, "koi8-r", "iso-8859-1"), (RU, "cp1251", "iso-8859-1"),
        (ZH, "utf-8", "gb2312"), (ZH, "utf-8", "iso-8859-1"),
    ],
)  # fmt: skip
def test_parse_mail_with_wrong_charset_is_read_right(text: str, real: str, declared: str) -> None:
    head = HEAD + f"Content-Type: text/plain; charset={declared}\r\n\r\n".encode()
    assert parse_mail(head + text.encode(real)).text.strip() == text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Grüße aus Köln, „Danke“ – Ölwanne läuft über, 10 €", "cp1252"),
        ("L’été à Orléans : ça fuit déjà, où êtes-vous ?", "cp1252"),
        ("¡¡¡Señor!!! ¿¿Qué pasó con mi pedido nº 1??", "cp1252"),
        ("Dzień dobry, filtr przecieka. Łukasz Żak", "iso8859_2"),
        ("佢哋嘅濾水器漏水喇，唔該幫手整下", "big5hkscs"),
        ("圳珺喆先生的滤芯", "gb18030"),
        ("①②③ 株式会社髙島", "cp932"),
    ],
)
def test_parse_mail_with_right_but_rare_text_keeps_its_charset(text: str, charset: str) -> None:
    head = HEAD + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode()
    assert parse_mail(head + text.encode(charset)).text.strip() == text


@pytest.mark.parametrize(
    ("subject", "charset"), [("Przeciekający filtr", "iso-8859-2"), ("Şikâyet var", "iso-8859-9"), ("漏水", "gb2312")]
)
def test_parse_mail_with_raw_subject_follows_the_bodys_charset(subject: str, charset: str) -> None:
    raw = b"From: b@c.example\r\nSubject: " + subject.encode(charset)
    raw += f"\r\nContent-Type: text/plain; charset={charset}\r\n\r\nhello".encode()
    assert parse_mail(raw).subject == subject


def test_parse_mail_with_address_inside_the_encoded_word_finds_it() -> None:
    coded = b"=?utf-8?B?" + b64encode("王小明 <wang@qq.com>".encode()) + b"?="
    assert parse_mail(b"From: " + coded + b"\r\n\r\nx").from_ == [("王小明", "wang@qq.com")]


@pytest.mark.parametrize("header", ["multipart/mixed; boundary=zzz", "multipart/mixed", 'multipart/mixed; boundary=""'])
def test_parse_mail_with_wrong_boundary_reads_its_parts(header: str) -> None:
    raw = HEAD + f"Content-Type: {header}\r\n\r\n".encode()
    raw += (
        b"--a\r\nContent-Type: text/plain\r\n\r\nplain\r\n--a\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n--a--\r\n"
    )
    assert "plain" in parse_mail(raw).text
    assert "--a" not in parse_mail(raw).text


def test_parse_mail_with_space_before_the_colon_reads_the_header() -> None:
    found = parse_mail(b"From : Bob <bob@c.example>\r\nSubject : s\r\n\r\nhello")
    assert (found.subject, found.from_, found.text) == ("s", [("Bob", "bob@c.example")], "hello")
