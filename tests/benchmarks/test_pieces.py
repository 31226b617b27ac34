"""The pure pieces of the benches: figures, frames, what a crash may not do."""

import argparse
import random
from collections import Counter
from datetime import UTC, datetime

import pytest

from benchmarks._crash_check import Ledger, Verdict, check_mails, wrongs
from benchmarks._crash_load import Follower, Talk
from benchmarks._figures import Report, percentile, ratio, spread
from benchmarks._http import Frame, parse_frame
from benchmarks._listeners import Ear
from benchmarks._texts import text
from benchmarks.api import requests_of
from benchmarks.crash import Kill, by_target


@pytest.mark.parametrize(("share", "found"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_percentile_of_a_hundred_is_that_one(share: float, found: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == found


def test_percentile_of_nothing_is_zero() -> None:
    assert percentile([], 0.5) == 0


def test_spread_gives_milliseconds() -> None:
    assert spread([0.001, 0.002, 0.003]) == {"p50_ms": 2, "p95_ms": 3, "p99_ms": 3}


def test_ratio_without_limit_is_zero() -> None:
    assert (ratio(2, 4), ratio(1, 0)) == (0.5, 0)


def test_report_json_is_one_flat_object_on_the_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("intake", argparse.Namespace(scale="quick", json=True))
    report.keep({"ack_per_s": 7})
    assert report.end() == 0
    assert capsys.readouterr().out.splitlines()[-1] == '{"ack_per_s":7}'


def test_parse_frame_reads_id_event_and_data() -> None:
    assert parse_frame(b'id: 7\nevent: ticket\ndata: {"a": 1}') == Frame("ticket", {"a": 1}, 7)


def test_parse_frame_of_a_comment_is_none() -> None:
    assert parse_frame(b": keep-alive") is None


def test_text_with_same_seed_is_the_same() -> None:
    first, again, other = (text(random.Random(seed)) for seed in (3, 3, 4))  # texts, no secrets
    assert first == again != other


@pytest.mark.parametrize("kind", ["inbox page", "ticket page", "reply", "note"])
def test_requests_of_every_kind_are_calls_of_the_api(kind: str) -> None:
    assert all(path.startswith("/api/v1/tickets") for _, path, _ in requests_of(kind, 7))


def looked(*found: str, acknowledged: tuple[str, ...] = ()) -> Verdict:
    verdict = Verdict()
    talk = Talk("rosa", list(acknowledged))
    Ledger().look(list(enumerate(found, 1)), [talk], verdict)
    return verdict


def test_look_all_there_in_order_finds_nothing() -> None:
    verdict = looked("rosa 000001", "rosa 000002", acknowledged=("rosa 000001", "rosa 000002"))
    assert (verdict.lost, verdict.doubled, verdict.reordered, verdict.acknowledged) == (0, 0, 0, 2)


def test_look_acknowledged_but_missing_is_lost() -> None:
    assert looked("rosa 000001", acknowledged=("rosa 000001", "rosa 000002")).lost == 1


def test_look_there_twice_is_doubled() -> None:
    assert looked("rosa 000001", "rosa 000001").doubled == 1


def test_look_later_number_first_is_reordered() -> None:
    assert looked("rosa 000002", "rosa 000001").reordered == 1


def test_look_second_time_counts_what_was_acknowledged_since() -> None:
    ledger, verdict, talk = Ledger(), Verdict(), Talk("rosa", ["rosa 000001"])
    ledger.look([(1, "rosa 000001")], [talk], verdict)
    talk.acknowledged.append("rosa 000002")
    ledger.look([], [talk], verdict)
    assert (verdict.lost, verdict.acknowledged) == (1, 2)


def test_check_mails_sent_but_never_received_is_lost() -> None:
    verdict = Verdict()
    check_mails([("<a@x>", "sent"), ("<b@x>", "sent")], Counter({"a@x": 1}), verdict)
    assert (verdict.lost, verdict.unconfirmed) == (1, 0)


def test_wrongs_counts_rows_and_streams() -> None:
    follower = Follower(0, "", {}, reordered=2, resets=1)
    for _ in range(2):
        follower.hear(Frame("message", {"id": 4}, 4))
    assert wrongs(Verdict(lost=1), [follower]) == 5


def test_by_target_says_how_each_kind_of_kill_went() -> None:
    lines = by_target([Kill("web", 1.0, 0), Kill("all", 3.0, 1), Kill("web", 2.0, 0)])
    assert lines == [
        "web: killed 2 times, ready again after 1.00 s (median), 2.00 s (worst); lost, doubled or reordered: 0",
        "all: killed 1 times, ready again after 3.00 s (median), 3.00 s (worst); lost, doubled or reordered: 1",
    ]


def test_check_mails_twice_is_doubled_and_unclear_is_unconfirmed() -> None:
    verdict = Verdict()
    check_mails([("<a@x>", "sent"), ("<b@x>", "sending")], Counter({"a@x": 2, "b@x": 1}), verdict)
    assert (verdict.lost, verdict.doubled, verdict.unconfirmed) == (0, 1, 1)


def test_follower_hears_the_same_frame_twice_as_doubled() -> None:
    follower = Follower(0, "", {})
    frame = Frame("ticket", {"ticket": {"id": 3}, "entries": [{"id": 9}]}, 5)
    for one in (Frame("hello", {}, 4), frame, frame):
        follower.hear(one)
    assert (follower.begun_at, follower.doubled, follower.reordered, follower.entries) == (4, 1, 0, {9})


def test_follower_hears_an_entry_told_again_under_another_number_as_doubled() -> None:
    follower = Follower(0, "", {})
    for number in (None, 7):
        follower.hear(Frame("ticket", {"kind": "reply_sent", "ticket": {"id": 3}, "entries": [{"id": 9}]}, number))
    assert (follower.doubled, follower.last_id) == (1, 7)


def test_follower_hears_an_entry_change_after_it_was_told_as_no_double() -> None:
    follower = Follower(0, "", {})
    for number, kind in enumerate(("reply_sent", "delivery_changed", "delivery_changed")):
        follower.hear(Frame("ticket", {"kind": kind, "ticket": {"id": 3}, "entries": [{"id": 9}]}, number))
    follower.hear(Frame("typing", {"ticket_id": 3}, None))
    assert follower.doubled == 0


def test_follower_hears_an_older_number_as_reordered() -> None:
    follower = Follower(0, "", {})
    for number in (5, 4):
        follower.hear(Frame("message", {"id": number}, number))
    assert follower.reordered == 1


def test_ear_counts_entries_and_their_age() -> None:
    ear = Ear()
    data = b'data: {"entries":[{"kind":"message","direction":"in","author":{},"at":"2026-01-01T00:00:00Z"}]}'
    ear.note(data, datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC))
    assert (ear.entries, ear.waits) == (1, [1.0])
