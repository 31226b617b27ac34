"""Endpoints of the engine: offers, the next piece of work, why, and ranks given by hand."""

from typing import Annotated

from litestar import Router, delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from ombud.routing.engine.queries.explaining import explain, explain_for, list_overrides, list_stuck
from ombud.routing.engine.queries.offers import own_offers
from ombud.routing.engine.schemas.live import (
    DeclineIn,
    Explanation,
    OfferList,
    Override,
    OverrideIn,
    OverrideList,
    PersonExplanation,
    ReviewIn,
    StuckList,
    Taken,
)
from ombud.routing.engine.services import offers, ranking
from ombud.routing.engine.services.pulling import pull
from ombud.shared.http import By, Now, Reading, Tx, may


@get("/me/offers", guards=[may("presence.own")])
async def get_offers(reading: Reading, actor: By, now: Now) -> OfferList:
    """Work that waits for one's answer."""
    return OfferList(await own_offers(reading, by=actor, now=now))


@put("/me/offers/{offer_id:int}/acceptance", guards=[may("presence.own")], status_code=HTTP_200_OK)
async def put_acceptance(tx: Tx, actor: By, now: Now, offer_id: FromPath[int]) -> Taken:
    """Take what one was offered; repeating it is harmless. 409 ``offer_gone``: the time was up."""
    return Taken(await offers.accept(tx, offer_id, by=actor, now=now))


@put("/me/offers/{offer_id:int}/refusal", guards=[may("presence.own")], status_code=HTTP_204_NO_CONTENT)
async def put_refusal(tx: Tx, actor: By, now: Now, offer_id: FromPath[int], data: JSONBody[DeclineIn]) -> None:
    """Leave what one was offered to others, with a reason. 409 ``offer_gone``: the time was up."""
    await offers.decline(tx, offer_id, reason=data.reason.strip(), by=actor, now=now)


@post("/me/next-ticket", guards=[may("presence.own")], status_code=HTTP_200_OK)
async def post_next_ticket(tx: Tx, actor: By, now: Now) -> Taken:
    """Draw the next piece of work. 409 ``not_online``: only who is there."""
    return Taken((await pull(tx, by=actor, now=now)).ticket_id)


@get("/tickets/{ticket_id:int}/routing", guards=[may("tickets.read")])
async def get_routing(reading: Reading, actor: By, now: Now, ticket_id: FromPath[int]) -> Explanation:
    """Why a ticket waits where it does: its score in parts, its rank, its step, and what happened so far."""
    return await explain(reading, ticket_id, by=actor, now=now)


@get("/tickets/{ticket_id:int}/routing/people/{person_id:int}", guards=[may("tickets.read")])
async def get_routing_of_person(
    reading: Reading, actor: By, now: Now, ticket_id: FromPath[int], person_id: FromPath[int]
) -> PersonExplanation:
    """Why a person does, or does not, get a ticket. Of others than oneself only who may assign learns it."""
    if person_id != actor.person_id:
        actor.require("tickets.assign")
    return await explain_for(reading, ticket_id, person_id, by=actor, now=now)


@put("/tickets/{ticket_id:int}/rank", guards=[may("routing.manage")])
async def put_rank(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], data: JSONBody[OverrideIn]) -> Override:
    """Put a waiting ticket before or behind others, with a reason. 409 ``not_waiting``."""
    return await ranking.override_score(tx, ticket_id, data, by=actor, now=now)


@delete("/tickets/{ticket_id:int}/rank", guards=[may("routing.manage")])
async def delete_rank(tx: Tx, actor: By, now: Now, ticket_id: FromPath[int]) -> None:
    """Let the weights rank a ticket again."""
    await ranking.end_override(tx, ticket_id, by=actor, now=now)


@get("/routing/ranks", guards=[may("routing.manage")])
async def get_ranks(reading: Reading, actor: By, unreviewed: Annotated[bool, QueryParameter()] = False) -> OverrideList:
    """Ranks given by hand, the newest first; ``unreviewed``: only those that nobody has looked at since."""
    return OverrideList(await list_overrides(reading, by=actor, unreviewed=unreviewed))


@put("/routing/ranks/{override_id:int}/review", guards=[may("routing.manage")])
async def put_rank_review(
    tx: Tx, actor: By, now: Now, override_id: FromPath[int], data: JSONBody[ReviewIn]
) -> Override:
    """Say whether a rank given by hand was right. 409 ``own_review``: somebody else does."""
    return await ranking.review_override(tx, override_id, data.review, by=actor, now=now)


@get("/routing/stuck", guards=[may("routing.manage")])
async def get_stuck(reading: Reading, actor: By) -> StuckList:
    """Waiting work that nobody can take, with the reason."""
    return StuckList(list(await list_stuck(reading, by=actor)))


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            get_offers,
            put_acceptance,
            put_refusal,
            post_next_ticket,
            get_routing,
            get_routing_of_person,
            put_rank,
            delete_rank,
            get_ranks,
            put_rank_review,
            get_stuck,
        ],
        tags=["routing"],
    )
]
