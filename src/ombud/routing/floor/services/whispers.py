"""What colleagues say to each other beside a conversation. It never becomes an entry: no channel could send it."""

from datetime import datetime

from ombud.routing.floor.events import WhisperSent
from ombud.routing.floor.schemas import Word, WordIn
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, rows, value
from ombud.shared.errors import Conflict, NotFound
from ombud.shared.events import emit
from ombud.tickets.queries.tickets import require_visible

WORD = "w.id, w.hand_id, w.ticket_id, w.from_id, w.to_id, w.text, w.at, w.read_at"
SHOWN = 100


class NobodyToWhisperTo(Conflict):
    """Nobody has this ticket, or it is yours. Whisper to whoever works on it."""

    code = "nobody_to_whisper_to"


async def whisper(tx: Transaction, ticket_id: int, data: WordIn, *, by: Actor, now: datetime) -> Word:
    """Say something to whoever works on a ticket; they answer by the same way whoever whispered to them last.

    Raises:
        NotFound: the ticket may not be seen, or one who leads nobody begins.
        NobodyToWhisperTo: nobody else works on it.

    Emits: WhisperSent
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    holder = await value(tx, int, "select assignee_id from ticket where id = %(id)s", {"id": ticket_id})
    sql = """
        select from_id from whisper where ticket_id = %(ticket)s and hand_id is null and to_id = %(me)s
        order by id desc limit 1"""
    last = await value(tx, int, sql, {"ticket": ticket_id, "me": by.person_id})
    if holder in {None, by.person_id} and last is None:
        raise NobodyToWhisperTo
    if last is None and not by.may("floor.lead"):
        raise NotFound
    to_id = holder if holder not in {None, by.person_id} and by.may("floor.lead") else last
    return await say(tx, data.text, to_id=to_id or 0, ticket_id=ticket_id, hand_id=None, by=by, now=now)


async def say(
    tx: Transaction, text: str, *, to_id: int, ticket_id: int | None, hand_id: int | None, by: Actor, now: datetime
) -> Word:
    """Keep one word between two colleagues.

    Emits: WhisperSent
    """
    sql = f"""
        insert into whisper as w (hand_id, ticket_id, from_id, to_id, text, at)
        values (%(hand)s, %(ticket)s, %(me)s, %(to)s, %(text)s, %(now)s) returning {WORD}"""
    params = {"hand": hand_id, "ticket": ticket_id, "me": by.person_id, "to": to_id, "now": now}
    made = await row(tx, Word, sql, params | {"text": text.strip()})
    if made is None:
        raise NotFound
    fact = WhisperSent(whisper_id=made.id, about_ticket_id=ticket_id, from_id=by.person_id, to_id=to_id)
    await emit(tx, fact, by=by, at=now)
    return made


async def list_whispers(tx: Transaction, ticket_id: int, *, by: Actor) -> list[Word]:
    """What was whispered about a ticket to the actor or by them, first to last.

    Raises:
        NotFound: the ticket may not be seen.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    sql = f"""
        select * from (select {WORD} from whisper w where w.ticket_id = %(ticket)s and w.hand_id is null
            and %(me)s in (w.from_id, w.to_id) order by w.id desc limit {SHOWN}) last order by id"""
    return await rows(tx, Word, sql, {"ticket": ticket_id, "me": by.person_id})


async def read_whispers(tx: Transaction, ticket_id: int, *, by: Actor, now: datetime) -> int:
    """Note that the actor has read what was whispered to them about a ticket; how much was new.

    Raises:
        NotFound: the ticket may not be seen.
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    sql = """
        update whisper set read_at = %(now)s
        where ticket_id = %(ticket)s and to_id = %(me)s and hand_id is null and read_at is null"""
    return await execute(tx, sql, {"ticket": ticket_id, "me": by.person_id, "now": now})


async def load_words(tx: Transaction, ids: list[int]) -> list[Word]:
    """Words by their numbers, for the streams of the two whom they are between."""
    return await rows(tx, Word, f"select {WORD} from whisper w where w.id = any(%(ids)s) order by w.id", {"ids": ids})
