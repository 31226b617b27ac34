"""A million running clocks, 2,000 of them due in the same second: how late each is taken, and what the others cost."""

import argparse
import asyncio
import shutil
import time
from datetime import datetime, timedelta

from benchmarks._desk import bench_folder, bench_settings, connected, database, processes
from benchmarks._figures import Report, percentile
from benchmarks._seed import AGENTS, GROUND, TEAMS
from ombud.channels.system_mail import SystemMailer
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.service_levels.queries import next_moment
from ombud.service_levels.schemas import CalendarIn, PolicyIn, Step, Target
from ombud.service_levels.services.applying import apply_part
from ombud.service_levels.services.calendars import make_calendar
from ombud.service_levels.services.firing import fire_due
from ombud.service_levels.services.policies import make_policy
from ombud.service_levels.services.telling import Pager
from ombud.shared.actor import SYSTEM
from ombud.shared.calendars.schemas import WEEKDAYS, CalendarSpec, Intervals, Span
from ombud.shared.clock import utc_now
from ombud.shared.database import execute, value

CLOCKS, TICKETS, DUE = 1_000_000, 100_000, 2_000
# Parts of the open tickets to which the policies are applied anew; the rest would go at the same rate.
APPLIED = {"quick": 20_000, "full": TICKETS}
AHEAD = timedelta(seconds=10)
LATE_SECONDS, APPLY_SECONDS = 1.0, 30.0
LOOKS = 200
POLL_SECONDS = 0.05
OFFICE: Intervals = [("09:00", "12:00"), ("13:30", "18:00")]

FILL = (
    """insert into ticket (id, subject, status_id, category, team_id, assignee_id, customer_id, channel_id, brand_id,
                           created_at, activity_at)
       select n, 'Washing machine ' || n, s.id, 'new', 1 + n %% %(teams)s, 1 + n %% %(agents)s, 1 + n %% %(customers)s,
              1, 1, %(at)s, %(at)s
       from generate_series(1, %(tickets)s::bigint) n join status s on s.is_default and s.category = 'new'""",
    """insert into entry (ticket_id, kind, direction, author_kind, author_id, channel_id, at, text)
       select t.id, 'message', 'in', 'customer', t.customer_id, 1, t.created_at, 'It leaks.' from ticket t""",
    # Answers owed to many questions: what counts here is only how many clocks wait behind the one index.
    """insert into clock (ticket_id, metric, round, policy_version_id, calendar_version_id, span, state, started_at,
                          due_at, next_at)
       select 1 + n %% %(tickets)s, 'next_response', 1 + n / %(tickets)s, 1, 1,
              '{"amount": 8, "unit": "working_hours"}', 'running', %(at)s, d.at, d.at
       from generate_series(0, %(clocks)s::bigint - 1) n
       cross join lateral (select %(at)s + interval '1 day' + n * interval '2 seconds' as at) d""",
    "select setval('ticket_id_seq', %(tickets)s + 1)",
)


def main(arguments: argparse.Namespace) -> int:
    """Measure with the real worker on a desk of its own, which is thrown away."""
    report = Report("clocks", arguments)
    folder = bench_folder("clocks")
    shutil.rmtree(folder, ignore_errors=True)
    folder = bench_folder("clocks")
    with database(folder) as url:
        asyncio.run(_measure(report, bench_settings(folder, url)))
    shutil.rmtree(folder, ignore_errors=True)
    return report.end()


async def _measure(report: Report, settings: Settings) -> None:
    async with connected(settings, max_connections=6) as parts:
        await _lay_ground(report, parts)
        idle = await _look(parts)
        bare = await _bare(parts)
        with processes(settings, "--work", "--background"):
            late = await _fire(parts)
        applied = await _apply(parts, APPLIED[report.scale])
    report.say(f"nothing due among {CLOCKS:,}: p50 {percentile(idle, 0.5) * 1000:.2f} ms a look")
    report.say(f"{DUE:,} due in one second: the last taken after {late:.2f} s (to reach {LATE_SECONDS:.0f})")
    seconds = TICKETS / applied
    report.say(
        f"applied to open tickets: {applied:,.0f}/s, {seconds:.0f} s for {TICKETS:,} (to reach {APPLY_SECONDS:.0f})"
    )
    share = report.beside(
        "clocks taken", DUE / max(late, POLL_SECONDS), DUE / bare, "the same rows marked, nothing else"
    )
    report.keep(
        {"clocks": CLOCKS, "due": DUE, "late_s_max": round(late, 3), "idle_ms": round(percentile(idle, 0.5) * 1000, 3)}
    )
    report.keep(
        {
            "applied_per_s": round(applied),
            "apply_100k_s": round(seconds, 1),
            "limit_per_s": round(DUE / bare),
            "ratio": share,
        }
    )


