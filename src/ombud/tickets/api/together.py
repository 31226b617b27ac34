"""Endpoints of working together on a ticket: looking, followers, checklists, the shared draft, time spent."""

from typing import Annotated

from litestar import delete, get, patch, post, put
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_201_CREATED
from msgspec import Meta, Struct, to_builtins

from ombud.shared.database import Transaction
from ombud.shared.http import By, Now, Reading, Tx, may
from ombud.tickets.queries.lists import places_of
from ombud.tickets.queries.tickets import require_visible
from ombud.tickets.schemas import (
    ChecklistIn,
    ChecklistItem,
    ChecklistItemPatch,
    ChecklistTemplate,
    ChecklistTemplateIn,
    Looker,
    LookingFrame,
    LookingIn,
    SharedDraft,
    SharedDraftFrame,
    SharedDraftIn,
    TimeIn,
    Together,
)
from ombud.tickets.services.together import checklists, followers, looking, shared_draft, time_spent
from ombud.tickets.services.together.page import get_together as load_together

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class LookerList(Struct):
    """Who has the ticket on the screen, the actor too."""

    items: list[Looker]


class Checklist(Struct):
    """A ticket's checklist in its order."""

    items: list[ChecklistItem]


class ChecklistTemplateList(Struct):
    """Checklists to take items from."""

    items: list[ChecklistTemplate]


@get("/tickets/{ticket_id:int}/together", guards=[may("tickets.read")])
async def get_together(reading: Reading, actor: By, ticket_id: FromPath[int]) -> Together:
    """Followers, checklist and time of a ticket, and whether it has a shared draft."""
    return await load_together(reading, ticket_id, by=actor)


async def _publish(tx: Transaction, state: State, topic: str, data: LookingFrame | SharedDraftFrame) -> None:
    place = (await places_of(tx, [data.ticket_id]))[data.ticket_id]
    audience = {"team_id": place.team_id, "brand_id": place.brand_id}
    state.bus.publish(topic, {**to_builtins(data), **audience})


@get("/tickets/{ticket_id:int}/lookers", guards=[may("tickets.read")])
async def get_lookers(reading: Reading, actor: By, now: Now, ticket_id: FromPath[int]) -> LookerList:
    """Who has the ticket on the screen at this moment, and whether they write."""
    await require_visible(reading, ticket_id, by=actor)
    return LookerList(await looking.list_lookers(reading, ticket_id, now=now))


@put("/tickets/{ticket_id:int}/looking", guards=[may("tickets.read")])
async def put_looking(
    tx: Tx, actor: By, now: Now, state: State, ticket_id: FromPath[int], data: JSONBody[LookingIn]
) -> LookerList:
    """Tell that the actor looks at a ticket or writes on it; repeated every 8 s, forgotten after 20 s of silence."""
    is_news = await looking.look(tx, ticket_id, data, by=actor, now=now)
    found = await looking.list_lookers(tx, ticket_id, now=now)
    if is_news:
        await _publish(tx, state, "looking", LookingFrame(ticket_id, found))
    return LookerList(found)


@delete("/tickets/{ticket_id:int}/looking", guards=[may("tickets.read")])
async def delete_looking(
    tx: Tx, actor: By, now: Now, state: State, ticket_id: FromPath[int], tab: FromQuery[str]
) -> None:
    """Tell that a window shows something else now."""
    if await looking.look_away(tx, ticket_id, tab, by=actor):
        found = await looking.list_lookers(tx, ticket_id, now=now)
        await _publish(tx, state, "looking", LookingFrame(ticket_id, found))


@put("/tickets/{ticket_id:int}/followers/{person_id:int}", guards=[may("tickets.read")])
async def put_follower(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], person_id: FromPath[int]) -> Together:
    """Follow a ticket by one's own id, or let a colleague follow it, who is told."""
    await followers.add_follower(tx, ticket_id, person_id, by=actor, now=now)
    return await load_together(tx, ticket_id, by=actor)


@delete("/tickets/{ticket_id:int}/followers/{person_id:int}", guards=[may("tickets.read")], status_code=200)
async def delete_follower(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], person_id: FromPath[int]) -> Together:
    """End the following of oneself or of a colleague."""
    await followers.remove_follower(tx, ticket_id, person_id, by=actor, now=now)
    return await load_together(tx, ticket_id, by=actor)


@post("/tickets/{ticket_id:int}/checklist", guards=[may("tickets.note")], status_code=HTTP_201_CREATED)
async def post_checklist(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[ChecklistIn]
) -> Checklist:
    """Add an item by its text, or those of a template that are not there yet."""
    return Checklist(await checklists.add_items(tx, ticket_id, data, by=actor, now=now))


