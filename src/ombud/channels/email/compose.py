"""Structs to mails: what we send, built so that no value can add a header or a recipient."""

import re
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime

import msgspec

from ombud.channels.email.addresses import HeaderInjection, check_header, format_address
from ombud.channels.email.schemas import MailAddress

AUTOMATIC_HEADER = "X-Ombud-Automatic"
_MESSAGE_ID = re.compile(r"[^\s<>@\x00-\x1f]{1,300}@[^\s<>@\x00-\x1f]{1,200}")
_TYPE = re.compile(r"[\w.+-]{1,100}/[\w.+-]{1,100}")
_LINE_WIDTH = 78
_REFERENCES = 20


class OutgoingFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file to send; with ``content_id`` it is shown inside the HTML as ``cid:``."""

    name: str
    type: str
    data: bytes
    content_id: str = ""


class OutgoingMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to send. Ids have no angle brackets; ``bcc`` goes into the envelope only.

    ``is_automatic`` marks it as no person's work, so that other machines do not answer it (RFC 3834).
    """

    from_: MailAddress
    to: list[MailAddress]
    subject: str
    text: str
    date: datetime
    message_id: str
    cc: list[MailAddress] = []
    bcc: list[MailAddress] = []
    reply_to: list[MailAddress] = []
    html: str = ""
    attachments: list[OutgoingFile] = []
    in_reply_to: str = ""
    references: list[str] = []
    is_automatic: bool = False


class NoRecipient(ValueError):
    """The mail has no recipient. Give at least one address in to, cc or bcc."""

    code = "no_recipient"


_POLICY = SMTP.clone(max_line_length=_LINE_WIDTH)


def compose_mail(mail: OutgoingMail) -> EmailMessage:
    """The message as it goes out; its envelope recipients are ``envelope_recipients(mail)``.

    Raises:
        HeaderInjection: a control character in a header value, an address or id that is none, a file with a false type.
        NoRecipient: nobody to send to.
    """
    if not envelope_recipients(mail):
        raise NoRecipient("A mail needs at least one recipient.")
    message = EmailMessage(policy=_POLICY)
    _set_headers(message, mail)
    message.set_content(_body(mail.text), subtype="plain", charset="utf-8", cte=_encoding(mail.text))
    if mail.html:
        _add_html(message, mail)
    for file in mail.attachments:
        if not file.content_id or not mail.html:
            _attach(message, file, "attachment")
    return message


def envelope_recipients(mail: OutgoingMail) -> list[str]:
    """Every address of To, Cc and Bcc once, in order."""
    return list(dict.fromkeys(address.address for address in [*mail.to, *mail.cc, *mail.bcc]))


def _set_headers(message: EmailMessage, mail: OutgoingMail) -> None:
    message["From"] = format_address(mail.from_)
    for name, addresses in (("To", mail.to), ("Cc", mail.cc), ("Reply-To", mail.reply_to)):
        if addresses:
            message[name] = ", ".join(format_address(address) for address in addresses)
    for address in mail.bcc:
        format_address(address)
    message["Subject"] = check_header(mail.subject)
    message["Date"] = format_datetime(mail.date.astimezone(UTC))
    message["Message-ID"] = _bracketed(mail.message_id)
    if mail.in_reply_to:
        message["In-Reply-To"] = _bracketed(mail.in_reply_to)
    references = mail.references or ([mail.in_reply_to] if mail.in_reply_to else [])
    if references:
        # The first id anchors the thread in most programs; of the rest the newest matter.
        kept = references if len(references) <= _REFERENCES else [references[0], *references[1 - _REFERENCES :]]
        message["References"] = " ".join(_bracketed(reference) for reference in kept)
    if mail.is_automatic:
        message["Auto-Submitted"] = "auto-replied" if mail.in_reply_to else "auto-generated"
        if mail.in_reply_to:
            # Old out-of-office programs know no RFC 3834, and do know this.
            message["Precedence"] = "auto_reply"
        message["X-Auto-Response-Suppress"] = "All"
        message[AUTOMATIC_HEADER] = "yes"


def _bracketed(message_id: str) -> str:
    if not _MESSAGE_ID.fullmatch(message_id):
        raise HeaderInjection(f"Not a Message-ID: {message_id[:60]!r}")
    return f"<{message_id}>"


def _body(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _encoding(text: str) -> str:
    """Base64 when most of it is beyond ASCII, quoted-printable otherwise; eight-bit lines break on old servers."""
    foreign = sum(char > "\x7f" for char in text)
    return "base64" if foreign * 3 > len(text) else "quoted-printable"


def _add_html(message: EmailMessage, mail: OutgoingMail) -> None:
    message.add_alternative(_body(mail.html), subtype="html", charset="utf-8", cte=_encoding(mail.html))
    payload = message.get_payload()
    if not isinstance(payload, list) or not isinstance(payload[-1], MIMEPart):
        return
    for file in mail.attachments:
        if file.content_id:
            _attach_related(payload[-1], file)


def _attach_related(part: MIMEPart, file: OutgoingFile) -> None:
    main, sub = _media_type(file)
    content_id = f"<{check_header(file.content_id).strip('<> ')}>"
    part.add_related(
        file.data, maintype=main, subtype=sub, cid=content_id, filename=_file_name(file), disposition="inline"
    )


def _attach(message: EmailMessage, file: OutgoingFile, disposition: str) -> None:
    main, sub = _media_type(file)
    message.add_attachment(file.data, maintype=main, subtype=sub, filename=_file_name(file), disposition=disposition)


def _media_type(file: OutgoingFile) -> tuple[str, str]:
    if not _TYPE.fullmatch(file.type):
        raise HeaderInjection(f"Not a media type: {file.type[:60]!r}")
    main, _, sub = file.type.partition("/")
    # Bytes that claim to be a mail or a multipart must not become part of this one's structure.
    return ("application", "octet-stream") if main.lower() in {"multipart", "message"} else (main, sub)


def _file_name(file: OutgoingFile) -> str:
    return check_header(file.name)[:200]
