"""Reading delivery reports (RFC 3464), complaints (RFC 5965) and the free-form bounces of older systems."""

import re

from ombud.channels.email import bounce_words as words
from ombud.channels.email.bodies import walk
from ombud.channels.email.charsets import decode_text
from ombud.channels.email.headers import Headers, split_headers
from ombud.channels.email.mime import Part
from ombud.channels.email.schemas import BounceRecipient

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_AFTER_CODE = re.compile(r"(?<![\d.])[45]\d\d[ -]['\"]?([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -]|$)")
_OUTSIDE = r"\s<>()\[\]\",;:\uff1a\uff08\uff09\uff0c\uff1b\u3001\u3002\u300a-\u3011\u201c\u201d"
_ADDRESS = re.compile(rf"<?([^{_OUTSIDE}@]{{1,128}}@[\w.-]+[A-Za-z0-9])>?")
_ORIGINAL_ID = re.compile(r"^\s*Message-ID\s*:\s*<?([^<>\s]{3,500})>?", re.IGNORECASE | re.MULTILINE)
_REACHED = frozenset({"delivered", "relayed", "expanded", "deliverable"})
_DEAD_CODES = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4", "5.1.351"})
_ALIVE_CLASSES = ("5.2.", "5.3.", "5.6.", "5.7.", "4.")


def has_failure_header(headers: Headers) -> bool:
    """Whether the transport itself marked the mail as a failure."""
    return headers.has("x-failed-recipients") or headers.plain("x-ironport-bounce").strip() != ""


def has_failure_lines(text: str) -> bool:
    """Whether some line names an address and its failure, or repeats a server's refusal."""
    return words.FAILURE_LINE.search(text) is not None


def has_inline_original(text: str) -> bool:
    """Whether the returned mail's headers are copied into the text."""
    return words.INLINE_ORIGINAL.search(text[:60_000]) is not None


def is_odd_complaint(headers: Headers, text: str) -> bool:
    """Complaints that name no report type but carry its fields in the text."""
    subject = headers.text("subject").lower()
    is_named = (
        "abuse report" in subject or "feedback report" in subject or subject.startswith("complaint about message")
    )
    return headers.has("x-hmxmroriginalrecipient") or (
        is_named and re.search(r"^Feedback-Type:", text, re.MULTILINE) is not None
    )


def complaint_recipients(reports: list[Part]) -> list[BounceRecipient]:
    """Whom the complaint is from, where the provider tells."""
    found: list[str] = []
    for part in reports:
        for group in _groups(part):
            found += [value for name, value in group if name in {"original-rcpt-to", "removal-recipient"}]
    addresses = dict.fromkeys(match[1] for value in found if (match := _ADDRESS.search(value)))
    return [BounceRecipient(address=address, status="", hard=False) for address in addresses] or [_nobody()]


def _nobody() -> BounceRecipient:
    return BounceRecipient(address="", status="", hard=False)


def _groups(part: Part) -> list[list[tuple[str, str]]]:
    """The field groups of a report part; blank lines separate them."""
    data = part.content().replace(b"\r\n", b"\n").strip(b"\n")
    groups = []
    for block in re.split(rb"\n[ \t]*\n+", data)[:500]:
        headers, _ = split_headers(block + b"\n", 0, len(block) + 1, 100_000)
        groups.append([(name, decode_text(value, part.charset).strip()) for name, value in headers.fields])
    return groups


def read_recipients(root: Part, text: str, reports: list[Part]) -> tuple[list[BounceRecipient], bool]:
    """The failed or reached addresses, and whether the report says that all were reached."""
    statuses = [part for part in reports if part.type.endswith("delivery-status")]
    found: list[tuple[BounceRecipient, str]] = []
    for part in statuses:
        for group in _groups(part):
            entry = _from_group(dict(reversed(group)), text)
            found += [entry] if entry else []
    if found:
        actions = {action for _, action in found}
        return _unique([entry for entry, _ in found]), actions <= _REACHED and bool(actions)
    failed = re.findall(r"[^\s,;<>]+@[^\s,;<>]+", root.headers.plain("x-failed-recipients"))
    return _unique(_from_text(text, failed)), False


def _unique(entries: list[BounceRecipient]) -> list[BounceRecipient]:
    return list(
        {entry.address.lower() or str(index): entry for index, entry in reversed(list(enumerate(entries)))}.values()
    )[::-1]


