"""Delivery notices that Amazon SES sends as JSON text through its notification service."""

from typing import Any

import msgspec

from ombud.channels.email.schemas import BounceRecipient, MailKind

_KINDS = {"bounce": MailKind.BOUNCE, "complaint": MailKind.COMPLAINT, "delivery": MailKind.DELIVERED}
_FIELDS = {
    "bounce": "bouncedRecipients",
    "complaint": "complainedRecipients",
    "delivery": "recipients",
}
_JSON_CHARS = 500_000


class SesNotice(msgspec.Struct, frozen=True):
    """What one notice says."""

    kind: MailKind
    recipients: list[BounceRecipient]
    original_message_id: str


def read_notice(text: str) -> SesNotice | None:
    """The notice in a mail's text, or None when the text is something else."""
    body = text.lstrip()
    if not body.startswith("{") or "otificationType" not in body[:_JSON_CHARS]:
        return None
    found = _decode(body[:_JSON_CHARS])
    if isinstance(found.get("Message"), str):
        found = _decode(found["Message"])
    name = str(found.get("notificationType", "")).lower()
    details = found.get(name)
    if name not in _KINDS or not isinstance(details, dict):
        return None
    entries = details.get(_FIELDS[name])
    is_permanent = details.get("bounceType") == "Permanent" and details.get("bounceSubType") != "Suppressed"
    recipients = (
        [_recipient(entry, is_permanent=is_permanent) for entry in entries] if isinstance(entries, list) else []
    )
    return SesNotice(_KINDS[name], recipients, _original_id(found.get("mail")))


def _decode(body: str) -> dict[str, Any]:
    """The JSON object that the text begins with; a footer may follow, and long lines may have been wrapped."""
    end = body.find("\n\n--")
    for candidate in (body, body[:end] if end > 0 else body, body[: body.rfind("}") + 1]):
        for text in (candidate, candidate.replace("\n", "")):
            try:
                found = msgspec.json.decode(text)
            except (msgspec.DecodeError, RecursionError):
                continue
            if isinstance(found, dict):
                return found
    return {}


def _recipient(entry: object, *, is_permanent: bool) -> BounceRecipient:
    if not isinstance(entry, dict):
        return BounceRecipient(address=str(entry), status="", hard=False)
    return BounceRecipient(
        address=str(entry.get("emailAddress", "")),
        status=str(entry.get("status", "")),
        hard=is_permanent,
        diagnostic=str(entry.get("diagnosticCode", ""))[:500],
    )


def _original_id(mail: object) -> str:
    common = mail.get("commonHeaders") if isinstance(mail, dict) else None
    return str(common.get("messageId", "")).strip("<>") if isinstance(common, dict) else ""
