"""The duty log, and the hand-over of a shift: every matter is accepted by whoever takes over, one by one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct, structs

from ombud.routing.floor.events import DutyNoteChanged, HandoverChanged
from ombud.routing.floor.queries import require_team
from ombud.routing.floor.schemas import (
    Acceptance,
    DutyItem,
    DutyItemIn,
    DutyLog,
    DutyNote,
    DutyNoteIn,
    Handover,
    HandoverIn,
    Proposal,
)
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, execute, row, rows, value
from ombud.shared.errors import Conflict, NotFound
from ombud.shared.events import emit
from ombud.tickets.queries.tickets import require_visible

NOTE = "n.id, n.team_id, n.kind, n.ticket_id, n.text, n.author_id, n.at, n.is_open, n.done_by, n.done_at"
HANDOVER = """
    o.id, o.team_id, o.from_id, o.summary, o.made_at, o.accepted_by, o.accepted_at,
    (select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'kind', i.kind, 'ticket_id', i.ticket_id,
        'text', i.text, 'due_at', i.due_at, 'accepted_by', i.accepted_by, 'accepted_at', i.accepted_at,
        'remark', i.remark) order by i.position), '[]') from duty_item i where i.handover_id = o.id) as items"""
OF_TEAMS = "(%(teams)s::bigint[] is null or {row}.team_id = any(%(teams)s))"
# What is promised for the next shift.
NEXT_SHIFT = timedelta(hours=12)
# As the screens show them: tiers are the desk's own words.
DEAR = "vip|gold|platin|diamond|premium|[金钻]"
MOST = 500
PROPOSED = 50
# Those who wait for us; more would hide the rest.
DEAR_PROPOSED = 10


class OwnHandover(Conflict):
    """You made this hand-over. Whoever takes over accepts it."""

    code = "own_handover"


async def write_note(tx: Transaction, data: DutyNoteIn, *, by: Actor, now: datetime) -> DutyNote:
    """Write something into the duty log of a team.

    Raises:
        NotFound: the team or the ticket is not the actor's to see.

    Emits: DutyNoteChanged
    """
    require_team(data.team_id, by=by)
    ticket_id = None if data.ticket_id is None else await require_visible(tx, data.ticket_id, by=by)
    sql = f"""
        insert into duty_note as n (team_id, kind, ticket_id, text, author_id, at, is_open)
        values (%(team_id)s, %(kind)s, %(ticket)s, %(words)s, %(by)s, %(now)s, %(is_open)s) returning {NOTE}"""
    params = structs.asdict(data) | {"ticket": ticket_id, "by": by.person_id, "now": now, "words": data.text.strip()}
    made = await row(tx, DutyNote, sql, params)
    if made is None:
        raise NotFound
    await emit(tx, DutyNoteChanged(team_id=made.team_id, note_id=made.id, change="written"), by=by, at=now)
    return made


async def finish_note(tx: Transaction, note_id: int, *, by: Actor, now: datetime) -> DutyNote:
    """Say that an open matter is done; a second time changes nothing.

    Raises:
        NotFound: it is of no team that the actor sees.

    Emits: DutyNoteChanged
    """
    sql = f"select {NOTE} from duty_note n where n.id = %(id)s and {OF_TEAMS.format(row='n')} for update"
    params = {"id": note_id, "teams": by.visible_teams(), "by": by.person_id, "now": now}
    found = await row(tx, DutyNote, sql, params)
    if found is None:
        raise NotFound
    if not found.is_open:
        return found
    await execute(
        tx, "update duty_note set is_open = false, done_by = %(by)s, done_at = %(now)s where id = %(id)s", params
    )
    await emit(tx, DutyNoteChanged(team_id=found.team_id, note_id=note_id, change="done"), by=by, at=now)
    return structs.replace(found, is_open=False, done_by=by.person_id, done_at=now)


async def read_log(
    tx: Transaction, *, since: datetime, until: datetime, team_id: int | None = None, by: Actor
) -> DutyLog:
    """Notes and hand-overs of a span, the newest first; open matters of any age stand among them."""
    params = {"since": since, "until": until, "team": team_id, "teams": by.visible_teams()}
    one_team = "(%(team)s::bigint is null or {row}.team_id = %(team)s)"
    sql = f"""
        select {NOTE} from duty_note n where {OF_TEAMS.format(row="n")} and {one_team.format(row="n")}
            and ((n.at >= %(since)s and n.at < %(until)s) or n.is_open) order by n.at desc, n.id desc limit {MOST}"""
    notes = await rows(tx, DutyNote, sql, params)
    sql = f"""
        select {HANDOVER} from duty_handover o where {OF_TEAMS.format(row="o")} and {one_team.format(row="o")}
            and ((o.made_at >= %(since)s and o.made_at < %(until)s) or o.accepted_at is null)
        order by o.made_at desc, o.id desc limit {MOST}"""
    return DutyLog(notes, await rows(tx, Handover, sql, params))


class _Due(Struct):
    ticket_id: int
    words: str
    due_at: datetime


async def propose_handover(tx: Transaction, team_id: int, *, by: Actor, now: datetime) -> Proposal:
    """What the next duty manager of a team should hear of, to be looked through before it is handed over.

    Raises:
        NotFound: the team is not the actor's.
    """
    require_team(team_id, by=by)
    kinds = {"fault": "fault", "vip": "vip", "weather": "weather"}
    sql = f"select {NOTE} from duty_note n where n.team_id = %(team)s and n.is_open order by n.at limit {PROPOSED}"
    notes = await rows(tx, DutyNote, sql, {"team": team_id})
    items = [
        DutyItemIn(kind=kinds.get(one.kind, "open"), text=one.text, ticket_id=one.ticket_id)  # type: ignore[arg-type]
        for one in notes
    ]
    params = {"team": team_id, "until": now + NEXT_SHIFT, **by.sight()}
    sql = f"""
        select p.ticket_id, p.words, p.due_at from promise p join ticket t on t.id = p.ticket_id
        where p.status = 'open' and p.due_at <= %(until)s and t.team_id = %(team)s and {seen("t")}
        order by p.due_at limit {PROPOSED}"""
    due = await rows(tx, _Due, sql, params)
    items += [DutyItemIn(kind="promise", text=one.words, ticket_id=one.ticket_id, due_at=one.due_at) for one in due]
    sql = f"""
        select t.id as ticket_id, t.subject as words, t.activity_at as due_at
        from ticket t join customer c on c.id = t.customer_id and c.tier ~* '{DEAR}'
        where t.team_id = %(team)s and t.is_open and t.waiting_since is not null and t.snoozed_until is null
            and {seen("t")} order by t.waiting_since limit {DEAR_PROPOSED}"""
    vips = await rows(tx, _Due, sql, params)
    told = {one.ticket_id for one in items}
    items += [
        DutyItemIn(kind="vip", text=one.words, ticket_id=one.ticket_id) for one in vips if one.ticket_id not in told
    ]
    return Proposal(items)


async def hand_over(tx: Transaction, data: HandoverIn, *, by: Actor, now: datetime) -> Handover:
    """Hand a shift over, with all that the next duty manager has to accept.

    Raises:
        NotFound: the team, or a ticket of an item, is not the actor's to see.

    Emits: HandoverChanged
    """
    require_team(data.team_id, by=by)
    for one in data.items:
        if one.ticket_id is not None:
            await require_visible(tx, one.ticket_id, by=by)
    sql = """
        insert into duty_handover (team_id, from_id, summary, made_at)
        values (%(team)s, %(by)s, %(summary)s, %(now)s) returning id"""
    params = {"team": data.team_id, "by": by.person_id, "summary": data.summary.strip(), "now": now}
    handover_id = await value(tx, int, sql, params) or 0
    await _write_items(tx, handover_id, data.items)
    await _tell(tx, data.team_id, handover_id, "made", by=by, now=now)
    return await find_handover(tx, handover_id, by=by)


async def _write_items(tx: Transaction, handover_id: int, items: Sequence[DutyItemIn]) -> None:
    sql = """
        insert into duty_item (handover_id, position, kind, ticket_id, text, due_at)
        select %(handover)s, i.place, i.kind, i.ticket_id, i.words, i.due_at
        from unnest(%(kinds)s::text[], %(tickets)s::bigint[], %(texts)s::text[], %(dues)s::timestamptz[])
            with ordinality as i (kind, ticket_id, words, due_at, place)"""
    params = {
        "handover": handover_id,
        "kinds": [one.kind for one in items],
        "tickets": [one.ticket_id for one in items],
        "texts": [one.text.strip() for one in items],
        "dues": [one.due_at for one in items],
    }
    await tx.execute(sql, params)


async def find_handover(tx: Transaction, handover_id: int, *, by: Actor) -> Handover:
    """One hand-over with its items.

    Raises:
        NotFound: it is of no team that the actor sees.
    """
    sql = f"select {HANDOVER} from duty_handover o where o.id = %(id)s and {OF_TEAMS.format(row='o')}"
    found = await row(tx, Handover, sql, {"id": handover_id, "teams": by.visible_teams()})
    if found is None:
        raise NotFound
    return found


async def accept_item(
    tx: Transaction, handover_id: int, item_id: int, data: Acceptance, *, by: Actor, now: datetime
) -> Handover:
    """Take over one matter; with the last the whole hand-over is accepted.

    Raises:
        NotFound: it is of no team that the actor sees.
        OwnHandover: nobody hands over to themselves.

    Emits: HandoverChanged
    """
    before = await _lock(tx, handover_id, by=by)
    item = next((one for one in before.items if one.id == item_id), None)
    if item is None:
        raise NotFound
    if item.accepted_at is not None:
        return before
    sql = """
        update duty_item set accepted_by = %(by)s, accepted_at = %(now)s, remark = %(remark)s where id = %(id)s"""
    await tx.execute(sql, {"id": item_id, "by": by.person_id, "now": now, "remark": data.remark.strip()})
    await _tell(tx, before.team_id, handover_id, "item_accepted", by=by, now=now)
    if _is_open(before.items, but=item_id):
        return await find_handover(tx, handover_id, by=by)
    return await accept_handover(tx, handover_id, by=by, now=now)


def _is_open(items: Sequence[DutyItem], *, but: int) -> bool:
    return any(one.accepted_at is None for one in items if one.id != but)


class ItemsOpen(Conflict):
    """Accept each matter first; what you cannot take over, say so in its remark."""

    code = "handover_items_open"


async def accept_handover(tx: Transaction, handover_id: int, *, by: Actor, now: datetime) -> Handover:
    """Accept a hand-over all of whose matters are accepted, or one without any.

    Raises:
        NotFound: it is of no team that the actor sees.
        OwnHandover: nobody hands over to themselves.
        ItemsOpen: something was not accepted yet.

    Emits: HandoverChanged
    """
    found = await _lock(tx, handover_id, by=by)
    if _is_open(found.items, but=0):
        raise ItemsOpen
    if found.accepted_at is None:
        sql = "update duty_handover set accepted_by = %(by)s, accepted_at = %(now)s where id = %(id)s"
        await tx.execute(sql, {"id": handover_id, "by": by.person_id, "now": now})
        await _tell(tx, found.team_id, handover_id, "accepted", by=by, now=now)
    return await find_handover(tx, handover_id, by=by)


async def _lock(tx: Transaction, handover_id: int, *, by: Actor) -> Handover:
    await tx.execute("select from duty_handover where id = %(id)s for update", {"id": handover_id})
    found = await find_handover(tx, handover_id, by=by)
    if found.from_id == by.person_id:
        raise OwnHandover
    return found


async def _tell(tx: Transaction, team_id: int, handover_id: int, change: str, *, by: Actor, now: datetime) -> None:
    fact = HandoverChanged(team_id=team_id, handover_id=handover_id, change=change)  # type: ignore[arg-type]
    await emit(tx, fact, by=by, at=now)
