"""Measures in the text format of Prometheus: what this process did, and what waits in the database."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from typing import Literal

from litestar.types import ASGIApp, Message, Receive, Scope, Send
from msgspec import Struct

from ombud.shared.database import Transaction, rows
from ombud.shared.readers import reader_states

BUCKETS_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = Mapping[str, str]


class Measure(Struct, frozen=True):
    """One metric with its samples: a suffix of the name, labels, a value."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    samples: Sequence[tuple[str, Labels, float]]


class RequestCounts:
    """Counts the requests of one process by method, route and status, and the time to their first byte."""

    def __init__(self) -> None:
        self._answers: Counter[tuple[str, str, int]] = Counter()
        self._buckets = [0] * (len(BUCKETS_SECONDS) + 1)
        self._seconds = 0.0

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """Wrap an application; give the bound method to Litestar's ``middleware``."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            started = time.perf_counter()

            async def noting(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self.note(_method(scope), _route(scope), message["status"], time.perf_counter() - started)
                await send(message)

            await app(scope, receive, noting)

        return counted

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._answers[method, route, status] += 1
        self._buckets[bisect_left(BUCKETS_SECONDS, seconds)] += 1
        self._seconds += seconds

    def measures(self) -> list[Measure]:
        """What was counted since the start of the process."""
        answers = [
            ("", {"method": method, "route": route, "status": str(status)}, float(count))
            for (method, route, status), count in sorted(self._answers.items())
        ]
        bounds = [*map(str, BUCKETS_SECONDS), "+Inf"]
        totals = list(accumulate(self._buckets))
        times: list[tuple[str, Labels, float]] = [
            ("_bucket", {"le": bound}, float(total)) for bound, total in zip(bounds, totals, strict=True)
        ]
        times += [("_sum", {}, self._seconds), ("_count", {}, float(totals[-1]))]
        return [
            Measure("ombud_requests_total", "counter", "Requests answered by this process.", answers),
            Measure("ombud_request_seconds", "histogram", "Seconds until the first byte of an answer.", times),
        ]


class Amount(Struct, frozen=True):
    """How many rows of a kind there are, by state."""

    what: str
    state: str
    amount: float


# Each line uses a partial index: nothing here grows with what was done long ago.
AMOUNTS = """
    select 'inbox' as what, 'unread' as state, count(*)::float8 as amount from inbox where state = 'unread'
    union all select 'inbox', 'waiting', count(*) from inbox where state = 'waiting'
    union all select 'inbox', 'set_aside', count(*) from inbox where state = 'set_aside'
    union all select 'outbox', 'queued', count(*) from outbox where state = 'queued'
    union all select 'outbox', 'sending', count(*) from outbox where state = 'sending'
    union all select 'outbox', 'unconfirmed', count(*) from outbox where state = 'unconfirmed'
    union all select 'outbox', 'failed', count(*) from outbox where state = 'failed'
    union all select 'webhook_deliveries', 'queued', count(*) from webhook_delivery where state = 'queued'
    union all select 'webhook_deliveries', 'sending', count(*) from webhook_delivery where state = 'sending'
    union all select 'event', 'head', seq from event_head
    union all select 'event', 'unnumbered', count(*) from event_new
    union all select 'event', 'age', coalesce(extract(epoch from %(now)s - min(at)), 0) from event_new"""


async def desk_measures(tx: Transaction, *, now: datetime) -> list[Measure]:
    """What waits in the database, the same from whichever process it is asked."""
    found = await rows(tx, Amount, AMOUNTS, {"now": now})
    events = {one.state: one.amount for one in found if one.what == "event"}
    return [
        _by_state("ombud_inbox", "Messages that came in and are not tickets yet.", found, "inbox"),
        _by_state("ombud_outbox", "Messages on their way out, or in need of a person.", found, "outbox"),
        _by_state("ombud_webhook_deliveries", "Deliveries under way.", found, "webhook_deliveries"),
        gauge("ombud_event_head", "Number of the newest event.", events["head"]),
        gauge("ombud_events_unnumbered", "Events that the sequencer has yet to number.", events["unnumbered"]),
        gauge("ombud_sequencer_lag_seconds", "Age of the oldest event without a number.", events["age"]),
        *await _reader_measures(tx, now=now),
    ]


def gauge(name: str, text: str, value: float) -> Measure:
    """A single present value."""
    return Measure(name, "gauge", text, [("", {}, value)])


def render(measures: Iterable[Measure]) -> str:
    """Write measures as Prometheus reads them."""
    lines: list[str] = []
    for one in measures:
        lines += [f"# HELP {one.name} {one.help}", f"# TYPE {one.name} {one.kind}"]
        lines += [f"{one.name}{suffix}{_labels(labels)} {value:.10g}" for suffix, labels, value in one.samples]
    return "\n".join(lines) + "\n"


async def _reader_measures(tx: Transaction, *, now: datetime) -> list[Measure]:
    states = await reader_states(tx, now=now)
    wanted = (
        ("ombud_reader_behind_events", "Events between a reader and the head.", "behind"),
        ("ombud_reader_lag_seconds", "Age of the oldest event that a reader has yet to take.", "behind_seconds"),
        ("ombud_reader_set_aside", "Events that a reader failed on for good.", "set_aside"),
    )
    return [
        Measure(name, "gauge", text, [("", {"reader": one.name}, float(getattr(one, column))) for one in states])
        for name, text, column in wanted
    ]


def _by_state(name: str, text: str, found: list[Amount], what: str) -> Measure:
    return Measure(name, "gauge", text, [("", {"state": one.state}, one.amount) for one in found if one.what == what])


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _method(scope: Scope) -> str:
    return str(scope.get("method", ""))


def _route(scope: Scope) -> str:
    # The template, never the path itself: one line per route, whatever ids and tokens people ask for.
    return str(scope.get("path_template") or "")
