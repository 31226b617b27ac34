"""Walks the index of words, newest first, until a page is full: three tables, one way.

What makes it quick at ten million entries and any word: the newest block is asked first and tells how common the words
are. Rare ones are asked of all the past at once (a thousand hits cost a millisecond), common ones of as many ids as
should fill the page. Words that may go on in many ways (a beginning, a single Chinese character) are dear to look up;
they are checked against the newest entries one by one first, and looked up only when they proved to be rare.
"""

import time
from collections.abc import Iterable, Iterator

from msgspec import Struct

from ombud.shared.database import Transaction, row, rows, values
from ombud.tickets.search.index import team_mark
from ombud.tickets.search.matching import Match
from ombud.tickets.search.windows import FIRST, Window, window_below, windows

PATIENCE_SECONDS = 0.7
# So few hits are fetched in one go, whoever may see them; of more, what a window should hold.
WHOLE = 5_000
# What was said lately tells little of long ago: no more than so many times as many ids as were looked at already.
GROWTH = 8
# A window is this much larger than the page should need by what was found so far.
MARGIN = 1.5
# Where one entry in so many matches, the index sorts other teams' out; of rarer words each look there costs more than
# to fetch the hit and see.
DENSE = 500
# So many windows of the newest hold no page of a beginning: it is rare enough to be looked up as a whole.
CHECKED_FIRST = 2
NARROW = 2_000


class Source(Struct, frozen=True):
    """A table of words."""

    table: str
    key: str
    ticket: str
    # What the joins behind it ask for.
    columns: str
    has_entry: bool


ENTRIES = Source("entry_words", "entry_id", "ticket_id", "entry_id, ticket_id", has_entry=True)
ATTACHMENTS = Source(
    "attachment_words", "attachment_id", "ticket_id", "attachment_id, entry_id, ticket_id", has_entry=True
)
TICKETS = Source("ticket_words", "ticket_id", "ticket_id", "ticket_id", has_entry=False)


class Hunt(Struct):
    """What to look for, as fragments of statements with their parameters.

    ``on_words`` are conditions on ``w``, ``on_ticket`` on ``t``, ``on_entry`` on ``e``. ``teams`` None is every team,
    ``brands`` None every brand.
    """

    source: Source
    match: Match
    teams: list[int] | None
    on_words: list[str]
    on_ticket: list[str]
    on_entry: list[str]
    params: dict[str, object]
    is_narrow: bool = False
    brands: list[int] | None = None

    @property
    def seen(self) -> list[str]:
        """What a ticket must be to be seen; nothing for whoever sees all."""
        limits = {"t.team_id = any(%(teams)s)": self.teams, "t.brand_id = any(%(brands)s)": self.brands}
        return [sql for sql, ids in limits.items() if ids is not None]


class Walk(Struct):
    """Keys that were found, newest first; ``reached`` is where the time was over, None if it was not."""

    keys: list[int]
    reached: int | None = None


class _Ends(Struct):
    newest: int
    oldest: int


class _Found(Struct):
    """What a window held for the index, and the keys that the searcher may see, newest first."""

    hits: int
    keys: list[int]


async def walk(tx: Transaction, hunt: Hunt, *, before: int | None, limit: int) -> Walk:
    """Find up to ``limit`` keys below ``before``, newest first."""
    ends = await _begin(tx, hunt.source)
    if hunt.is_narrow and (found := await _narrow(tx, hunt)) is not None:
        return Walk(await _of_tickets(tx, hunt, found, before=before, limit=limit))
    start = min(before, ends.newest + 1) if before is not None else ends.newest + 1
    if hunt.match.indexed:
        return await _walk_index(tx, hunt, ends, start, limit)
    return await _walk_rows(tx, hunt, list(windows(start, lowest=ends.oldest)), limit)


