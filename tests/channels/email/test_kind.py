# ruff: noqa: ISC004 -- pieces of mails stand as they are sent
import json
from pathlib import Path

import pytest

from ombud.channels.email.bounces import is_dead
from ombud.channels.email.parse import parse_mail
from ombud.channels.email.schemas import MailKind
from tests.channels.email.normal_mails import normal_mails

SAMPLES = Path(__file__).parent / "samples"
CASES = [json.loads(line) for line in (SAMPLES / "bounce_cases.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_parse_mail_of_real_report_names_its_kind(case: dict[str, str]) -> None:
    assert parse_mail((SAMPLES / case["eml"]).read_bytes()).kind == case["kind"]


def test_parse_mail_of_real_reports_finds_status_of_nearly_all_recipients() -> None:
    told = found = 0
    for case in CASES:
        recipients = parse_mail((SAMPLES / case["eml"]).read_bytes()).recipients
        for expected, got in zip(case["recipients"], recipients, strict=False):
            if expected["status"] and ".0.9" not in expected["status"]:
                told += 1
                found += expected["status"] == got.status
    assert told >= 10
    assert found / told >= 0.9


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_parse_mail_of_normal_mails_raises_no_false_alarm(seed: int) -> None:
    kinds = [parse_mail(raw).kind for raw in normal_mails(400, seed)]
    assert len(kinds) == 400
    assert set(kinds) == {MailKind.NORMAL}


def _mail(headers: str, body: str = "Hello") -> bytes:
    return f"From: Li <li@qq.com>\nTo: help@shop.example\n{headers}\n\n{body}\n".encode()


@pytest.mark.parametrize(
    "headers",
    [
        "Subject: x\nAuto-Submitted: auto-replied",
        "Subject: x\nAuto-Submitted: auto-replied (vacation)",
        "Subject: x\nX-Autoreply: yes",
        "Subject: x\nX-Autorespond: x",
        "Subject: x\nPrecedence: auto_reply",
        "Subject: Automatic reply: your question",
        "Subject: Out of Office: back on Monday",
        "Subject: 自动回复: 订单",
        "Subject: 自动回复：订单",
        "Subject: 【自动回复】",
        "Subject: 自動回覆: 訂單",
        "Subject: 自動返信：お問い合わせ",
        "Subject: 자동 회신: 주문",
        "Subject: Automatische Antwort: Bestellung",
        "Subject: Réponse automatique : commande",
        "Subject: Respuesta automática: pedido",
        "Subject: Автоответ: заказ",
        "Subject: read\nContent-Type: multipart/report; report-type=disposition-notification; boundary=B",
    ],
)
def test_parse_mail_of_automatic_reply_says_so(headers: str) -> None:
    assert parse_mail(_mail(headers)).kind is MailKind.AUTO_REPLY


@pytest.mark.parametrize(
    "headers",
    [
        "Subject: Re: Automatic reply: your question",
        "Subject: Out of office next week",
        "Subject: 关于自动回复的问题",
        "Subject: x\nAuto-Submitted: no",
        "Subject: x\nAuto-Submitted: auto-generated",
        "Subject: x\nX-Autoreply: no",
    ],
)
def test_parse_mail_about_automatic_replies_stays_normal(headers: str) -> None:
    assert parse_mail(_mail(headers)).kind is MailKind.NORMAL


@pytest.mark.parametrize(
    ("status", "diagnostic", "expected"),
    [
        ("5.1.1", "550 5.1.1 user unknown", True),
        ("5.1.1", "", True),
        ("5.1.2", "host not found", True),
        ("5.1.6", "user has moved to x@y.example", True),
        ("", "no such user here", True),
        ("5.2.2", "mailbox full", False),
        ("4.2.2", "user unknown", False),
        ("5.7.1", "blocked by policy", False),
        ("5.7.26", "does not pass DMARC", False),
        ("2.1.5", "ok", False),
        ("", "", False),
    ],
)
def test_is_dead_by_status_and_words(status: str, diagnostic: str, *, expected: bool) -> None:
    assert is_dead(status, diagnostic) is expected


DSN = """From: MAILER-DAEMON@mx.example
To: help@shop.example
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

See below.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; a@b.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}

Final-Recipient: rfc822; c@d.example
Action: {action}
Status: {status}
--B
Content-Type: message/rfc822

From: help@shop.example
Message-ID: <ombud.1.abc@shop.example>
Subject: Your order

Hi
--B--
"""


def _dsn(action: str, status: str, diagnostic: str = "") -> bytes:
    return DSN.format(action=action, status=status, diagnostic=diagnostic).encode()


def test_parse_mail_of_delivery_report_reads_each_recipient_and_the_original() -> None:
    mail = parse_mail(_dsn("failed", "5.1.1", "550 5.1.1 user unknown"))
    assert mail.kind is MailKind.BOUNCE
    assert [(to.address, to.status, to.hard) for to in mail.recipients] == [
        ("a@b.example", "5.1.1", True),
        ("c@d.example", "5.1.1", True),
    ]
    assert mail.original_message_id == "ombud.1.abc@shop.example"


def test_parse_mail_of_vague_status_takes_that_of_the_diagnostic() -> None:
    mail = parse_mail(_dsn("failed", "5.0.0", "550-5.7.1 blocked"))
    assert mail.recipients[0].status == "5.7.1"
    assert not mail.recipients[0].hard


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_parse_mail_of_positive_report_is_delivered(action: str) -> None:
    assert parse_mail(_dsn(action, "2.0.0")).kind is MailKind.DELIVERED


def test_parse_mail_of_delay_report_is_a_soft_bounce() -> None:
    mail = parse_mail(_dsn("delayed", "4.4.1"))
    assert mail.kind is MailKind.BOUNCE
    assert not any(to.hard for to in mail.recipients)


def test_parse_mail_of_complaint_says_whose() -> None:
    raw = _mail(
        'Subject: Abuse\nContent-Type: multipart/report; report-type=feedback-report; boundary="B"',
        "--B\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: <x@y.example>\n--B--",
    )
    mail = parse_mail(raw)
    assert mail.kind is MailKind.COMPLAINT
    assert mail.recipients[0].address == "x@y.example"


@pytest.mark.parametrize(
    ("body", "kind", "address"),
    [
        (
            '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent",'
            '"bouncedRecipients":[{"emailAddress":"x@y.cn","status":"5.1.1"}]}}',
            MailKind.BOUNCE,
            "x@y.cn",
        ),
        (
            '{"notificationType":"Delivery","delivery":{"recipients":["x@y.cn"]}}\n\n--\nfooter',
            MailKind.DELIVERED,
            "x@y.cn",
        ),
        ('{"notificationType":"Other"}', MailKind.NORMAL, None),
        ('{"notificationType":', MailKind.NORMAL, None),
    ],
)
def test_parse_mail_of_ses_notice_reads_its_json(body: str, kind: MailKind, address: str | None) -> None:
    mail = parse_mail(_mail("Subject: AWS Notification Message", body))
    assert mail.kind is kind
    assert [to.address for to in mail.recipients] == ([address] if address else [])


@pytest.mark.parametrize(
    "header", ["List-Id: <x.y>", "List-Unsubscribe: <https://x>", "Precedence: bulk", "Feedback-ID: 1"]
)
def test_parse_mail_of_newsletter_is_normal_and_bulk(header: str) -> None:
    mail = parse_mail(_mail(f"Subject: News\n{header}"))
    assert mail.kind is MailKind.NORMAL
    assert mail.is_bulk
