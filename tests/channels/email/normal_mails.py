# ruff: noqa: E501, ISC004 -- pieces of mails stand as they are sent
"""A seeded generator of mails that people and their tools send, and that must not be taken for machine replies."""

import random
from base64 import b64encode
from collections.abc import Iterator

CLIENTS = [
    "X-Mailer: Apple Mail (2.3774.300.61.1.2)",
    "X-Mailer: Microsoft Outlook 16.0",
    "User-Agent: Mozilla Thunderbird",
    "X-Mailer: Foxmail 7.2.25.331[cn]",
    "X-Mailer: QQMail 2.x",
    "X-Mailer: Coremail Webmail Server Version XT5.0.14",
    "X-Mailer: YahooMailIosMobile",
    "X-MS-Has-Attach: yes\nX-Auto-Response-Suppress: DR, RN, NRN",
    "X-Mailer: iPhone Mail (21F90)",
    "X-Mailer: git-send-email 2.44.0",
]
PEOPLE = ["li.wei@qq.com", "anna@firma.example", "jean@exemple.example", "sato@rei.example", "bob.bounce@mail.example"]
SUBJECTS = [
    "Order 4711",
    "Undelivered Mail Returned to Sender - what does it mean?",
    "Re: Undelivered Mail Returned to Sender",
    "Fwd: Mail delivery failed: returning message to sender",
    "转发: 系统退信",
    "关于退信的问题",
    "Delivery problem with my parcel",
    "Delivery failed again, third time this week!",
    "Returned goods, please refund",
    "Failure notice for your washing machine model X",
    "Re: Out of office policy",
    "Out of office next week, who answers?",
    "How do I set an automatic reply?",
    "自动回复怎么设置",
    "我的快递投递失败了",
    "Abuse report feature request",
    "Your ticket [#123-abcdef] was updated",
    "Newsletter: vacation offers",
    "Warning: price change",
    "Message status in your app is wrong",
    "Rücksendung: nicht zustellbares Paket",
    "注文の返品について",
]
BODIES = [
    "Hello,\n\nwhere is my order? It should have come on Monday.\n\nAnna",
    "Hi, I sent a mail to sales@shop.example and got\n\n550 5.1.1 user unknown\n\nIs the address right?",
    "I get bounces: the following address failed permanently. Can you check your mail server?\n\nThanks",
    "你好，我给 sales@shop.example 发邮件被退信，提示收件人不存在，请问正确的地址是什么？",
    "您好，我要退货，请问邮费谁出？\n\n李伟",
    "The courier was unable to deliver my parcel. The message said: delivery has failed.",
    "Here is what the mail system told me:\n\n> This is the mail system at host mx.example.\n> <sales@shop.example>: user unknown\n\nCan you help?",
    "Guten Tag,\n\nmeine Bestellung war nicht zustellbar. Bitte erneut senden.",
    "Your request was received. Status: open. We write to you as soon as there is news.",
    "I am out of office from Monday on, so please call my colleague before then about the contract.",
    "---------- Forwarded message ---------\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\n"
    "Subject: Delivery Status Notification (Failure)\n\nAddress not found. Your message wasn't delivered to x@y.example",
]
EXTRAS = [
    "",
    "List-Id: <announce.shop.example>\nList-Unsubscribe: <https://shop.example/u>\nPrecedence: bulk",
    "List-Id: dev <dev.lists.example>\nPrecedence: list\nSender: dev-bounces@lists.example",
    "Auto-Submitted: auto-generated",
    "Auto-Submitted: no",
    "Return-Path: <bounces+77-ab=shop.example@news.example>",
    "Feedback-ID: 1:2:3:mailer\nX-Campaign-Id: 9",
    "Errors-To: bounce@lists.example",
    "X-Priority: 1\nImportance: high",
    "Reply-To: postmaster@firma.example",
]


def normal_mails(count: int = 400, seed: int = 7) -> Iterator[bytes]:
    """``count`` mails, each a mixture of client, subject, body, headers and structure."""
    choose = random.Random(seed)  # noqa: S311 -- made-up mails
    for number in range(count):
        head = "\n".join(
            line
            for line in [
                f"From: Person {number} <{choose.choice(PEOPLE)}>",
                "To: help@shop.example",
                f"Subject: {_encoded(choose.choice(SUBJECTS), choose)}",
                f"Message-ID: <{number}.{seed}@mail.example>",
                choose.choice(CLIENTS),
                choose.choice(EXTRAS),
                "MIME-Version: 1.0",
            ]
            if line
        )
        yield _with_body(head, choose.choice(BODIES), choose).encode()


def _encoded(subject: str, choose: random.Random) -> str:
    if subject.isascii() and choose.random() < 0.7:
        return subject
    return f"=?utf-8?B?{b64encode(subject.encode()).decode()}?="


def _with_body(head: str, body: str, choose: random.Random) -> str:
    shape = choose.choice(["plain", "alternative", "forward_attached", "quoted_reply"])
    if shape == "plain":
        return f"{head}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n"
    if shape == "quoted_reply":
        quoted = "\n".join(f"> {line}" for line in choose.choice(BODIES).split("\n"))
        return (
            f"{head}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n\nOn Mon, 3 Jun 2024, Help wrote:\n{quoted}\n"
        )
    second = f"Content-Type: text/html; charset=utf-8\n\n<p>{body}</p>"
    kind = "alternative"
    if shape == "forward_attached":
        kind, second = "mixed", f"Content-Type: message/rfc822\n\n{_BOUNCE}"
    parts = f"--B\nContent-Type: text/plain; charset=utf-8\n\n{body}\n--B\n{second}\n--B--\n"
    return f'{head}\nContent-Type: multipart/{kind}; boundary="B"\n\n{parts}'


_BOUNCE = """From: MAILER-DAEMON@mx.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="R"

--R
Content-Type: text/plain

<x@y.example>: user unknown
--R
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; x@y.example
Action: failed
Status: 5.1.1
--R--"""