async def _walk_index(tx: Transaction, hunt: Hunt, ends: _Ends, start: int, limit: int) -> Walk:
    """Look words up in one window after the other, each as large as the ones before it say."""
    ends_at = time.monotonic() + PATIENCE_SECONDS
    keys: list[int] = []
    high, size, hits = start, FIRST, 0
    while high > ends.oldest and len(keys) < limit:
        window = window_below(high, size, lowest=ends.oldest)
        if (window.high - window.low) * 2 > ends.newest - ends.oldest:
            # Marks of most of the past rule out less than they cost.
            window = Window(window.low, window.high, ())
        is_dense = hits * DENSE > start - high
        found = await _look_up(tx, hunt, window, limit - len(keys), by_teams=is_dense)
        keys += found.keys
        hits, high = hits + found.hits, window.low
        if time.monotonic() > ends_at and high > ends.oldest and len(keys) < limit:
            return Walk(keys, reached=high)
        size = _next_size(start - high, high - ends.oldest, hits=hits, seen=len(keys), wanted=limit)
    return Walk(keys)


def _next_size(passed: int, rest: int, *, hits: int, seen: int, wanted: int) -> int:
    """How many ids to look at next, after ``passed`` ids held ``hits``, ``seen`` of them for the page."""
    most = min(rest, passed * GROWTH)
    if (hits + 1) * most <= WHOLE * passed:
        return most
    enough = MARGIN * (wanted - seen) * passed / (seen + 0.5)
    return int(max(min(enough, WHOLE * passed / (hits + 1)), FIRST))


async def _walk_rows(tx: Transaction, hunt: Hunt, wanted: list[Window], limit: int) -> Walk:
    """Check row by row; a beginning that proves to be rare is looked up after all."""
    ends_at = time.monotonic() + PATIENCE_SECONDS
    keys: list[int] = []
    for number, window in enumerate(wanted):
        if number == CHECKED_FIRST and _can_look_up(hunt.match):
            rest = Window(wanted[-1].low, window.high, ())
            found = await _look_up(tx, hunt, rest, limit - len(keys), by_teams=True, by_checked=True)
            return Walk(keys + found.keys)
        keys += await _check(tx, hunt, window, limit - len(keys))
        if len(keys) >= limit:
            break
        if time.monotonic() > ends_at and number + 1 < len(wanted):
            return Walk(keys, reached=window.low)
    return Walk(keys)


async def newest_matches(tx: Transaction, hunt: Hunt, *, most: int) -> list[int]:
    """The newest keys that match, for ranking."""
    return (await walk(tx, hunt, before=None, limit=most)).keys


def _can_look_up(match: Match) -> bool:
    # One beginning: two rare ones may still be common ones each, and what is not there cannot be looked up at all.
    return match.checked != "" and " & " not in match.checked and "!" not in match.checked


def _any_of(marks: Iterable[str]) -> str:
    return " | ".join(f"'{mark}'" for mark in marks)


def _visible(hunt: Hunt) -> str:
    """The join that lets through what may be seen and what the operators ask for.

    Lateral, so that it is a look-up for each and stops with the page.
    """
    source = hunt.source
    seen = hunt.seen
    joins = ""
    if seen or hunt.on_ticket:
        joins += f"""
            cross join lateral (select from ticket t
                where t.id = w.{source.ticket} and {" and ".join([*seen, *hunt.on_ticket])} offset 0) seen"""
    if hunt.on_entry:
        inside = "e.id = w.entry_id" if source.has_entry else f"e.ticket_id = w.{source.ticket} and e.kind <> 'change'"
        joins += f"""
            cross join lateral (select from entry e where {inside} and {" and ".join(hunt.on_entry)} limit 1) signed"""
    return joins


def _params(hunt: Hunt, **more: object) -> dict[str, object]:
    return {**hunt.params, "teams": hunt.teams, "brands": hunt.brands, **more}


async def _look_up(
    tx: Transaction, hunt: Hunt, window: Window, limit: int, *, by_teams: bool, by_checked: bool = False
) -> _Found:
    key, keys = hunt.source.key, dict(_keys(hunt, window, by_teams=by_teams, by_checked=by_checked))
    # Each a key of the index scan of its own, the window first: keys leap over what those before them rule out, while
    # one query of all would walk through every place of its rarest word, in whatever block.
    checks = [f"w.words @@ %({name})s::tsquery" for name in keys] + hunt.on_words
    if hunt.match.checked and not by_checked:
        checks.append("(w.words @@ %(checked)s::tsquery) is true")
    # + 0 keeps the planner from walking the key instead.
    sql = f"""
        with hits as materialized (
            select {hunt.source.columns} from {hunt.source.table} w
            where {" and ".join(checks)} and w.{key} + 0 >= %(low)s and w.{key} + 0 < %(high)s
        )
        select (select count(*) from hits) as hits, array(
            select w.{key} from (select * from hits order by {key} desc) w {_visible(hunt)} limit %(limit)s) as keys"""
    found = await row(tx, _Found, sql, _params(hunt, **keys, checked=hunt.match.checked, **_ends(window, limit)))
    return found or _Found(0, [])


