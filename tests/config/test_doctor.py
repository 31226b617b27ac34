"""The doctor finds each illness, says it in two languages, and calls the healthy healthy."""

import asyncio
import socket
import string
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
from msgspec import structs

from ombud.channels.queries import StoredChannel
from ombud.channels.schemas import ConnectionTest
from ombud.config.doctor import database, machine
from ombud.config.doctor.examine import examine
from ombud.config.doctor.wording import WORDING
from ombud.config.settings import Settings
from ombud.shared.crypto import KeyRing
from tests.config.findings import add, codes
from tests.natsserver import NatsServer

NOW = datetime.now(UTC)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("code", sorted(WORDING))
def test_wording_of_each_finding_is_complete_in_both_languages(code: str) -> None:
    wording = WORDING[code]
    assert wording.en
    assert wording.zh
    assert bool(wording.mend_en) == bool(wording.mend_zh)

    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    if code != "migrations_newer":
        assert names(wording.en) == names(wording.zh)
    assert names(wording.mend_en) == names(wording.mend_zh)


def test_wording_of_each_illness_says_how_to_mend_it() -> None:
    healthy = {"public_url_ok", "port_ours", "port_free", "key_none_yet", "database_none_yet", "mail_none"}
    mute = {code for code, wording in WORDING.items() if not wording.mend_en}
    assert all(code.endswith("_ok") or code in healthy for code in mute)


def test_examine_fresh_desk_finds_nothing_bad_but_the_pages(
    desk_with_pages: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OMBUD_TEST_SERVER", "OMBUD_TEST_PG"):
        monkeypatch.delenv(name, raising=False)
    found = examine(desk_with_pages, desk_with_pages.database_url, now=datetime.now(UTC))
    # The test server is a forgetful one, on purpose, and the machine's disk is not ours.
    assert set(codes(found, "bad", "warn")) <= {"durable_not", "pages_missing", "disk_low"}
    for finding in found:
        assert finding.text("en")
        assert finding.text("zh")


@pytest.fixture
def desk_with_pages(settings: Settings, free_port: int) -> Settings:
    KeyRing.load(settings.key_file)
    return structs.replace(settings, port=free_port)


def test_examine_without_a_database_is_calm(settings: Settings, free_port: int) -> None:
    found = examine(structs.replace(settings, port=free_port), None, now=NOW)
    assert found[-1].code == "database_none_yet"


def test_examine_database_that_is_away_says_so(settings: Settings) -> None:
    found = examine(settings, "postgresql://nobody@127.0.0.1:1/none", now=NOW)
    assert codes(found, "bad")[-1] == "database_away"


def test_examine_database_without_a_schema_asks_for_migrations(settings: Settings, empty_url: str) -> None:
    found = examine(settings, empty_url, now=NOW)
    assert found[-1].code == "migrations_pending"
    assert "ombud migrate" in found[-1].mend("en")


def test_examine_database_of_a_newer_version_says_so(settings: Settings, connection: psycopg.Connection) -> None:
    add(
        connection,
        "insert into _yoyo_migration (migration_hash, migration_id, applied_at_utc) values ('x', '9999.future', now())",
    )
    assert examine(settings, settings.database_url, now=NOW)[-1].code == "migrations_newer"


@pytest.mark.parametrize(
    ("host", "public_url", "code"),
    [
        ("127.0.0.1", "", "public_url_ok"),
        ("127.0.0.1", "https://desk.example.com", "public_url_ok"),
        ("127.0.0.1", "http://localhost:8700", "public_url_ok"),
        ("0.0.0.0", "", "public_url_missing"),  # noqa: S104 – examined, not bound
        ("0.0.0.0", "http://desk.example.com", "public_url_plain"),  # noqa: S104
        ("127.0.0.1", "https://desk.example.com/desk", "public_url_path"),
        ("127.0.0.1", "https://desk.example.com/?a=b", "public_url_path"),
        ("127.0.0.1", "https://a:b@desk.example.com", "public_url_path"),
    ],
)
def test_check_address_judges_what_links_lead_to(host: str, public_url: str, code: str) -> None:
    (finding,) = machine.check_address(Settings(data=Path("/tmp"), host=host, public_url=public_url))  # noqa: S108
    assert finding.code == code


def test_check_folder_that_is_closed_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert machine.check_folder("data", tmp_path / "file").code == "data_closed"
    assert machine.check_folder("files", Path("/proc/none")).code == "files_closed"
    assert machine.check_folder("data", tmp_path / "not" / "yet").level == "ok"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_check_disk_low_warns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.check_disk(tmp_path / "not" / "yet")[0].check == "disk"
    monkeypatch.setattr(machine, "DISK_WARN_GIB", 10.0**9)
    assert machine.check_disk(tmp_path)[0].level == "warn"
    monkeypatch.setattr(machine, "DISK_BAD_GIB", 10.0**9)
    assert machine.check_disk(tmp_path)[0].level == "bad"


def test_check_key_file_judges_its_text_and_its_mode(settings: Settings) -> None:
    assert machine.check_key_file(settings) == []
    keys = KeyRing.load(settings.key_file)
    (finding,) = machine.check_key_file(settings)
    assert (finding.code, finding.values["id"]) == ("key_ok", keys.id)
    settings.key_file.chmod(0o644)
    assert codes(machine.check_key_file(settings)) == ["key_open"]
    settings.key_file.write_text("not a key")
    assert codes(machine.check_key_file(settings), "bad") == ["key_wrong"]


class Answering(BaseHTTPRequestHandler):
    """A program on our port: ours when it says so."""

    status, body = 200, b'{"program": "ombud"}'

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, b'{"program": "ombud"}', "port_ours"),
        (503, b'{"program": "ombud"}', "port_sick"),
        (200, b'{"program": "grafana"}', "port_taken"),
        (200, b"[]", "port_taken"),
        (200, b"<html>", "port_taken"),
    ],
)
def test_check_port_tells_who_answers(settings: Settings, status: int, body: bytes, code: str) -> None:
    handler = type("Handler", (Answering,), {"status": status, "body": body})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        # The first connection is the doctor's knock; the server takes it as an empty request.
        threading.Thread(target=server.handle_request, daemon=True).start()
        finding = machine.check_port(structs.replace(settings, port=server.server_port))
    assert finding.code == code


