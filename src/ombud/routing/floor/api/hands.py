"""Endpoints of raised hands and of whispers."""

from litestar import get, post, put
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from ombud.routing.floor.schemas import Hand, HandIn, HandList, Word, WordIn, WordList
from ombud.routing.floor.services import hands, whispers
from ombud.shared.http import SILENT, By, Now, Reading, Tx, may


@get("/hands", guards=[may("presence.own")])
async def get_hands(reading: Reading, actor: By, now: Now) -> HandList:
    """Hands that are up: one's own, those of teams that one leads, those that one may know more about."""
    return await hands.list_hands(reading, by=actor, now=now)


@post("/hands", guards=[may("presence.own")], status_code=HTTP_201_CREATED)
async def post_hand(tx: Tx, actor: By, now: Now, data: JSONBody[HandIn]) -> Hand:
    """Ask the team leader or an expert for help at once."""
    return await hands.raise_hand(tx, data, by=actor, now=now)


@put("/hands/{hand_id:int}/taking", guards=[may("presence.own")])
async def put_taking(tx: Tx, actor: By, now: Now, hand_id: FromPath[int]) -> Hand:
    """Come to somebody's help."""
    return await hands.take_hand(tx, hand_id, by=actor, now=now)


@post("/hands/{hand_id:int}/words", guards=[may("presence.own")], status_code=HTTP_201_CREATED)
async def post_hand_word(tx: Tx, actor: By, now: Now, hand_id: FromPath[int], data: JSONBody[WordIn]) -> Hand:
    """Say something at a raised hand; a helper's first word is the answer that is measured."""
    return await hands.say_at_hand(tx, hand_id, data, by=actor, now=now)


@put("/hands/{hand_id:int}/end", guards=[may("presence.own")])
async def put_hand_end(tx: Tx, actor: By, now: Now, hand_id: FromPath[int]) -> Hand:
    """Take a hand down; what was answered becomes an internal note of its ticket."""
    return await hands.lower_hand(tx, hand_id, by=actor, now=now)


@get("/tickets/{ticket_id:int}/whispers", guards=[may("tickets.read")])
async def get_whispers(reading: Reading, actor: By, ticket_id: FromPath[int]) -> WordList:
    """What was whispered about a ticket to oneself, or by oneself."""
    return WordList(await whispers.list_whispers(reading, ticket_id, by=actor))


@post("/tickets/{ticket_id:int}/whispers", guards=[may("presence.own")], status_code=HTTP_201_CREATED)
async def post_whisper(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[WordIn]) -> Word:
    """Whisper to whoever works on a ticket, or answer who whispered. It is no entry: no customer can get it."""
    return await whispers.whisper(tx, ticket_id, data, by=actor, now=now)


@put(
    "/tickets/{ticket_id:int}/whispers/read",
    guards=[may("presence.own")],
    status_code=HTTP_204_NO_CONTENT,
    opt=SILENT,
)
async def put_whispers_read(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int]) -> None:
    """Note that one has read what was whispered."""
    await whispers.read_whispers(tx, ticket_id, by=actor, now=now)


handlers = [
    *(get_hands, post_hand, put_taking, post_hand_word, put_hand_end),
    *(get_whispers, post_whisper, put_whispers_read),
]
