"""Raised hands: one key asks the team leader or an expert for help; they come, answer, and it is measured."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from ombud.routing.floor.events import HandChanged, HandRaised
from ombud.routing.floor.schemas import Hand, HandIn, HandList, WordIn
from ombud.routing.floor.services.whispers import say
from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, row, rows, value, values
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.queries.tickets import require_visible
from ombud.tickets.schemas import NoteIn
from ombud.tickets.services.changes import add_note

Change = Literal["taken", "said", "answered", "withdrawn"]
MEASURED = timedelta(days=7)
LISTED = 100
# Whoever knows a field so well may be asked as an expert.
EXPERT_LEVEL = 4

# Of a ticket that one may not see, as of another brand, nothing is told.
HAND = f"""
    h.id, h.person_id, h.team_id, case when {seen("t")} then t.id end as ticket_id,
    case when {seen("t")} then t.subject end as subject, h.wants, h.question, h.raised_at, h.taken_by, h.taken_at,
    h.answered_at, h.ended_at, h.outcome,
    (select coalesce(jsonb_agg(jsonb_build_object('id', w.id, 'hand_id', w.hand_id, 'ticket_id', w.ticket_id,
        'from_id', w.from_id, 'to_id', w.to_id, 'text', w.text, 'at', w.at, 'read_at', w.read_at) order by w.id), '[]')
        from whisper w where w.hand_id = h.id) as words"""
# Their own; of teams that they lead; as one who knows more, of teams that they belong to.
THEIRS = f"""
    (h.person_id = %(me)s or h.taken_by = %(me)s
        or (%(leads)s and (%(teams)s::bigint[] is null or h.team_id = any(%(teams)s)))
        or (h.wants = 'expert' and exists (select from membership m
                where m.person_id = %(me)s and m.team_id = h.team_id)
            and exists (select from agent_skill s where s.person_id = %(me)s and s.level >= {EXPERT_LEVEL}
                and (s.valid_until is null or s.valid_until >= %(today)s))))"""


class HandIsDown(Conflict):
    """This hand is down already."""

    code = "hand_is_down"


class HandIsTaken(Conflict):
    """Somebody else has come already."""

    code = "hand_is_taken"


def _sight(by: Actor, now: datetime) -> dict[str, object]:
    leads = by.may("floor.lead")
    return {"me": by.person_id, "leads": leads, "today": now.date(), **by.sight()}


async def raise_hand(tx: Transaction, data: HandIn, *, by: Actor, now: datetime) -> Hand:
    """Ask for help at once; one who has asked about the same thing already changes only the question.

    Raises:
        NotFound: the ticket may not be seen.
        Invalid: whoever belongs to no team has nobody to ask.

    Emits: HandRaised
    """
    team_id, ticket_id = await _place(tx, data.ticket_id, by=by)
    sql = """
        insert into raised_hand (person_id, team_id, ticket_id, wants, question, raised_at)
        values (%(me)s, %(team)s, %(ticket)s, %(wants)s, %(question)s, %(now)s)
        on conflict (person_id, coalesce(ticket_id, 0)) where ended_at is null
        do update set wants = excluded.wants, question = excluded.question
        returning id"""
    params = {"me": by.person_id, "team": team_id, "ticket": ticket_id, "wants": data.wants, "now": now}
    hand_id = await value(tx, int, sql, params | {"question": data.question.strip()}) or 0
    fact = HandRaised(team_id=team_id, hand_id=hand_id, person_id=by.person_id, wants=data.wants)
    await emit(tx, fact, by=by, at=now)
    return await find_hand(tx, hand_id, by=by, now=now)


async def _place(tx: Transaction, ticket_id: int | None, *, by: Actor) -> tuple[int, int | None]:
    """The team that is asked: the ticket's, if one belongs to it, else one's first."""
    own = await values(tx, int, "select team_id from membership where person_id = %(id)s order by 1", {"id": by.id})
    if not own:
        raise Invalid("You belong to no team that could help.", fields={"ticket_id": "no_team"})
    if ticket_id is None:
        return own[0], None
    ticket_id = await require_visible(tx, ticket_id, by=by)
    team_id = await value(tx, int, "select team_id from ticket where id = %(id)s", {"id": ticket_id}) or 0
    return team_id if team_id in own else own[0], ticket_id


async def find_hand(tx: Transaction, hand_id: int, *, by: Actor, now: datetime) -> Hand:
    """A raised hand that concerns the actor.

    Raises:
        NotFound: there is none, or it is between others.
    """
    sql = f"select {HAND} from raised_hand h left join ticket t on t.id = h.ticket_id where h.id = %(id)s and {THEIRS}"
    found = await row(tx, Hand, sql, {"id": hand_id, **_sight(by, now)})
    if found is None:
        raise NotFound
    return found


async def list_hands(tx: Transaction, *, by: Actor, now: datetime) -> HandList:
    """Hands that are up and concern the actor, the longest waiting first."""
    sql = f"""
        select {HAND} from raised_hand h left join ticket t on t.id = h.ticket_id
        where h.ended_at is null and {THEIRS} order by h.raised_at, h.id limit {LISTED}"""
    found = await rows(tx, Hand, sql, _sight(by, now))
    sql = """
        select count(*)::int as answered, percentile_cont(0.5) within group (order by
            extract(epoch from h.answered_at - h.raised_at))::float8 as seconds
        from raised_hand h where h.answered_at is not null and h.raised_at > %(since)s
            and (%(teams)s::bigint[] is null or h.team_id = any(%(teams)s))"""
    params = {"since": now - MEASURED, "teams": by.visible_teams()}
    speed = await row(tx, _Speed, sql, params) or _Speed(0, None)
    return HandList(found, speed.seconds, speed.answered)


class _Speed(Struct):
    answered: int
    seconds: float | None


async def take_hand(tx: Transaction, hand_id: int, *, by: Actor, now: datetime) -> Hand:
    """Come to somebody's help; coming twice changes nothing.

    Raises:
        NotFound: it does not concern the actor, or it is their own.
        HandIsDown: it is over.
        HandIsTaken: somebody else has come.

    Emits: HandChanged
    """
    hand = await _lock_open(tx, hand_id, by=by, now=now)
    if hand.person_id == by.person_id:
        raise NotFound
    if hand.taken_by == by.person_id:
        return hand
    if hand.taken_by is not None:
        raise HandIsTaken
    sql = "update raised_hand set taken_by = %(me)s, taken_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"id": hand_id, "me": by.person_id, "now": now})
    await _tell(tx, hand, "taken", by=by, now=now)
    return await find_hand(tx, hand_id, by=by, now=now)


async def say_at_hand(tx: Transaction, hand_id: int, data: WordIn, *, by: Actor, now: datetime) -> Hand:
    """Say something to whoever asked, or to whoever came. The first word of a helper is the answer that is measured.

    Raises:
        NotFound: it does not concern the actor.
        HandIsDown: it is over.

    Emits: HandChanged, WhisperSent
    """
    hand = await _lock_open(tx, hand_id, by=by, now=now)
    is_own = hand.person_id == by.person_id
    if not is_own and hand.taken_by is None:
        hand = await take_hand(tx, hand_id, by=by, now=now)
    to_id = (hand.taken_by or hand.person_id) if is_own else hand.person_id
    await say(tx, data.text, to_id=to_id, ticket_id=hand.ticket_id, hand_id=hand_id, by=by, now=now)
    if not is_own and hand.answered_at is None:
        sql = "update raised_hand set answered_at = %(now)s where id = %(id)s"
        await tx.execute(sql, {"id": hand_id, "now": now})
    await _tell(tx, hand, "said", by=by, now=now)
    return await find_hand(tx, hand_id, by=by, now=now)


async def lower_hand(tx: Transaction, hand_id: int, *, by: Actor, now: datetime) -> Hand:
    """End a raised hand. What was answered is kept as an internal note on its ticket.

    Raises:
        NotFound: it is neither the actor's own nor one that they came to.
        HandIsDown: it is over.

    Emits: HandChanged, NoteAdded
    """
    hand = await _lock_open(tx, hand_id, by=by, now=now)
    if by.person_id not in {hand.person_id, hand.taken_by}:
        raise NotFound
    outcome: Change = "withdrawn" if hand.answered_at is None else "answered"
    sql = "update raised_hand set ended_at = %(now)s, outcome = %(outcome)s where id = %(id)s"
    await tx.execute(sql, {"id": hand_id, "now": now, "outcome": outcome})
    if outcome == "answered" and hand.ticket_id is not None:
        text = await _exchange(tx, hand)
        note = NoteIn(text=text, client_key=f"raised-hand-{hand_id}")
        await add_note(tx, hand.ticket_id, note, by=by, now=now)
    await _tell(tx, hand, outcome, by=by, now=now)
    return await find_hand(tx, hand_id, by=by, now=now)


async def _exchange(tx: Transaction, hand: Hand) -> str:
    people = {hand.person_id, *(one.from_id for one in hand.words)}
    sql = "select id, name from person where id = any(%(ids)s)"
    names = {one.id: one.name for one in await rows(tx, _Name, sql, {"ids": sorted(people)})}
    asked = [f"{names[hand.person_id]}: {hand.question}"] if hand.question else []
    return "\n".join([*asked, *(f"{names[one.from_id]}: {one.text}" for one in hand.words)])


class _Name(Struct):
    id: int
    name: str


async def _lock_open(tx: Transaction, hand_id: int, *, by: Actor, now: datetime) -> Hand:
    await tx.execute("select from raised_hand where id = %(id)s for update", {"id": hand_id})
    found = await find_hand(tx, hand_id, by=by, now=now)
    if found.ended_at is not None:
        raise HandIsDown
    return found


async def _tell(tx: Transaction, hand: Hand, change: Change, *, by: Actor, now: datetime) -> None:
    fact = HandChanged(team_id=hand.team_id, hand_id=hand.id, person_id=hand.person_id, change=change)
    await emit(tx, fact, by=by, at=now)
