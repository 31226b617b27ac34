"""From the tree of parts to body text and attachments, by the rules of JMAP (RFC 8621 section 4.1.4)."""

import re
from dataclasses import dataclass, field

from ombud.channels.email.charsets import decode_text
from ombud.channels.email.headers import decode_words
from ombud.channels.email.mime import Part, split_uuencoded
from ombud.channels.email.schemas import MailAttachment, MailLimits
from ombud.channels.email.text import normalise_lines, text_from_html, unflow

_INLINE_MEDIA = re.compile(r"(?:image|audio|video)/")
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,40})", re.IGNORECASE)
_REPORT_TYPES = frozenset({"message/delivery-status", "message/feedback-report", "message/disposition-notification"})


@dataclass(slots=True)
class Bodies:
    """What a mail shows: ``shown`` in order, each with whether it is HTML; ``html`` the richer alternative."""

    shown: list[tuple[bool, str]] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[MailAttachment] = field(default_factory=list)

    def text(self, limits: MailLimits) -> str:
        """The readable body; HTML without a plain twin is rendered."""
        pieces = [
            text_from_html(content[: limits.rendered_chars]) if is_html else content for is_html, content in self.shown
        ]
        return "\n".join(piece.rstrip("\n") + "\n" for piece in pieces if piece.strip()).strip("\n")[
            : limits.text_chars
        ]


@dataclass(slots=True)
class _Step:
    """One node still to visit; the lists are shared with its siblings."""

    part: Part
    container: str
    is_first: bool
    in_alternative: bool


def collect_bodies(root: Part, hint: str, limits: MailLimits) -> Bodies:
    """Walk the tree once, in reading order."""
    bodies = Bodies()
    todo = [_Step(root, "", is_first=True, in_alternative=False)]
    while todo:
        step = todo.pop()
        if step.part.children:
            todo.extend(reversed(_children(step)))
        else:
            _place(bodies, step, hint, limits)
    return bodies


def _children(step: _Step) -> list[_Step]:
    kind = step.part.type
    parts = step.part.children
    in_alternative = step.in_alternative
    if kind == "multipart/alternative":
        in_alternative = any(_has_type(part, "text/plain") for part in parts)
    return [_Step(part, kind, index == 0, in_alternative) for index, part in enumerate(parts)]


def _has_type(part: Part, media_type: str) -> bool:
    todo = [part]
    while todo:
        found = todo.pop()
        if found.type == media_type and not found.children and found.body.strip():
            return True
        todo.extend(found.children)
    return False


def _is_body(step: _Step) -> bool:
    part = step.part
    if part.type not in {"text/plain", "text/html", "text/enriched"} or part.headers.disposition()[0] == "attachment":
        return False
    return step.is_first or (step.container != "multipart/related" and not part.name)


def _place(bodies: Bodies, step: _Step, hint: str, limits: MailLimits) -> None:
    part = step.part
    if not _is_body(step):
        bodies.attachments.append(attachment_of(part, step.container))
        return
    content = part.content()
    if part.type == "text/html":
        html = decode_html(content[: limits.text_chars * 4], part.charset, hint)
        bodies.html.append(html)
        if not step.in_alternative:
            bodies.shown.append((True, html))
        return
    files, content = split_uuencoded(content) if b"begin" in content else ([], content)
    bodies.attachments.extend(_uuencoded_attachment(name, data) for name, data in files)
    bodies.shown.append((False, _plain_text(part, content[: limits.text_chars * 4], hint)))


def _plain_text(part: Part, content: bytes, hint: str) -> str:
    text = normalise_lines(decode_text(content, part.charset, hint))
    if part.parameters.get("format", "").lower() == "flowed":
        return unflow(text, is_delsp=part.parameters.get("delsp", "").lower() == "yes")
    return text


def decode_html(content: bytes, charset: str, hint: str) -> str:
    """Decode HTML; its own meta tag stands in when the part declares no charset."""
    if not charset and (match := _META_CHARSET.search(content[:5_000])):
        charset = match[1].decode("ascii")
    return normalise_lines(decode_text(content, charset, hint))


def attachment_of(part: Part, container: str = "") -> MailAttachment:
    """The part as a file, under a safe name."""
    content = part.content()
    content_id = part.headers.plain("content-id").strip("<> ")
    disposition = part.headers.disposition()[0]
    is_inline = (bool(content_id) and container == "multipart/related") or disposition == "inline"
    return MailAttachment(
        name=safe_name(part.name or _forwarded_subject(part)),
        type=part.type,
        size=len(content),
        content_id=content_id,
        is_inline=is_inline and disposition != "attachment",
        data=content,
    )


def _forwarded_subject(part: Part) -> str:
    if part.type != "message/rfc822":
        return ""
    match = re.search(rb"^Subject:[ \t]*([^\r\n]{1,200})", part.body[:20_000], re.MULTILINE | re.IGNORECASE)
    return decode_words(decode_text(match[1])) + ".eml" if match else ""


def safe_name(name: str) -> str:
    """A file name without folders and control characters; direction marks that disguise an ending are removed."""
    name = re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", name)
    name = re.split(r"[/\\]", name)[-1].strip(" .") if re.search(r"[/\\]", name) else name.strip()
    return name[:200]


def _uuencoded_attachment(name: bytes, data: bytes) -> MailAttachment:
    return MailAttachment(
        name=safe_name(decode_text(name).strip()), type="application/octet-stream", size=len(data), data=data
    )


def report_parts(root: Part) -> list[Part]:
    """Machine-readable report parts, in order; forwarded mails are not looked into."""
    return [
        part
        for part in walk(root)
        if part.type in _REPORT_TYPES or part.type.endswith(("delivery-status", "feedback-report"))
    ]


def walk(root: Part) -> list[Part]:
    """Every part, parents first, in reading order."""
    found, todo = [], [root]
    while todo:
        part = todo.pop()
        found.append(part)
        todo.extend(reversed(part.children))
    return found