def _from_group(fields: dict[str, str], text: str) -> tuple[BounceRecipient, str] | None:
    action = (fields.get("action", "").lower().split() or [""])[0]
    address = _address_field(fields)
    if not (action or address) or not ({"final-recipient", "original-recipient", "action", "status"} & set(fields)):
        return None
    diagnostic = re.sub(r"^\s*[\w-]+\s*;\s*", "", fields.get("diagnostic-code", ""))
    status_match = _STATUS.search(fields.get("status", ""))
    status = status_match[1] if status_match else ""
    told = _AFTER_CODE.search(diagnostic) or (
        _status_in(diagnostic or _near(text, address)) if _is_vague(status) else None
    )
    status = told[1] if told else status
    is_failed = action not in _REACHED | {"delayed"}
    said = diagnostic or _near(text, address)
    return BounceRecipient(
        address=address, status=status, hard=is_failed and is_dead(status, said), diagnostic=diagnostic[:500]
    ), action


def _is_vague(status: str) -> bool:
    return not status or status.endswith(".0.0")


def _status_in(said: str) -> re.Match[str] | None:
    return _STATUS.search(said)


def _address_field(fields: dict[str, str]) -> str:
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        value = re.sub(r"^\s*[\w-]+\s*;\s*", "", fields.get(name, ""))
        if match := _ADDRESS.search(value):
            return match[1]
    return ""


def _near(text: str, address: str) -> str:
    """The lines that follow an address in the words of the report."""
    position = max(text.find(address) if address else 0, 0)
    nearby = text[position : position + 600]
    others = [match.start() for match in re.finditer(rf"^\W{{0,3}}[^{_OUTSIDE}@]+@[\w.-]+", nearby, re.MULTILINE)]
    return nearby[
        : next(
            (start for start in others if start > 0 and address not in nearby[start : start + len(address) + 4]), 600
        )
    ]


def is_dead(status: str, diagnostic: str) -> bool:
    """Whether nobody can ever be reached there: no such user or host, moved away, or a host that takes no mail."""
    if status.startswith(("2.", "4.")):
        return False
    is_named_dead = words.DEAD.search(diagnostic) is not None
    if status in _DEAD_CODES:
        return (is_named_dead and status != "5.1.0") or words.ALIVE.search(diagnostic) is None
    if status == "5.2.1" and re.search(r"user[ _]?unknown", diagnostic, re.IGNORECASE):
        return True
    if status.startswith(_ALIVE_CLASSES):
        return is_named_dead and words.ALIVE.search(diagnostic) is None
    return is_named_dead


def _from_text(text: str, failed: list[str]) -> list[BounceRecipient]:
    original = words.INLINE_ORIGINAL.search(text[:60_000])
    said = text[: original.start()] if original else text[:20_000]
    addresses = failed or _named_addresses(said)
    return [_describe(address, said) for address in addresses] or [_describe("", said)]


def _named_addresses(said: str) -> list[str]:
    """Addresses that begin a line, as every free-form report lists them; otherwise the first one named."""
    listed = re.findall(rf"^[\W_]{{0,6}}<?([^{_OUTSIDE}]+@[\w.-]+\w)>?", said, re.MULTILINE)
    listed += re.findall(r"^\s*5\d\d[ -](?:\d\.\d\.\d )?<([^\s<>]+@[\w.-]+\w)>", said, re.MULTILINE)
    anywhere = [match[1] for match in _ADDRESS.finditer(said)][:1]
    return list(dict.fromkeys(listed or anywhere))[:50]


def _describe(address: str, said: str) -> BounceRecipient:
    near = _near(said, address)
    status = _STATUS.search(near) or _STATUS.search(said)
    return BounceRecipient(
        address=address,
        status=status[1] if status else "",
        hard=is_dead(status[1] if status else "", near),
        diagnostic=near[:300].strip(),
    )


def original_message_id(root: Part) -> str:
    """The Message-ID of the mail that the report is about, when it is enclosed."""
    for part in walk(root)[1:]:
        if part.type in {
            "message/rfc822",
            "text/rfc822-headers",
            "message/rfc822-headers",
            "message/global",
            "message/global-headers",
        }:
            data = part.content()
            headers, _ = split_headers(data.lstrip(b"\r\n"), 0, len(data), 200_000)
            if match := _ORIGINAL_ID.match(f"Message-ID: {headers.plain('message-id')}"):
                return match[1]
    bodies = [root, *walk(root)[1:]]
    for part in bodies:
        is_text = not part.children and part.type.startswith("text/")
        if is_text and (match := _ORIGINAL_ID.search(decode_text(part.content()[:200_000]))):
            return match[1]
    return ""
