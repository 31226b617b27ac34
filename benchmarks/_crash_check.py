"""What must hold after each kill: everything acknowledged is there once, in order, on the log, on streams, in mails."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from benchmarks._crash_load import Follower, Outside, Talk

WAITING = """
    select (select count(*) from inbox where state in ('waiting', 'unread'))
         + (select count(*) from event_new)
         + (select count(*) from outbox o join channel c on c.id = o.channel_id
            where c.kind = 'email' and o.state = 'queued')"""
ENTRIES = "select id, text from entry where kind = 'message' and id > %s order by id"
TOLD = """
    select distinct x.entry_id from event v cross join lateral (
        select (v.data ->> 'entry_id')::bigint as entry_id
        union all select jsonb_array_elements_text(v.data -> 'entry_ids')::bigint) x
    join entry e on e.id = x.entry_id and e.undone_at is null
    where v.seq > %s and v.ticket_id is not null and v.kind <> 'notification_made'"""
TALKED = """
    select e.id from event v join entry e on e.id = (v.data ->> 'entry_id')::bigint
    join ticket t on t.id = e.ticket_id join identity i on i.customer_id = t.customer_id
    where v.seq > %s and v.kind in ('message_received', 'reply_sent')
        and 'visitor:' || t.channel_id || ':' || i.kind || ':' || i.value = %s"""
MAILS = """
    select o.envelope ->> 'message_id' as message_id, o.state from outbox o join channel c on c.id = o.channel_id
    where c.kind = 'email' and o.state <> 'queued'"""
SETTLED_WITHIN_SECONDS = 30.0
CAUGHT_UP_WITHIN_SECONDS = 15.0


@dataclass
class Verdict:
    """What was found so far."""

    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    unconfirmed: int = 0
    acknowledged: int = 0
    told: list[str] = field(default_factory=list)

    def note(self, kind: str, count: int, where: str) -> None:
        """Count something wrong, and keep a line on it."""
        if count:
            setattr(self, kind, getattr(self, kind) + count)
            self.told.append(f"{count} {kind}: {where}")


@dataclass
class Ledger:
    """Compares what was acknowledged with what is there; each look takes what is new since the last one."""

    entries_seen: int = 0
    times: Counter[str] = field(default_factory=Counter)
    last_numbers: dict[str, str] = field(default_factory=dict)
    checked: Counter[str] = field(default_factory=Counter)

    def look(self, found: Iterable[tuple[int, str]], talks: Sequence[Talk], verdict: Verdict) -> None:
        """Take new entries (id, text) in the order of the timeline."""
        for entry_id, text in found:
            self.entries_seen = max(self.entries_seen, entry_id)
            self.times[text] += 1
            talk, _, number = text.rpartition(" ")
            verdict.note("doubled", int(self.times[text] > 1), f"entry {text!r}")
            is_late = self.times[text] == 1 and number < self.last_numbers.get(talk, "")
            verdict.note("reordered", int(is_late), f"entry {text!r}")
            self.last_numbers[talk] = max(number, self.last_numbers.get(talk, ""))
        for one in talks:
            new = one.acknowledged[self.checked[one.name] :]
            self.checked[one.name] += len(new)
            verdict.acknowledged += len(new)
            lost = [text for text in new if not self.times[text]]
            verdict.note("lost", len(lost), f"acknowledged, not there: {lost[:3]}")


def check_mails(rows: Iterable[tuple[str, str]], received: Counter[str], verdict: Verdict) -> None:
    """Compare the outbox (Message-ID, state) with what the outside got; counts are of this look, not added up."""
    unclear = 0
    for message_id, state in rows:
        times = received[message_id.strip("<>")]
        unclear += state in {"sending", "unconfirmed"}
        verdict.note("lost", int(state == "sent" and not times), f"mail {message_id} is sent, nobody has it")
        verdict.note("lost", int(state == "failed"), f"mail {message_id} failed")
    twice = [message_id for message_id, times in received.items() if times > 1]
    verdict.note("doubled", len(twice), f"mails {twice[:3]}")
    verdict.unconfirmed = unclear


async def until_settled(url: str) -> None:
    """Wait until nothing is on its way in the database."""
    end = time.monotonic() + SETTLED_WITHIN_SECONDS
    while await ask(url, WAITING) != [(0,)]:
        if time.monotonic() > end:
            raise TimeoutError("what waits in the database does not come to an end")
        await asyncio.sleep(0.05)


async def ask(url: str, sql: str, *params: object) -> list[tuple[Any, ...]]:
    """Rows of a statement, on a connection of its own: the one before may have been killed."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        return await (await connection.execute(sql, params)).fetchall()


async def look_everywhere(
    url: str, ledger: Ledger, talks: Sequence[Talk], followers: Sequence[Follower], verdict: Verdict
) -> None:
    """One look after a kill, when everybody is silent."""
    ledger.look(await ask(url, ENTRIES, ledger.entries_seen), talks, verdict)
    for number, one in enumerate(followers):
        missing = await _missing(url, one)
        verdict.note("lost", len(missing), f"stream {number} never heard of entries {sorted(missing)[:5]}")


async def _missing(url: str, one: Follower) -> set[int]:
    sql, params = (TALKED, (one.begun_at, one.topic)) if one.topic else (TOLD, (one.begun_at,))
    wanted = {entry_id for (entry_id,) in await ask(url, sql, *params)}
    end = time.monotonic() + CAUGHT_UP_WITHIN_SECONDS
    while wanted - one.entries and time.monotonic() < end:
        await asyncio.sleep(0.05)
    missing = wanted - one.entries
    # Told once: the next look asks for what is newer.
    one.entries |= missing
    return missing


def wrongs(verdict: Verdict, followers: Sequence[Follower]) -> int:
    """How much was wrong up to now, streams included."""
    on_streams = sum(one.doubled + one.reordered + one.resets for one in followers)
    return verdict.lost + verdict.doubled + verdict.reordered + on_streams


def close_streams(followers: Sequence[Follower], verdict: Verdict) -> None:
    """Count what the streams did wrong over the whole run."""
    for number, one in enumerate(followers):
        twice = [what for what, count in one.heard.items() if count > 1]
        verdict.note("doubled", one.doubled, f"frames on stream {number}: {twice[:3]}")
        verdict.note("reordered", one.reordered, f"frames on stream {number}")
        verdict.note("lost", one.resets, f"stream {number} was told to begin anew")


def close_mails(rows: Iterable[tuple[str, str]], world: Outside, verdict: Verdict) -> None:
    """Count what became of the mails over the whole run."""
    check_mails(rows, world.received, verdict)