def test_check_variables_mistyped_names_the_one_that_was_meant() -> None:
    [finding] = machine.check_variables({"OMBUD_TRUSTED_PROXY": "10.0.0.0/8", "OMBUD_PORT": "8700", "PATH": "/bin"})
    assert (finding.code, finding.level) == ("variable_unknown", "warn")
    assert "OMBUD_TRUSTED_PROXIES" in str(finding)


@pytest.mark.needs_nats
def test_check_bus_tells_whether_the_server_answers(nats_server: NatsServer) -> None:
    assert [one.code for one in machine.check_bus(nats_server.address)] == ["bus_ok"]
    nats_server.kill()
    [finding] = machine.check_bus(nats_server.address)
    assert finding.code == "bus_away"
    assert "secret" not in str(finding)


def test_check_bus_without_one_has_nothing_to_say() -> None:
    assert machine.check_bus("") == []


def test_check_port_free_is_well(settings: Settings, free_port: int) -> None:
    assert machine.check_port(structs.replace(settings, port=free_port)).code == "port_free"


def test_check_pages_names_what_is_not_built(tmp_path: Path) -> None:
    assert [one.values["part"] for one in machine.check_pages(tmp_path)] == ["agent", "widget"]
    for part in ("agent", "widget"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "index.html").write_text("x")
    assert machine.check_pages(tmp_path)[0].level == "ok"


def test_check_database_forgetful_is_bad(settings: Settings, connection: psycopg.Connection) -> None:
    assert "durable_not" in codes(database.check_database(connection, settings, now=NOW), "bad")


@pytest.mark.parametrize(
    ("ahead", "code", "level"),
    [
        (timedelta(seconds=10), "clock_skewed", "warn"),
        (timedelta(minutes=10), "clock_skewed", "bad"),
        (timedelta(days=-20_000), "clock_absurd", "bad"),
    ],
)
def test_check_database_with_clocks_apart_says_so(
    settings: Settings, connection: psycopg.Connection, ahead: timedelta, code: str, level: str
) -> None:
    found = database.check_database(connection, settings, now=datetime.now(UTC) + ahead)
    (finding,) = [one for one in found if one.check == "clock"]
    assert (finding.code, finding.level) == (code, level)


def test_check_database_after_the_clock_went_back_says_so(settings: Settings, connection: psycopg.Connection) -> None:
    add(
        connection,
        "insert into event (seq, kind, actor_kind, at, data, logged_at)"
        " values (1, 'x', 'system', now(), '{}', now() + interval '1 hour')",
    )
    found = database.check_database(connection, settings, now=datetime.now(UTC))
    assert "clock_went_back" in codes(found, "bad")


def test_check_secrets_opened_by_the_key_are_well(desk: Settings, connection: psycopg.Connection) -> None:
    (finding,) = database.check_secrets(connection, desk)
    assert (finding.code, finding.values["count"]) == ("secrets_ok", 1)


def test_check_secrets_of_another_key_name_the_first(desk: Settings, connection: psycopg.Connection) -> None:
    desk.key_file.write_text("ab" * 32)
    (finding,) = database.check_secrets(connection, desk)
    assert (finding.code, finding.values["first"]) == ("secrets_closed", "webhook.secret.1")


def test_check_secrets_without_any_key_say_so(desk: Settings, connection: psycopg.Connection) -> None:
    desk.key_file.unlink()
    (finding,) = database.check_secrets(connection, desk)
    assert finding.code == "key_missing"
    add(connection, "delete from webhook")
    assert database.check_secrets(connection, desk)[0].code == "key_none_yet"


def test_examine_with_connect_tries_each_mailbox_now(settings: Settings, connection: psycopg.Connection) -> None:
    for name in ("good", "wrong", "closed"):
        add(
            connection,
            "insert into channel (kind, name, brand_id, team_id, secrets, created_at)"
            " values ('email', %s, 1, 1, %s, now())",
            name,
            b"sealed by somebody else" if name == "closed" else None,
        )
    KeyRing.load(settings.key_file)

    async def try_mailbox(mailbox: StoredChannel, _: dict[str, str]) -> ConnectionTest:
        await asyncio.sleep(0)
        return ConnectionTest(ok=mailbox.name == "good", problem="" if mailbox.name == "good" else "refused")

    found = examine(settings, settings.database_url, now=NOW, test_mailbox=try_mailbox)
    mail = {str(one.values["name"]): one.code for one in found if one.check == "mail"}
    assert mail == {"good": "mail_ok", "wrong": "mail_failing", "closed": "mail_failing"}


def test_doctor_changes_nothing(desk: Settings, connection: psycopg.Connection, tmp_path: Path) -> None:
    def state() -> tuple[object, list[str]]:
        tables = ("person", "ticket", "setting", "event_new", "outbox", "channel", "inbox", "session")
        counts = ", ".join(f"(select count(*) from {table})" for table in tables)
        rows = connection.execute(f"select {counts}").fetchone()
        return rows, sorted(path.name for path in (tmp_path / "desk").iterdir())

    before = state()
    examine(desk, desk.database_url, now=NOW)
    assert state() == before
