"""Endpoints of customers that need their tickets: merges, the one timeline, the profile, the export."""

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK
from msgspec import Struct

from ombud.customers.queries.customers import require_customer
from ombud.customers.schemas import Customer
from ombud.shared.http import By, Now, Tx, may
from ombud.shared.paging import Paged
from ombud.tickets.customer_schemas import (
    CustomerEvent,
    CustomerExport,
    CustomerMerge,
    CustomerMergeIn,
    MergePreview,
    Profile,
)
from ombud.tickets.queries import customer_merges
from ombud.tickets.queries.customer_profile import load_profile
from ombud.tickets.queries.customer_timeline import load_customer_timeline
from ombud.tickets.services import customer_export, customer_merge


class MergeList(Struct):
    """Merges by which a customer absorbed others."""

    items: list[CustomerMerge]


@get("/customers/{customer_id:int}/merge-preview", guards=[may("customers.merge")])
async def get_merge_preview(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], absorbed_id: FromQuery[int]
) -> MergePreview:
    """Two customers side by side, and what a merge would do."""
    return await customer_merge.preview_merge(tx, customer_id, absorbed_id, by=actor, now=now)


@post("/customers/{customer_id:int}/merge", guards=[may("customers.merge")], status_code=HTTP_200_OK)
async def post_customer_merge(
    tx: Tx, actor: By, now: Now, customer_id: FromPath[int], data: JSONBody[CustomerMergeIn]
) -> Customer:
    """Let the customer absorb another. 409 ``already_merged``, 403 ``identity_check_needed``."""
    return await customer_merge.merge_customers(tx, customer_id, data, by=actor, now=now)


@get("/customers/{customer_id:int}/merges", guards=[may("customers.read")])
async def get_customer_merges(tx: Tx, actor: By, customer_id: FromPath[int]) -> MergeList:
    """Whom the customer absorbed, newest first, undone ones too."""
    live = await require_customer(tx, customer_id, by=actor)
    return MergeList(await customer_merges.merges_of(tx, live))


@post("/customer-merges/{merge_id:int}/undo", guards=[may("customers.merge")], status_code=HTTP_200_OK)
async def post_merge_undo(tx: Tx, actor: By, now: Now, merge_id: FromPath[int]) -> Customer:
    """Make two of one again; gives the one that had been absorbed. 409 ``newer_merge`` names what comes first."""
    return await customer_merge.undo_merge(tx, merge_id, by=actor, now=now)


@get("/customers/{customer_id:int}/timeline", guards=[may("customers.read")])
async def get_customer_timeline(
    tx: Tx,
    actor: By,
    now: Now,
    state: State,
    customer_id: FromPath[int],
    kind: FromQuery[list[str] | None] = None,
    channel: FromQuery[str | None] = None,
    cursor: FromQuery[str | None] = None,
    limit: FromQuery[int] = 50,
) -> Paged[CustomerEvent]:
    """Everything with the customer over all tickets and channels, newest first; ``kind`` may be given several times."""
    live = await require_customer(tx, customer_id, by=actor)
    return await load_customer_timeline(
        tx,
        live,
        state.customer_sources,
        kinds=kind or [],
        channel=channel,
        cursor=cursor,
        limit=limit,
        by=actor,
        now=now,
    )


@get("/customers/{customer_id:int}/profile", guards=[may("customers.read")])
async def get_customer_profile(tx: Tx, actor: By, now: Now, customer_id: FromPath[int]) -> Profile:
    """What is computed of the customer, over the tickets that the actor may see."""
    live = await require_customer(tx, customer_id, by=actor)
    return await load_profile(tx, live, by=actor, now=now)


@get("/customers/{customer_id:int}/export", guards=[may("customers.export")])
async def get_customer_export(tx: Tx, actor: By, now: Now, customer_id: FromPath[int]) -> Response[CustomerExport]:
    """All data of the customer as one JSON file, for their right of access; files are listed with their addresses."""
    found = await customer_export.export_customer(tx, customer_id, by=actor, now=now)
    headers = {"Content-Disposition": f'attachment; filename="customer-{found.customer.id}.json"'}
    return Response(found, headers=headers)


HANDLERS = [
    get_merge_preview,
    post_customer_merge,
    get_customer_merges,
    post_merge_undo,
    get_customer_timeline,
    get_customer_profile,
    get_customer_export,
]
