"""Kinds by the words and headers of many systems, and people who use the same words."""

from email.header import Header

import pytest

from ombud.channels.email.parse import parse_mail
from ombud.channels.email.schemas import MailKind, ParsedMail


def parsed(subject: str, text: str = "x", *, sender: str = "Anna <anna@firma.example>", extra: str = "") -> ParsedMail:
    coded = subject if subject.isascii() else Header(subject, "utf-8").encode()
    head = f"From: {sender}\nTo: help@shop.example\nSubject: {coded}\nContent-Type: text/plain; charset=utf-8\n{extra}"
    return parse_mail(f"{head.rstrip()}\n\n{text}\n".encode())


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Order", "Out of Office: Order", "I am out of the office Re: Order", "OOO: Order",
        "Automatische Antwort: Rohr", "Abwesenheitsnotiz: Rohr", "Ich bin nicht im Büro: Rohr",
        "Réponse automatique : fuite", "Absent(e) du bureau : fuite", "Respuesta automática: fuga",
        "Risposta automatica: perdita", "Resposta automática: fuga", "Ausência temporária: fuga",
        "Automatisch antwoord: lek", "Afwezigheidsbericht", "Autosvar: läcka", "Fraværsmelding: lekkasje",
        "Poissaoloilmoitus", "Odpowiedź automatyczna: wyciek", "Automatická odpověď: únik",
        "Automatikus válasz: x", "Răspuns automat: x", "Otomatik yanıt: x", "Αυτόματη απάντηση: x",
        "Автоответ: x", "Автоматична відповідь: x", "Автоматичен отговор: x", "Automatski odgovor: x",
        "Samodejni odgovor: x", "Resposta automàtica: x", "自动回复: 订单", "外出自动答复: 订单", "（自动回复）订单",
        "自動回覆: 訂單", "【自動返信】お問い合わせ", "不在通知: 注文", "자동 회신: 주문", "부재중 자동응답: 주문",
        "Trả lời tự động: x", "Balasan otomatis: x", "ตอบกลับอัตโนมัติ: x", "رد تلقائي: طلب", "מענה אוטומטי: הזמנה",
    ],
)  # fmt: skip
def test_parse_mail_with_words_of_absence_is_auto_reply(subject: str) -> None:
    assert parsed(subject).kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    "header", ["X-QQ-Auto-Reply: 1", "X-Lotus-OutOfOffice: 1", "X-NTES-Autoreply: yes", "X-Auto-Responder: on"]
)
def test_parse_mail_with_a_makers_own_header_is_auto_reply(header: str) -> None:
    assert parsed("Re: Order", extra=header).kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("自动回复", "我想知道你们的自动回复内容能改吗"),
        ("Automatic reply", "How do I set an automatic reply?"),
        ("ooo what a nice machine", "Bob"),
        ("Out of office next week, who answers?", "Bob"),
        ("Abwesenheit am Montag", "Bitte Dienstag liefern."),
        ("不在通知書が届きました", "再配達をお願いします"),
        ("Re: Automatic reply: Order", "Thank you"),
        ("来自北京的退信问题", "你好，请问正确的地址是什么？"),
        ("Vacation house", "Bob"),
    ],
)
@pytest.mark.parametrize("header", ["", "X-Auto-Response-Suppress: DR, OOF, AutoReply", "X-Autoreply: no"])
def test_parse_mail_of_a_person_with_the_same_words_is_normal(subject: str, text: str, header: str) -> None:
    assert parsed(subject, text, extra=header).kind is MailKind.NORMAL


@pytest.mark.parametrize(
    ("sender", "subject", "text", "is_hard"),
    [
        ("PostMaster@qq.com", "来自qq.com的退信", "无法被投递到 wang@y.example\n原因：对方邮箱已满 552 quota", False),
        ("PostMaster@qq.com", "系统退信", "无法发送到 wang@y.example\n原因：邮件地址（wang@y.example）不存在", True),
        ("postmaster@163.com", "系统退信", "您的邮件被退回。\n收件人：wang@y.example\n原因：550 User not found", True),
    ],
)
def test_parse_mail_of_a_chinese_bounce_names_the_recipient(
    sender: str,
    subject: str,
    text: str,
    is_hard: bool,
) -> None:
    found = parsed(subject, text, sender=sender, extra="Auto-Submitted: auto-replied\nReturn-Path: <>")
    assert found.kind is MailKind.BOUNCE
    assert [(one.address, one.hard) for one in found.recipients] == [("wang@y.example", is_hard)]
