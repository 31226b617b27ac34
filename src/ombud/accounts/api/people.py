"""People, for colleagues and for administrators."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody

from ombud.accounts import queries
from ombud.accounts.api.edge import Edge
from ombud.accounts.schemas import InvitedPerson, NewPerson, Person, PersonBrief, PersonChange
from ombud.accounts.services.people import (
    change_person,
    invite_person,
    send_invitation,
    sign_out_person,
    take_second_factor_away,
)
from ombud.shared.http import By, Now, Tx, may
from ombud.shared.paging import Paged


@get(
    "/people/brief",
    guards=[may("tickets.read")],
    operation_id="list_colleagues",
    summary="All colleagues, in brief",
    tags=["people"],
)
async def get_people_brief(tx: Tx, now: Now) -> Paged[PersonBrief]:
    """Names, presence and teams; people who left stay in it, because old tickets name them."""
    return Paged(await queries.people_brief(tx, now=now))


@get(
    "/people",
    guards=[may("people.manage")],
    operation_id="list_people",
    summary="All people",
    tags=["people"],
)
async def get_people(tx: Tx, now: Now) -> Paged[Person]:
    """All people with what administrators decide of them."""
    return Paged(await queries.people(tx, now=now))


@post(
    "/people",
    guards=[may("people.manage")],
    operation_id="invite_person",
    summary="Invite a person",
    tags=["people"],
)
async def post_person(data: JSONBody[NewPerson], tx: Tx, edge: Edge, actor: By, now: Now) -> InvitedPerson:
    """Add a person and mail them a link; the answer holds it when no mailbox can. 409 ``email_taken``."""
    address = edge.settings.address
    return await invite_person(tx, wanted=data, mail=edge.mail, address=address, by=actor, now=now)


@patch(
    "/people/{person_id:int}",
    guards=[may("people.manage")],
    operation_id="change_person",
    summary="Change a person",
    tags=["people"],
)
async def patch_person(person_id: FromPath[int], data: JSONBody[PersonChange], tx: Tx, actor: By, now: Now) -> Person:
    """Change role, teams, capacity and more, or (de)activate. 409 ``last_administrator`` or ``email_taken``."""
    return await change_person(tx, person_id=person_id, change=data, by=actor, now=now)


@post(
    "/people/{person_id:int}/invitation",
    guards=[may("people.manage")],
    operation_id="send_invitation",
    summary="Send a person a new link",
    tags=["people"],
    status_code=200,
)
async def post_invitation(person_id: FromPath[int], tx: Tx, edge: Edge, actor: By, now: Now) -> InvitedPerson:
    """Mail a link to choose a password, the first or a new one; older links are worth nothing then."""
    address = edge.settings.address
    return await send_invitation(tx, person_id=person_id, mail=edge.mail, address=address, by=actor, now=now)


@delete(
    "/people/{person_id:int}/sessions",
    guards=[may("people.manage")],
    operation_id="sign_out_person",
    summary="End all sessions of a person",
    tags=["people"],
)
async def delete_sessions(person_id: FromPath[int], tx: Tx, actor: By, now: Now) -> None:
    """Sign a person out everywhere, within seconds."""
    await sign_out_person(tx, person_id=person_id, by=actor, now=now)


@delete(
    "/people/{person_id:int}/second-factor",
    guards=[may("people.manage")],
    operation_id="take_second_factor_away",
    summary="Switch a person's second factor off",
    tags=["people"],
)
async def delete_second_factor(person_id: FromPath[int], tx: Tx, actor: By, now: Now) -> None:
    """For somebody who lost phone and recovery codes."""
    await take_second_factor_away(tx, person_id=person_id, by=actor, now=now)


handlers = [
    get_people_brief,
    get_people,
    post_person,
    patch_person,
    post_invitation,
    delete_sessions,
    delete_second_factor,
]
