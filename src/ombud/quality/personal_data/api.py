"""Endpoints of personal data: the policy, what is shown, who read what, and redactions."""

from litestar import Router, delete, get, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK

from ombud.quality.personal_data.schemas import (
    EntryInFull,
    OpenedOriginal,
    PersonalDataAccessList,
    PersonalDataMarking,
    PersonalDataPolicy,
    PersonalDataPolicyShown,
    Redaction,
    RedactionIn,
    RedactionList,
    RedactionMade,
    RedactionOpeningIn,
)
from ombud.quality.personal_data.services import policy, redacting, sealed, showing
from ombud.shared.http import By, Now, Reading, Tx, may
from ombud.tickets.queries.tickets import require_visible

TICKET = "/tickets/{ticket_id:int}"


@get("/personal-data/policy", guards=[may("personal_data.manage")])
async def get_policy(reading: Reading) -> PersonalDataPolicyShown:
    """Who sees which kinds of personal data, and what becomes of originals."""
    return await policy.show_policy(reading)


@put("/personal-data/policy", guards=[may("personal_data.manage")])
async def put_policy(tx: Tx, actor: By, now: Now, data: JSONBody[PersonalDataPolicy]) -> PersonalDataPolicyShown:
    """Say who sees what. It holds within some seconds, on open screens, too."""
    return await policy.change_policy(tx, data, by=actor, now=now)


@get("/personal-data/marking", guards=[may("tickets.read")])
async def get_marking(reading: Reading, actor: By) -> PersonalDataMarking:
    """Which kinds are marked, which are hidden from the person, and what they may do with them."""
    return await policy.show_marking(reading, by=actor)


@get("/personal-data/accesses", guards=[may("personal_data.manage")])
async def get_accesses(
    reading: Reading,
    ticket_id: FromQuery[int | None] = None,
    person_id: FromQuery[int | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> PersonalDataAccessList:
    """Who had hidden personal data shown, the newest first; never what it was."""
    return await showing.list_accesses(reading, ticket_id=ticket_id, person_id=person_id, cursor=cursor, limit=limit)


@post(f"{TICKET}/entries/{{entry_id:int}}/personal-data", guards=[may("personal_data.show")], status_code=HTTP_200_OK)
async def post_showing(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], entry_id: FromPath[int]) -> EntryInFull:
    """A message in full. Which kinds were hidden from the person, and that they read them, is written down."""
    return await showing.show_entry(tx, ticket_id, entry_id, by=actor, now=now)


@get(f"{TICKET}/redactions", guards=[may("tickets.read")])
async def get_redactions(reading: Reading, actor: By, ticket_id: FromPath[int]) -> RedactionList:
    """What was blacked out on a ticket: when, by whom, of which kind."""
    found = await require_visible(reading, ticket_id, by=actor)
    return RedactionList(await redacting.list_redactions(reading, found))


@post(f"{TICKET}/redactions", guards=[may("personal_data.redact")])
async def post_redaction(
    tx: Tx, actor: By, now: Now, state: State, ticket_id: FromPath[int], data: JSONBody[RedactionIn]
) -> RedactionMade:
    """Black out words of a message, or a file of it, wherever they are kept of the ticket."""
    return await redacting.redact_entry(tx, ticket_id, data, files=state.files, keys=state.key_ring, by=actor, now=now)


@post("/redactions/{redaction_id:int}/opening", guards=[may("personal_data.unseal")], status_code=HTTP_200_OK)
async def post_opening(
    tx: Tx, actor: By, now: Now, state: State, redaction_id: FromPath[int], data: JSONBody[RedactionOpeningIn]
) -> OpenedOriginal:
    """Read a sealed original; who and why is written down."""
    return await sealed.open_sealed(tx, redaction_id, data, keys=state.key_ring, by=actor, now=now)


@delete("/redactions/{redaction_id:int}", guards=[may("personal_data.unseal")], status_code=HTTP_200_OK)
async def delete_redaction(tx: Tx, actor: By, now: Now, state: State, redaction_id: FromPath[int]) -> Redaction:
    """Bring back what was blacked out, as long as its original is sealed."""
    return await sealed.undo_redaction(tx, redaction_id, files=state.files, keys=state.key_ring, by=actor, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_policy, put_policy, get_marking, get_accesses),
            *(post_showing, get_redactions, post_redaction, post_opening, delete_redaction),
        ],
        tags=["personal data"],
    )
]