def _keys(hunt: Hunt, window: Window, *, by_teams: bool, by_checked: bool) -> Iterator[tuple[str, str]]:
    """What the index is asked for, each by the name of its parameter."""
    if window.marks:
        yield "blocks", _any_of(window.marks)
    for number, text in enumerate([hunt.match.checked] if by_checked else hunt.match.indexed):
        yield f"key{number}", text
    if hunt.teams and by_teams:
        yield "team_marks", _any_of(map(team_mark, hunt.teams))


async def _check(tx: Transaction, hunt: Hunt, window: Window, limit: int) -> list[int]:
    key = hunt.source.key
    checks = [*hunt.on_words]
    if hunt.match.checked:
        checks.append("(w.words @@ %(checked)s::tsquery) is true")
    if hunt.teams:
        checks.append("(w.words @@ %(team_marks)s::tsquery) is true")
    sql = f"""
        select w.{key} from {hunt.source.table} w {_visible(hunt)}
        where w.{key} >= %(low)s and w.{key} < %(high)s {"".join(f" and {check}" for check in checks)}
        order by w.{key} desc limit %(limit)s"""
    params = {"checked": hunt.match.checked, "team_marks": _any_of(map(team_mark, hunt.teams or ()))}
    return await values(tx, int, sql, _params(hunt, **params, **_ends(window, limit)))


def _ends(window: Window, limit: int) -> dict[str, object]:
    return {"low": window.low, "high": window.high, "limit": limit}


async def _narrow(tx: Transaction, hunt: Hunt) -> list[int] | None:
    """The few tickets that the operators leave; None if they are not few."""
    seen = hunt.seen
    sql = f"select t.id from ticket t where {' and '.join([*seen, *hunt.on_ticket])} limit %(most)s"
    found = await values(tx, int, sql, _params(hunt, most=NARROW + 1))
    return found if len(found) <= NARROW else None


async def _of_tickets(tx: Transaction, hunt: Hunt, found: list[int], *, before: int | None, limit: int) -> list[int]:
    key = hunt.source.key
    checks = [*hunt.on_words]
    if hunt.match.whole:
        checks.append("(w.words @@ %(whole)s::tsquery) is true")
    sql = f"""
        select w.{key} from {hunt.source.table} w {_visible(hunt)}
        where w.{hunt.source.ticket} = any(%(found)s) and w.{key} < %(before)s
            {"".join(f" and {check}" for check in checks)}
        order by w.{key} + 0 desc limit %(limit)s"""
    params = _params(hunt, found=found, whole=hunt.match.whole, before=before or 1 << 62, limit=limit)
    return await values(tx, int, sql, params)


async def _begin(tx: Transaction, source: Source) -> _Ends:
    """The first and the last key, and a planner that makes the plans which are meant.

    The statements rule any other out: planning them anew costs more than it gives, and a plan by the values walks the
    table backwards for rare words (200 times slower).
    """
    sql = f"""
        select coalesce((select {source.key} from {source.table} order by {source.key} desc limit 1), 0) as newest,
               coalesce((select {source.key} from {source.table} order by {source.key} limit 1), 0) as oldest,
               set_config('plan_cache_mode', 'force_generic_plan', true),
               set_config('enable_seqscan', 'off', true)"""
    return await row(tx, _Ends, sql) or _Ends(0, 0)


class Ranked(Struct):
    """A key with how well it matches."""

    key: int
    score: float


async def rank(tx: Transaction, source: Source, match: Match, keys: list[int]) -> list[Ranked]:
    """How well each of some keys matches, best first; of equal ones the newer.

    Nearness and number of the words, less for long texts.
    """
    sql = f"""
        select {source.key} as key, ts_rank_cd(words, %(whole)s::tsquery, 1)::float8 as score
        from {source.table} where {source.key} = any(%(keys)s) order by score desc, key desc"""
    return await rows(tx, Ranked, sql, {"whole": match.whole, "keys": keys})