@patch("/tickets/{ticket_id:int}/checklist/{item_id:int}", guards=[may("tickets.note")])
async def patch_checklist_item(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], item_id: FromPath[int], data: JSONBody[ChecklistItemPatch]
) -> Checklist:
    """Tick an item off, open it again, change its text or its place."""
    return Checklist(await checklists.change_item(tx, ticket_id, item_id, data, by=actor, now=now))


@delete("/tickets/{ticket_id:int}/checklist/{item_id:int}", guards=[may("tickets.note")], status_code=200)
async def delete_checklist_item(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], item_id: FromPath[int]
) -> Checklist:
    """Take an item off the checklist."""
    return Checklist(await checklists.remove_item(tx, ticket_id, item_id, by=actor, now=now))


@get("/tickets/{ticket_id:int}/shared-draft", guards=[may("tickets.note")])
async def get_shared_draft(tx: Tx, actor: By, ticket_id: FromPath[int]) -> SharedDraft | None:
    """The draft that everybody who sees the ticket writes, null when there is none."""
    return await shared_draft.find_shared_draft(tx, ticket_id, by=actor)


@put("/tickets/{ticket_id:int}/shared-draft", guards=[may("tickets.note")])
async def put_shared_draft(
    tx: Tx, actor: By, now: Now, state: State, ticket_id: FromPath[int], data: JSONBody[SharedDraftIn]
) -> SharedDraft:
    """Keep the shared draft. 409 ``shared_draft_changed`` has a colleague's: its version takes over."""
    kept = await shared_draft.keep_shared_draft(tx, ticket_id, data, by=actor, now=now)
    await _publish(tx, state, "shared_draft", SharedDraftFrame(ticket_id, kept.version, kept.edited_by))
    return kept


@delete("/tickets/{ticket_id:int}/shared-draft", guards=[may("tickets.note")])
async def delete_shared_draft(
    tx: Tx, actor: By, now: Now, state: State, ticket_id: FromPath[int], version: FromQuery[Version]
) -> None:
    """Throw the shared draft away, as long as it is the version that the actor has seen."""
    await shared_draft.drop_shared_draft(tx, ticket_id, version=version, by=actor, now=now)
    await _publish(tx, state, "shared_draft", SharedDraftFrame(ticket_id, 0, actor.person_id))


@post("/tickets/{ticket_id:int}/time", guards=[may("tickets.note")], status_code=HTTP_201_CREATED)
async def post_time(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[TimeIn]) -> Together:
    """Enter time that the actor worked on a ticket."""
    await time_spent.spend_time(tx, ticket_id, data, by=actor, now=now)
    return await load_together(tx, ticket_id, by=actor)


@delete("/tickets/{ticket_id:int}/time/{time_id:int}", guards=[may("tickets.note")], status_code=200)
async def delete_time(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], time_id: FromPath[int]) -> Together:
    """Take away time that the actor had entered."""
    await time_spent.remove_time(tx, ticket_id, time_id, by=actor, now=now)
    return await load_together(tx, ticket_id, by=actor)


@get("/checklist-templates", guards=[may("tickets.read")])
async def get_checklist_templates(tx: Tx) -> ChecklistTemplateList:
    """Checklists to take items from."""
    return ChecklistTemplateList(await checklists.list_templates(tx))


@post("/checklist-templates", guards=[may("channels.manage")], status_code=HTTP_201_CREATED)
async def post_checklist_template(
    tx: Tx, actor: By, now: Now, data: JSONBody[ChecklistTemplateIn]
) -> ChecklistTemplate:
    """Add a checklist to take items from."""
    return await checklists.add_template(tx, data, by=actor, now=now)


@patch("/checklist-templates/{template_id:int}", guards=[may("channels.manage")])
async def patch_checklist_template(
    tx: Tx, actor: By, now: Now, template_id: FromPath[int], data: JSONBody[ChecklistTemplateIn]
) -> ChecklistTemplate:
    """Change a template; tickets keep their items."""
    return await checklists.change_template(tx, template_id, data, by=actor, now=now)


@delete("/checklist-templates/{template_id:int}", guards=[may("channels.manage")])
async def delete_checklist_template(tx: Tx, actor: By, now: Now, template_id: FromPath[int]) -> None:
    """Remove a template; tickets keep their items."""
    await checklists.remove_template(tx, template_id, by=actor, now=now)


HANDLERS = [
    get_together,
    get_lookers,
    put_looking,
    delete_looking,
    put_follower,
    delete_follower,
    post_checklist,
    patch_checklist_item,
    delete_checklist_item,
    get_shared_draft,
    put_shared_draft,
    delete_shared_draft,
    post_time,
    delete_time,
    get_checklist_templates,
    post_checklist_template,
    patch_checklist_template,
    delete_checklist_template,
]
