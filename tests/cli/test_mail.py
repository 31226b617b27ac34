import argparse
import io
import json
from pathlib import Path

import pytest

from ombud.cli.mail import add_commands

BOUNCE = b"From: MAILER-DAEMON@mx.cn\nTo: a@b.cn\nSubject: failure notice\n\n<x@y.cn>:\n550 5.1.1 no such user\n"


def _run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    args = parser.parse_args(["mail", *arguments])
    return int(args.run(args))


def test_mail_parse_prints_one_json_line_per_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bounce = tmp_path / "good.eml", tmp_path / "bounce.eml"
    good.write_bytes("From: 李 <li@qq.com>\nTo: a@b.cn\nSubject: 你好\nMessage-ID: <1@x>\n\n好的\n\n> old\n".encode())
    bounce.write_bytes(BOUNCE)
    assert _run("parse", "--json", str(good), str(bounce), str(tmp_path / "none.eml")) == 0
    first, second, third = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["from"] == [["李", "li@qq.com"]]
    assert (first["subject"], first["reply"], first["kind"], first["message_id"]) == ("你好", "好的", "normal", "1@x")
    assert second["recipients"] == [{"address": "x@y.cn", "status": "5.1.1", "hard": True}]
    assert "cannot be read" in third["problem"]


def test_mail_parse_lists_attachments_without_their_bytes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"Content-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\nAAAA\n")
    _run("parse", "--json", str(path))
    assert json.loads(capsys.readouterr().out)["attachments"] == [{"name": "a.png", "type": "image/png", "bytes": 3}]


def test_mail_parse_without_json_is_readable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"Subject: Hello\n\nhi\n")
    _run("parse", str(path))
    assert "subject: Hello" in capsys.readouterr().out


def test_mail_reply_prints_the_new_part_of_each_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        json.dumps({"body": "Yes.\n\nOn 3 Jun 2024, A wrote:\n> old", "format": "plain"}),
        json.dumps({"body": "<p>Yes.</p><blockquote>old</blockquote>", "format": "html"}),
        "no json",
    ]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    assert _run("reply", "--json") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["reply"] for row in rows] == ["Yes.", "Yes.", ""]
    assert "problem" in rows[2]
