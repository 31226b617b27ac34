from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ombud.channels.email.addresses import HeaderInjection
from ombud.channels.email.compose import NoRecipient, OutgoingFile, OutgoingMail, compose_mail, envelope_recipients
from ombud.channels.email.guard import Refusal, refuse_auto_answer
from ombud.channels.email.parse import parse_mail
from ombud.channels.email.schemas import MailAddress

MAIL = OutgoingMail(
    from_=MailAddress("客服, Ombud", "help@shop.example"),
    to=[MailAddress("李伟", "li@qq.com")],
    subject="关于您的订单 / your order " * 6,
    text="您好，\n\n已发货。\n\nBest,\nOmbud\n",
    date=datetime(2024, 6, 3, 8, 5, tzinfo=UTC),
    message_id="ombud.1.a@shop.example",
)


def _sent(**changes: object) -> bytes:
    return compose_mail(msgspec.structs.replace(MAIL, **changes)).as_bytes()


def test_compose_mail_read_again_is_the_same_mail() -> None:
    files = [
        OutgoingFile(name="发票 1.pdf", type="application/pdf", data=b"%PDF"),
        OutgoingFile(name="logo.png", type="image/png", data=b"PNG", content_id="logo@x"),
    ]
    mail = parse_mail(
        _sent(
            cc=[MailAddress("", "b@x.cn")],
            html='<p>您好<img src="cid:logo@x"></p>',
            attachments=files,
            in_reply_to="c@d",
            references=["a@b", "c@d"],
        )
    )
    assert mail.from_ == [MAIL.from_]
    assert mail.to == MAIL.to
    assert mail.cc == [MailAddress("", "b@x.cn")]
    assert mail.subject == MAIL.subject.strip()
    assert mail.text == MAIL.text.strip()
    assert mail.html.strip() == '<p>您好<img src="cid:logo@x"></p>'
    assert (mail.message_id, mail.in_reply_to, mail.references) == (MAIL.message_id, "c@d", ["a@b", "c@d"])
    assert mail.date == MAIL.date
    assert {(part.name, part.data, part.content_id) for part in mail.attachments} == {
        ("发票 1.pdf", b"%PDF", ""),
        ("logo.png", b"PNG", "logo@x"),
    }


@settings(deadline=None, max_examples=50)
@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")), max_size=300))
def test_compose_mail_of_any_text_keeps_it(text: str) -> None:
    assert parse_mail(_sent(text=text)).text.split() == text.replace("\ufeff", "").split() or "\ufeff" in text


def test_compose_mail_is_seven_bit_with_short_lines() -> None:
    raw = _sent(html="<p>" + "很长的一行" * 500 + "</p>", text="x" * 3_000)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\n"))) < 998


def test_compose_mail_hides_bcc_but_sends_to_it() -> None:
    mail = msgspec.structs.replace(MAIL, bcc=[MailAddress("", "secret@x.cn"), MailAddress("", "li@qq.com")])
    assert b"secret" not in compose_mail(mail).as_bytes()
    assert envelope_recipients(mail) == ["li@qq.com", "secret@x.cn"]


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "x\nBcc: evil@x.cn"},
        {"subject": "x\r\n\r\nbody"},
        {"to": [MailAddress("a\nBcc: evil@x.cn", "a@b.cn")]},
        {"to": [MailAddress("", "a@b.cn\r\nRCPT TO:<evil@x.cn>")]},
        {"bcc": [MailAddress("", "a@b.cn, evil@x.cn")]},
        {"from_": MailAddress("", "nobody")},
        {"message_id": "a@b>\nX: y"},
        {"in_reply_to": "a b@c"},
        {"references": ["a@b", "x\ny@z"]},
        {"attachments": [OutgoingFile(name="a\nb", type="text/plain", data=b"")]},
        {"attachments": [OutgoingFile(name="a", type="text/plain\nX: y", data=b"")]},
        {"html": "x", "attachments": [OutgoingFile(name="a", type="image/png", data=b"", content_id="a\nb")]},
    ],
)
def test_compose_mail_with_smuggled_header_refuses(changes: dict[str, object]) -> None:
    with pytest.raises(HeaderInjection):
        _sent(**changes)


def test_compose_mail_to_nobody_refuses() -> None:
    with pytest.raises(NoRecipient):
        _sent(to=[])


def test_compose_mail_automatic_is_never_answered_by_another_desk() -> None:
    mail = parse_mail(_sent(is_automatic=True))
    assert refuse_auto_answer(mail, own=[], answers_today=0) is Refusal.OWN_MAIL
    assert mail.guard.auto_submitted == "auto-generated"
    assert parse_mail(_sent(is_automatic=True, in_reply_to="c@d")).guard.auto_submitted == "auto-replied"


def test_compose_mail_by_person_carries_no_automatic_mark() -> None:
    assert refuse_auto_answer(parse_mail(_sent()), own=[], answers_today=0) is None


def test_compose_mail_of_long_thread_keeps_first_and_newest_ids() -> None:
    references = [f"{number}@x.cn" for number in range(60)]
    found = parse_mail(_sent(references=references)).references
    assert (found[0], found[-1], len(found)) == ("0@x.cn", "59@x.cn", 20)


def test_compose_mail_with_enclosed_mail_keeps_it_a_file() -> None:
    file = OutgoingFile(name="a.eml", type="message/rfc822", data=b"Subject: x\n\ny")
    assert parse_mail(_sent(attachments=[file])).attachments[0].type == "application/octet-stream"
