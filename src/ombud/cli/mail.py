"""``ombud mail``: look at mails and replies through the mail engine, one JSON object per line."""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import msgspec

from ombud.channels.email.parse import parse_mail
from ombud.channels.email.reply import split_reply
from ombud.channels.email.reply_html import split_html_reply
from ombud.channels.email.schemas import MailKind, ParsedMail


class ReplyInput(msgspec.Struct):
    """One line of ``ombud mail reply``."""

    body: str
    format: str = "plain"


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add ``mail parse`` and ``mail reply``."""
    mail = commands.add_parser("mail", help="read mails as Ombud reads them")
    actions = mail.add_subparsers(dest="action", required=True)
    parse = actions.add_parser("parse", help="print what each mail file says")
    parse.add_argument("files", nargs="+", metavar="FILE", help="a raw mail (.eml)")
    parse.add_argument("--json", action="store_true", help="one JSON object per line")
    parse.set_defaults(run=run_parse)
    reply = actions.add_parser("reply", help='print the new part of each body: JSON lines {"body", "format"} on stdin')
    reply.add_argument("--json", action="store_true", help="one JSON object per line")
    reply.set_defaults(run=run_reply)


def run_parse(args: argparse.Namespace) -> int:
    """Print one line per file; a file that cannot be read is a line with ``problem``."""
    for name in args.files:
        row = describe_file(name)
        row["file"] = os.fsencode(name).decode("utf-8", "replace")
        print(msgspec.json.encode(row).decode() if args.json else _readable(row))
    return 0


def describe_file(name: str) -> dict[str, Any]:
    """What one mail file says, as the JSON row of ``mail parse``."""
    try:
        raw = Path(name).read_bytes()
    except (OSError, ValueError) as error:
        return {"file": name, "problem": f"The file cannot be read: {error}"}
    return {"file": name, **describe_mail(parse_mail(raw))}


def describe_mail(mail: ParsedMail) -> dict[str, Any]:
    """A parsed mail without the attachments' bytes."""
    row: dict[str, Any] = {
        "message_id": mail.message_id,
        "in_reply_to": mail.in_reply_to,
        "references": mail.references,
        "subject": mail.subject,
        "from": mail.from_,
        "to": mail.to,
        "cc": mail.cc,
        "reply_to": mail.reply_to,
        "date": mail.date,
        "text": mail.text,
        "html": mail.html,
        "reply": mail.reply,
        "attachments": [{"name": part.name, "type": part.type, "bytes": part.size} for part in mail.attachments],
        "kind": mail.kind,
        "is_bulk": mail.is_bulk,
    }
    if mail.kind is not MailKind.NORMAL:
        row["recipients"] = [{"address": to.address, "status": to.status, "hard": to.hard} for to in mail.recipients]
        row["original_message_id"] = mail.original_message_id
    return row | ({"problem": mail.problem} if mail.problem else {})


def _readable(row: dict[str, Any]) -> str:
    lines = [f"{key}: {value}" for key, value in row.items() if key not in {"text", "html", "reply"} and value]
    return "\n".join([*lines, "", row.get("reply", ""), ""])


def run_reply(args: argparse.Namespace) -> int:
    """Print ``{"reply"}`` for each line of stdin; a line that is no such JSON gives ``problem``."""
    for row in read_replies(sys.stdin):
        print(msgspec.json.encode(row).decode() if args.json else row.get("reply", row.get("problem", "")))
    return 0


def read_replies(lines: TextIO) -> Iterator[dict[str, str]]:
    """The new part of each JSON line's body, in order."""
    for line in lines:
        if not line.strip():
            continue
        try:
            given = msgspec.json.decode(line, type=ReplyInput)
        except msgspec.DecodeError as error:
            yield {"reply": "", "problem": f"Not a JSON line with a body: {error}"}
            continue
        split = split_html_reply if given.format == "html" else split_reply
        yield {"reply": split(given.body).reply}
