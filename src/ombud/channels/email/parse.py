"""Bytes to ``ParsedMail``; never raises, whatever the bytes."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from ombud.channels.email.addresses import parse_addresses
from ombud.channels.email.authentication import check_authentication, read_headers, trusted_results
from ombud.channels.email.bodies import Bodies, attachment_of, collect_bodies, walk
from ombud.channels.email.guard import read_guard_headers
from ombud.channels.email.headers import Headers, split_headers
from ombud.channels.email.kind import classify_mail, is_bulk_mail
from ombud.channels.email.mime import Part, parse_tree
from ombud.channels.email.reply import split_reply
from ombud.channels.email.reply_html import split_html_reply
from ombud.channels.email.resolver import Records, wanted_names
from ombud.channels.email.schemas import MailAddress, MailLimits, ParsedMail

_ID = re.compile(r"<([^<>\s]{1,500})>")
_DEFAULT_LIMITS = MailLimits()


def parse_mail(
    raw: bytes, *, limits: MailLimits = _DEFAULT_LIMITS, authserv_id: str = "", records: Records | None = None
) -> ParsedMail:
    """Read a mail of any shape; ``problem`` names what was beyond a limit or unreadable.

    ``authserv_id`` is the name under which our own receiving server writes Authentication-Results; others' are ignored.
    Where it wrote none and there are ``records``, looked up for ``records_wanted``, DKIM signatures are verified here.
    """
    if len(raw) > limits.mail_bytes:
        return _parse(
            raw[: limits.header_bytes],
            limits,
            f"The mail is larger than {limits.mail_bytes} bytes; only its head was read.",
        )
    parsed = _parse(raw, limits, "")
    authentication = check_authentication(raw, from_=parsed.from_, authserv_id=authserv_id, records=records)
    return _replaced(parsed, authentication=authentication)


def records_wanted(raw: bytes, authserv_id: str, limits: MailLimits = _DEFAULT_LIMITS) -> list[str]:
    """Names of the DNS records that our own check of a mail needs; none where our server has checked it already."""
    headers = read_headers(raw)
    if trusted_results(headers, authserv_id):
        return []
    from_ = parse_addresses(headers.plain("from")[: limits.value_chars], 2, "")
    return wanted_names(headers, from_)


def _replaced(parsed: ParsedMail, **changes: object) -> ParsedMail:
    values = {name: getattr(parsed, name) for name in parsed.__struct_fields__}
    return ParsedMail(**(values | changes))


def clean_start(raw: bytes) -> bytes:
    """Without an mbox line, a byte-order mark or blank lines before the headers, and with line feeds in it."""
    if b"\n" not in raw[:65_536] and b"\r" in raw[:65_536]:
        raw = raw.replace(b"\r", b"\n")
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    head = raw[:200].lstrip(b" \t\r\n")
    raw = raw[len(raw[:200]) - len(head) :]
    if raw.startswith((b"From ", b">From ")) and not raw[4:20].lstrip(b" \t").startswith(b":"):
        return raw[raw.find(b"\n") + 1 :] if b"\n" in raw[:2_000] else raw
    return raw


def _parse(raw: bytes, limits: MailLimits, problem: str) -> ParsedMail:
    raw = clean_start(raw)
    root, found = parse_tree(raw, limits)
    hint = _charset_hint(root)
    headers = root.headers
    headers.hint = hint
    bodies = Bodies() if problem else collect_bodies(root, hint, limits)
    if root.type == "message/rfc822" and not bodies.attachments:
        bodies.attachments.append(attachment_of(root))
    text = bodies.text(limits)
    html = "\n".join(bodies.html)[: limits.text_chars * 2]
    addresses, too_many = _all_addresses(headers, limits)
    verdict = classify_mail(root, text, addresses["from"])
    reply, quoted = _split(bodies, text, html, limits)
    return ParsedMail(
        message_id=_message_id(headers),
        in_reply_to=_first_id(headers.plain("in-reply-to")),
        references=_ID.findall(headers.plain("references")[:100_000])[-500:],
        subject=headers.text("subject"),
        from_=addresses["from"],
        sender=addresses["sender"],
        to=addresses["to"],
        cc=addresses["cc"],
        reply_to=addresses["reply-to"],
        date=parse_date(headers.plain("date")),
        text=text,
        html=html,
        reply=reply,
        quoted=quoted,
        attachments=bodies.attachments,
        kind=verdict.kind,
        is_bulk=is_bulk_mail(headers),
        recipients=verdict.recipients,
        original_message_id=verdict.original_message_id,
        guard=read_guard_headers(headers),
        problem=problem or found or too_many,
    )


def _split(bodies: Bodies, text: str, html: str, limits: MailLimits) -> tuple[str, str]:
    is_html_only = bool(bodies.shown) and all(is_html for is_html, _ in bodies.shown)
    parts = split_html_reply(html[: limits.rendered_chars]) if is_html_only else split_reply(text)
    return parts.reply, parts.quoted


def _charset_hint(root: Part) -> str:
    return next((part.charset for part in walk(root) if part.charset), "")


def _all_addresses(headers: Headers, limits: MailLimits) -> tuple[dict[str, list[MailAddress]], str]:
    """The address fields; repeated To and Cc lines are joined, a repeated From is not."""
    found: dict[str, list[MailAddress]] = {}
    problem = ""
    for name in ("from", "sender", "to", "cc", "reply-to"):
        values = headers.all_raw(name)[: None if name in {"to", "cc"} else 1]
        plain = ", ".join(Headers([(name, value)], headers.hint).plain(name) for value in values if value)
        found[name] = parse_addresses(plain[: limits.value_chars], limits.recipients + 1, headers.hint)
        if len(found[name]) > limits.recipients or len(plain) > limits.value_chars:
            problem = f"The mail has more than {limits.recipients} recipients; the rest was not read."
            found[name] = found[name][: limits.recipients]
    return found, problem


def _first_id(value: str) -> str:
    match = _ID.search(value)
    return match[1] if match else ""


def _message_id(headers: Headers) -> str:
    value = headers.plain("message-id") or headers.plain("message-id:")
    return _first_id(value) or value.strip("<> ").split(" ")[0][:500]


def parse_date(value: str) -> datetime | None:
    """The date as aware UTC; None when it cannot be read. A date without a zone is taken as UTC."""
    if not value:
        return None
    try:
        date = parsedate_to_datetime(value[:200])
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    try:
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_headers(raw: bytes, limits: MailLimits = _DEFAULT_LIMITS) -> Headers:
    """Only the header block, for a look at a mail that is not to be read in full."""
    raw = clean_start(raw)
    return split_headers(raw, 0, len(raw), limits.header_bytes)[0]
