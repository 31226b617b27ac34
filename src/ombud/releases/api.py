"""Endpoints of release notes."""

from litestar import Router, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT
from msgspec import Struct

from ombud.releases import queries
from ombud.releases.schemas import (
    CallOffIn,
    Release,
    ReleaseAnswerIn,
    ReleaseDecisionIn,
    ReleaseIn,
    ReleaseItemIn,
    ReleaseItemPatch,
    ReleaseList,
    ReleasePatch,
    ReleaseQuestionIn,
    ReleaseQuestionPatch,
    Standing,
)
from ombud.releases.services import notes, questions
from ombud.shared.http import By, Now, Reading, Tx, may

NOTE = "/releases/{release_id:int}"
ITEM = f"{NOTE}/items/{{item_id:int}}"
QUESTION = f"{NOTE}/questions/{{question_id:int}}"


class UnreadReleases(Struct):
    """How many notes the actor has not read."""

    count: int


@get("/releases", guards=[may("releases.read")])
async def get_releases(reading: Reading, actor: By, now: Now, which: FromQuery[Standing] = "coming") -> ReleaseList:
    """Releases and changes that are coming, live or past; a partner sees what concerns them."""
    return ReleaseList(await queries.list_notes(reading, which, by=actor, now=now))


@get("/releases/unread", guards=[may("releases.read")])
async def get_unread_releases(reading: Reading, actor: By, now: Now) -> UnreadReleases:
    """How many coming and live ones the actor has not read as they are now."""
    return UnreadReleases(await queries.count_unread(reading, by=actor, now=now))


@post("/releases", guards=[may("releases.write")], status_code=HTTP_201_CREATED)
async def post_release(tx: Tx, actor: By, now: Now, data: JSONBody[ReleaseIn]) -> Release:
    """Announce a release or change of a team of one's own, with its readiness list."""
    return await notes.announce(tx, data, by=actor, now=now)


@get(NOTE, guards=[may("releases.read")])
async def get_release(reading: Reading, actor: By, now: Now, release_id: FromPath[int]) -> Release:
    """One with its readiness list and questions."""
    return await queries.find_note(reading, release_id, by=actor, now=now)


@patch(NOTE, guards=[may("releases.write")])
async def patch_release(
    tx: Tx, actor: By, now: Now, release_id: FromPath[int], data: JSONBody[ReleasePatch]
) -> Release:
    """Change its words, owner or day; another day takes the decision back."""
    return await notes.change_note(tx, release_id, data, by=actor, now=now)


@put(f"{NOTE}/decision", guards=[may("releases.decide")])
async def put_decision(
    tx: Tx, actor: By, now: Now, release_id: FromPath[int], data: JSONBody[ReleaseDecisionIn]
) -> Release:
    """Say go or no-go. 409 ``not_ready``: something is open, and no reason says why it goes all the same."""
    return await notes.decide(tx, release_id, data, by=actor, now=now)


@put(f"{NOTE}/calling-off", guards=[may("releases.write")])
async def put_calling_off(tx: Tx, actor: By, now: Now, release_id: FromPath[int], data: JSONBody[CallOffIn]) -> Release:
    """Say that it does not come."""
    return await notes.call_off(tx, release_id, data, by=actor, now=now)


@put(f"{NOTE}/read", guards=[may("releases.read")])
async def put_release_read(tx: Tx, actor: By, now: Now, release_id: FromPath[int]) -> Release:
    """Tick it as read, as it is now."""
    return await notes.read_note(tx, release_id, by=actor, now=now)


@put(f"{NOTE}/seen", guards=[may("releases.read")], status_code=HTTP_204_NO_CONTENT)
async def put_release_seen(tx: Tx, actor: By, now: Now, release_id: FromPath[int]) -> None:
    """Take what told the actor of it as read; it is not ticked."""
    await notes.see_note(tx, release_id, by=actor, now=now)


@post(f"{NOTE}/items", guards=[may("releases.write")], status_code=HTTP_201_CREATED)
async def post_release_item(
    tx: Tx, actor: By, now: Now, release_id: FromPath[int], data: JSONBody[ReleaseItemIn]
) -> Release:
    """Put something on the readiness list."""
    return await notes.add_item(tx, release_id, data, by=actor, now=now)


@patch(ITEM, guards=[may("releases.read")])
async def patch_release_item(
    tx: Tx, actor: By, now: Now, release_id: FromPath[int], item_id: FromPath[int], data: JSONBody[ReleaseItemPatch]
) -> Release:
    """Tick an item of one's own; whoever may write the note changes all of it."""
    return await notes.change_item(tx, release_id, item_id, data, by=actor, now=now)


@delete(ITEM, guards=[may("releases.write")], status_code=HTTP_200_OK)
async def delete_release_item(
    tx: Tx, actor: By, now: Now, release_id: FromPath[int], item_id: FromPath[int]
) -> Release:
    """Take something off the readiness list."""
    return await notes.remove_item(tx, release_id, item_id, by=actor, now=now)


@post(f"{NOTE}/questions", guards=[may("releases.read")], status_code=HTTP_201_CREATED)
async def post_question(
    tx: Tx, actor: By, now: Now, release_id: FromPath[int], data: JSONBody[ReleaseQuestionIn]
) -> Release:
    """Ask something; the owner of the note is told."""
    return await questions.ask(tx, release_id, data, by=actor, now=now)


@patch(QUESTION, guards=[may("releases.read")])
async def patch_question(
    tx: Tx,
    actor: By,
    now: Now,
    release_id: FromPath[int],
    question_id: FromPath[int],
    data: JSONBody[ReleaseQuestionPatch],
) -> Release:
    """Give a question to somebody, or another day; for its owner and the product team."""
    return await questions.assign_question(tx, release_id, question_id, data, by=actor, now=now)


@put(f"{QUESTION}/answer", guards=[may("releases.read")])
async def put_answer(
    tx: Tx, actor: By, now: Now, release_id: FromPath[int], question_id: FromPath[int], data: JSONBody[ReleaseAnswerIn]
) -> Release:
    """Answer a question for everybody; for its owner and the product team."""
    return await questions.answer_question(tx, release_id, question_id, data, by=actor, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_releases, get_unread_releases, post_release, get_release, patch_release, put_decision),
            *(put_calling_off, put_release_read, put_release_seen, post_release_item, patch_release_item),
            *(delete_release_item, post_question, patch_question, put_answer),
        ],
        tags=["releases"],
    )
]
