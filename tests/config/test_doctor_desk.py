"""The doctor looks at mailboxes, messages on their way, events and webhooks."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ombud.config.doctor.desk import (
    check_events,
    check_inbox,
    check_mailboxes,
    check_outbox,
    check_store,
    check_webhooks,
)
from ombud.config.settings import Settings
from ombud.shared.files import FileStore
from tests.config.findings import add, codes

NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    ("health", "code"),
    [
        ({}, "mail_untried"),
        ({"imap": {"ok": True, "problem": "", "at": "2026-05-04T09:30:00Z"}}, "mail_ok"),
        ({"imap": {"ok": False, "problem": "wrong password", "at": "2026-05-04T09:30:00Z"}}, "mail_failing"),
        ({"smtp": {"problem": "refused"}, "imap": {"problem": ""}}, "mail_failing"),
    ],
)
def test_check_mailboxes_tells_their_last_health(
    connection: psycopg.Connection, health: dict[str, Any], code: str
) -> None:
    assert check_mailboxes(connection)[0].code == "mail_none"
    add(
        connection,
        "insert into channel (kind, name, brand_id, team_id, health, created_at)"
        " values ('email', '售后', 1, 1, %s::jsonb, now())",
        json.dumps(health),
    )
    (finding,) = check_mailboxes(connection)
    assert finding.code == code
    assert "售后" in finding.text("zh")


async def test_check_store_finds_attachments_that_are_gone(connection: psycopg.Connection, tmp_path: Path) -> None:
    assert check_store(connection, tmp_path)[0].code == "store_ok"
    stored = await FileStore(tmp_path).put(b"manual")
    for token, name in ((stored.token, "manual.pdf"), ("gone-token", "bill.pdf")):
        add(
            connection,
            "insert into file (token, name, type, size, sha256, uploaded_by_kind, created_at)"
            " values (%s, %s, 'application/pdf', 6, '', 'person', now())",
            token,
            name,
        )
    (finding,) = check_store(connection, tmp_path)
    assert finding.code == "store_gaps"
    assert finding.values == {"count": 1, "total": 2, "first": "bill.pdf", "path": str(tmp_path)}


def test_check_outbox_finds_what_is_stuck_uncertain_and_failed(
    connection: psycopg.Connection,
) -> None:
    assert codes(check_outbox(connection, now=NOW)) == []
    add(
        connection,
        "insert into outbox (state, not_before, claimed_at, envelope, created_at)"
        " select s, %s::timestamptz, %s::timestamptz, '{}', %s::timestamptz"
        " from unnest(array['queued', 'sending', 'unconfirmed', 'failed', 'sent']) s",
        NOW - timedelta(hours=1),
        NOW - timedelta(hours=1),
        NOW - timedelta(hours=2),
    )
    found = check_outbox(connection, now=NOW)
    assert codes(found) == ["outbox_stuck", "outbox_unconfirmed", "outbox_failed"]
    assert found[0].values["count"] == 2


def test_check_outbox_waiting_for_its_time_is_well(connection: psycopg.Connection) -> None:
    add(
        connection,
        "insert into outbox (state, not_before, envelope, created_at)"
        " values ('queued', now() + interval '1 day', '{}', now())",
    )
    assert codes(check_outbox(connection, now=NOW)) == []


def test_check_inbox_finds_what_waits_and_what_was_set_aside(connection: psycopg.Connection) -> None:
    assert codes(check_inbox(connection, now=NOW)) == []
    add(connection, "insert into channel (kind, name, brand_id, team_id, created_at) values ('api', 'A', 1, 1, now())")
    for state in ("waiting", "unread", "set_aside", "done"):
        add(
            connection,
            "insert into inbox (channel_id, key, received_at, state) values (1, %s, now() - interval '1 hour', %s)",
            state,
            state,
        )
    found = check_inbox(connection, now=datetime.now(UTC))
    assert codes(found) == ["inbox_waiting", "inbox_set_aside"]
    assert found[0].values["count"] == 2


def test_check_events_finds_a_sequencer_that_stands_still(connection: psycopg.Connection) -> None:
    add(
        connection,
        "insert into event_new (kind, actor_kind, at, data) values ('x', 'system', now() - interval '5 minutes', '{}')",
    )
    (finding,) = check_events(connection, now=datetime.now(UTC))
    assert finding.code == "events_unnumbered"
    assert int(finding.values["seconds"]) >= 299


def test_check_events_finds_readers_behind_and_with_problems(connection: psycopg.Connection) -> None:
    add(connection, "update event_head set seq = 9")
    add(
        connection,
        "insert into event (seq, kind, actor_kind, at, data, logged_at)"
        " select n, 'x', 'system', now(), '{}', now() - interval '5 minutes' from generate_series(1, 9) n",
    )
    add(connection, "insert into reader (name, seq) values ('slow', 2), ('well', 9)")
    add(connection, "insert into reader_problem values ('well', 4, 5, 'ValueError: no', now())")
    found = check_events(connection, now=datetime.now(UTC))
    assert [(one.code, one.values["name"], one.values["count"]) for one in found] == [
        ("reader_behind", "slow", 7),
        ("reader_problems", "well", 1),
    ]


def test_check_webhooks_finds_the_paused_and_the_failing(desk: Settings, connection: psycopg.Connection) -> None:
    assert desk.database_url
    for change, code in (("failing_since = now()", "webhook_failing"), ("paused_at = now()", "webhook_paused")):
        add(connection, f"update webhook set {change}")
        assert codes(check_webhooks(connection)) == [code]
