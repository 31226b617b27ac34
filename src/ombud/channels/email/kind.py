"""What a mail is: normal, or one of the kinds that must never be answered."""

import re

import msgspec

from ombud.channels.email import bounce_words as words
from ombud.channels.email import bounces, ses
from ombud.channels.email.addresses import is_no_reply
from ombud.channels.email.bodies import report_parts, walk
from ombud.channels.email.guard import auto_submitted
from ombud.channels.email.headers import Headers
from ombud.channels.email.mime import Part
from ombud.channels.email.schemas import BounceRecipient, MailAddress, MailKind

_RECEIPT_SUBJECT = re.compile(
    r"^\s*(?:read|gelesen|lu|leído|letto|lida|已读|已讀|開封済み|not read|ungelesen)\s*[:\uff1a]", re.IGNORECASE
)
# Every system has a name of its own for it.
_AUTO_HEADER = re.compile(
    r"x-(?:[\w-]+-)?(?:auto-?(?:reply|respond|responder|answer)|out-?of-?office|vacation)(?:-from)?$"
)
_QUESTION = re.compile(r"[?\uff1f]|吗|怎么|如何")
_OPENING_CHARS = 300
_PERSONAL_OPENING = re.compile(r"\s*(?:sorry|unfortunately|your\b|mail\b|error:)", re.IGNORECASE)
_FORWARDED = re.compile(r"^\s*(?:re|fwd?|aw|wg|tr|rv|sv|vs|antw|回复|答复|转发|回覆|轉寄)\s*[:\uff1a]", re.IGNORECASE)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The kind of a mail and, for delivery reports, whom it speaks of."""

    kind: MailKind
    recipients: list[BounceRecipient] = []
    original_message_id: str = ""


def is_bulk_mail(headers: Headers) -> bool:
    """Whether the mail went to many: lists, newsletters, campaigns."""
    is_list = any(
        headers.has(name)
        for name in ("list-id", "list-unsubscribe", "list-post", "feedback-id", "x-campaign-id", "x-mailgun-tag")
    )
    return is_list or headers.plain("precedence").strip().lower() in {"bulk", "list", "junk"}


def classify_mail(root: Part, text: str, from_: list[MailAddress]) -> Verdict:
    """The kind of a mail by its structure first, then its headers, and its words only when a machine sent it.

    A person who writes about a bounce, or forwards one, writes a normal mail.
    """
    headers = root.headers
    reports = report_parts(root)
    report_type = headers.content_type()[1].get("report-type", "").lower()
    if report_type == "feedback-report" or any(part.type.endswith("feedback-report") for part in reports):
        return _complaint(root, reports)
    if notice := ses.read_notice(text):
        return Verdict(kind=notice.kind, recipients=notice.recipients, original_message_id=notice.original_message_id)
    if _is_delivery_report(root, headers, text, reports, from_):
        return _delivery_verdict(root, text, reports)
    if report_type == "disposition-notification" or any(
        part.type.endswith("disposition-notification") for part in reports
    ):
        return Verdict(kind=MailKind.AUTO_REPLY)
    if bounces.is_odd_complaint(headers, text):
        return _complaint(root, reports)
    return Verdict(kind=MailKind.AUTO_REPLY if _is_auto_reply(headers, text) else MailKind.NORMAL)


def _complaint(root: Part, reports: list[Part]) -> Verdict:
    found = bounces.complaint_recipients(reports)
    return Verdict(kind=MailKind.COMPLAINT, recipients=found, original_message_id=bounces.original_message_id(root))


def _delivery_verdict(root: Part, text: str, reports: list[Part]) -> Verdict:
    recipients, is_delivered = bounces.read_recipients(root, text, reports)
    kind = MailKind.DELIVERED if is_delivered else MailKind.BOUNCE
    return Verdict(kind=kind, recipients=recipients, original_message_id=bounces.original_message_id(root))


def _is_machine(headers: Headers, from_: list[MailAddress]) -> bool:
    """Whether a mail system rather than a person is the author."""
    if headers.has("return-path") and headers.plain("return-path").strip("<> ").lower() in {"", "mailer-daemon"}:
        return True
    if not from_:
        return False
    local = (from_[0].address.partition("@")[0] or from_[0].name).lower()
    return words.DAEMON.match(local) is not None or words.DAEMON_NAME.search(from_[0].name) is not None


def _is_delivery_report(root: Part, headers: Headers, text: str, reports: list[Part], from_: list[MailAddress]) -> bool:
    report_type = headers.content_type()[1].get("report-type", "").lower()
    has_status = any(part.type.endswith("delivery-status") for part in reports)
    if report_type == "delivery-status" or (has_status and root.type == "multipart/report"):
        return True
    is_machine = _is_machine(headers, from_)
    subject = headers.text("subject")
    is_said = words.BOUNCE_SUBJECT.match(subject) is not None and not _FORWARDED.match(subject)
    if (has_status and (is_machine or is_said)) or bounces.has_failure_header(headers):
        return True
    if words.AUTO_SUBJECT.match(subject) or headers.has("x-autoreply"):
        return False
    head = text[:6_000]
    has_words = words.BOUNCE_TEXT.search(head) is not None
    if is_machine and not _FORWARDED.match(subject) and (is_said or _is_daemon(from_)):
        return True
    if is_machine:
        return has_words and (words.BOUNCE_OPENING.search(head) is not None or bounces.has_failure_lines(head))
    return is_said and has_words and _has_failure_form(root, head) and _is_impersonal(from_, head)


def _is_daemon(from_: list[MailAddress]) -> bool:
    """MAILER-DAEMON is no person, whatever it writes."""
    return any(re.match(r"mailer[._-]?daemon", address.address or address.name, re.IGNORECASE) for address in from_)


def _is_impersonal(from_: list[MailAddress], text: str) -> bool:
    """Whether a sender unknown as a machine still writes like one: nobody reads its mail, or it opens as reports do."""
    if any(is_no_reply(address.address) for address in from_):
        return True
    return words.BOUNCE_OPENING.search(text) is not None and not _PERSONAL_OPENING.match(text)


def _has_failure_form(root: Part, text: str) -> bool:
    """A report by an unknown machine: it names the failed address with a reason and encloses the mail it failed on."""
    has_original = any(part.type in {"message/rfc822", "text/rfc822-headers"} for part in walk(root)[1:])
    return bounces.has_failure_lines(text) and (has_original or bounces.has_inline_original(text))


def _is_auto_reply(headers: Headers, text: str) -> bool:
    submitted = auto_submitted(headers)
    subject = headers.text("subject")
    if submitted == "auto-replied" or headers.plain("precedence").strip().lower() in {"auto_reply", "autoreply"}:
        return True
    if "vacation" in headers.plain("x-apple-action").lower():
        return True
    if any(
        _AUTO_HEADER.match(name) and value.strip().lower() not in {b"no", b"0", b"false"}
        for name, value in headers.fields
    ):
        return True
    if words.AUTO_SUBJECT.match(subject):
        return not (words.BARE_AUTO_SUBJECT.fullmatch(subject) and _QUESTION.search(text[:_OPENING_CHARS]))
    return _RECEIPT_SUBJECT.match(subject) is not None and _is_null(headers)


def _is_null(headers: Headers) -> bool:
    return headers.has("return-path") and not headers.plain("return-path").strip("<> ")