async def _lay_ground(report: Report, parts: Parts) -> None:
    started = time.monotonic()
    now = utc_now()
    params = {"teams": TEAMS, "agents": AGENTS, "customers": TICKETS // 5, "tickets": TICKETS, "clocks": CLOCKS}
    params_at = params | {"at": now - timedelta(hours=1)}
    async with parts.database.transaction() as tx:
        for sql in GROUND:
            await tx.execute(sql, params)
        office = CalendarIn(CalendarSpec("Asia/Shanghai", dict.fromkeys(WEEKDAYS[:5], OFFICE)), "Office", tables=["cn"])
        calendar = await make_calendar(tx, office, by=SYSTEM, now=now - timedelta(days=1))
        targets = [Target("first_response", Span(8, "working_hours")), Target("resolution", Span(5, "working_days"))]
        policy = PolicyIn(calendar.id, targets, "Standard", steps=[Step(minutes=0, tell=["holder"], keeps_hours=False)])
        await make_policy(tx, policy, by=SYSTEM, now=now - timedelta(days=1))
    for sql in FILL:
        async with parts.database.transaction() as tx:
            # The rows refer to what is there: looking each reference up would double the time.
            await tx.execute("set local session_replication_role = replica")
            await tx.execute(sql, params_at)
    connection = await parts.database.connect()
    await connection.execute("vacuum (analyze) ticket, clock, entry")
    await connection.close()
    report.say(f"{CLOCKS:,} clocks on {TICKETS:,} tickets made in {time.monotonic() - started:.0f} s")


async def _look(parts: Parts) -> list[float]:
    """What it costs to see that nothing is due."""
    pager = Pager(SystemMailer(parts.key_ring), parts.settings.address)
    waits = []
    for _ in range(LOOKS):
        started = time.perf_counter()
        await fire_due(parts.database, pager, now=utc_now())
        async with parts.database.statements() as connection:
            await next_moment(connection)
        waits.append(time.perf_counter() - started)
    return waits


async def _bare(parts: Parts) -> float:
    """What the database takes to mark as many clocks, and nothing else; rolled back in meaning by marking them back."""
    started = time.perf_counter()
    async with parts.database.transaction() as tx:
        sql = "update clock set breached_at = due_at where id between %(first)s and %(last)s"
        await tx.execute(sql, {"first": 10_001, "last": 10_000 + DUE})
    took = time.perf_counter() - started
    async with parts.database.transaction() as tx:
        await tx.execute("update clock set breached_at = null where breached_at is not null")
    return took


async def _fire(parts: Parts) -> float:
    """Seconds from the common deadline to the commit that took the last of the clocks."""
    await _make_due(parts, utc_now(), 1)
    due = utc_now() + AHEAD
    await _make_due(parts, due, DUE)
    return await _taken(parts, due)


async def _make_due(parts: Parts, due: datetime, count: int) -> None:
    """Have so many clocks due then; where it is now, wait until the worker, just started, has taken them."""
    sql = """
        update clock set due_at = %(due)s, next_at = %(due)s
        where id in (select id from clock where round = 1 and breached_at is null order by ticket_id limit %(count)s)"""
    async with parts.database.transaction() as tx:
        await execute(tx, sql, {"due": due, "count": count})
    if due <= utc_now():
        await _taken(parts, due)


async def _taken(parts: Parts, due: datetime) -> float:
    """Wait until all clocks of a moment are taken; how many seconds after it the last one was."""
    await asyncio.sleep(max((due - utc_now()).total_seconds(), 0))
    # By the index of what is due: counting must not cost what the hand needs.
    waiting = "select count(*) from clock where next_at = %(due)s"
    while True:
        async with parts.database.transaction() as tx:
            if not await value(tx, int, waiting, {"due": due}):
                return (utc_now() - due).total_seconds()
        await asyncio.sleep(POLL_SECONDS)


async def _apply(parts: Parts, count: int) -> float:
    """Tickets a second to which the present policies and calendars are applied, clocks written and told."""
    async with parts.database.transaction() as tx:
        # Those were made up for the index; now the clocks that the tickets really have are written.
        await tx.execute("truncate clock cascade")
        await tx.execute(
            "insert into clock_job (person_id, total, created_at) values (1, 0, %(now)s)", {"now": utc_now()}
        )
    started, done = time.perf_counter(), 0
    while done < count and (took := await apply_part(parts.database, now=utc_now())):
        done += took
    return done / (time.perf_counter() - started)
