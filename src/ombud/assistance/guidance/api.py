"""Endpoints of guidance cards and script variants."""

from litestar import Router, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from ombud.assistance.guidance import queries
from ombud.assistance.guidance.schemas import (
    Card,
    CardIn,
    CardList,
    CardOrder,
    CardTrial,
    CardTrialIn,
    ScriptList,
    ScriptUse,
    ShownCards,
    VariantList,
    VariantsIn,
)
from ombud.assistance.guidance.services import Facing, cards, cards_for, scripts
from ombud.knowledge.articles.schemas import reader_of
from ombud.shared.http import SILENT, By, Now, Reading, Tx, may
from ombud.tickets.queries.tickets import require_visible

MANAGE = [may("guidance.manage")]
CARD = "/guidance-cards/{card_id:int}"
VARIANTS = "/knowledge/articles/{article_id:int}/variants"


@get("/guidance-cards", guards=MANAGE)
async def get_cards(reading: Reading, actor: By, now: Now) -> CardList:
    """Cards in their order, with what their conditions name that is gone."""
    return CardList(await cards.list_all(reading, by=actor, now=now))


@post("/guidance-cards", guards=MANAGE, status_code=HTTP_201_CREATED)
async def post_card(tx: Tx, actor: By, now: Now, data: JSONBody[CardIn]) -> Card:
    """Keep a card, behind all others."""
    return await cards.add_card(tx, data, by=actor, now=now)


@post("/guidance-cards/trial", guards=MANAGE, status_code=HTTP_200_OK, opt=SILENT)
async def post_card_trial(tx: Tx, actor: By, now: Now, data: JSONBody[CardTrialIn]) -> CardTrial:
    """How many of the last day's tickets a condition fits. Nothing is saved."""
    return await cards.try_condition(tx, data, by=actor, now=now)


@put("/guidance-cards/order", guards=MANAGE)
async def put_card_order(tx: Tx, actor: By, now: Now, data: JSONBody[CardOrder]) -> CardList:
    """Put cards into an order."""
    await cards.order_cards(tx, data, by=actor, now=now)
    return CardList(await cards.list_all(tx, by=actor, now=now))


@get(CARD, guards=MANAGE)
async def get_card(reading: Reading, actor: By, now: Now, card_id: FromPath[int]) -> Card:
    """One card."""
    return await queries.find_card(reading, card_id, by=actor, now=now)


@put(CARD, guards=MANAGE)
async def put_card(tx: Tx, actor: By, now: Now, card_id: FromPath[int], data: JSONBody[CardIn]) -> Card:
    """Change a card, or switch it. 409 ``changed_meanwhile``."""
    return await cards.change_card(tx, card_id, data, by=actor, now=now)


@delete(CARD, guards=MANAGE, status_code=HTTP_204_NO_CONTENT)
async def delete_card(tx: Tx, actor: By, now: Now, card_id: FromPath[int]) -> None:
    """Take a card out of use."""
    await cards.archive_card(tx, card_id, by=actor, now=now)


@get("/tickets/{ticket_id:int}/guidance", guards=[may("tickets.read")])
async def get_guidance(reading: Reading, actor: By, now: Now, ticket_id: FromPath[int]) -> ShownCards:
    """Cards that fit a ticket, in the reader's language; the wording in the customer's."""
    facing = Facing(
        place="workspace",
        reader=reader_of(actor),
        locale=actor.locale,
        ticket_id=await require_visible(reading, ticket_id, by=actor),
        person_id=actor.person_id or None,
    )
    return ShownCards(await cards_for(reading, facing, now=now))


@get("/tickets/{ticket_id:int}/scripts", guards=[may("tickets.read")])
async def get_scripts(reading: Reading, actor: By, ticket_id: FromPath[int], text: FromQuery[str] = "") -> ScriptList:
    """Scripts for a ticket, each with the wording that fits its customer first, and why."""
    return await scripts.scripts_for(reading, ticket_id, text, by=actor)


@post(
    "/tickets/{ticket_id:int}/scripts/{article_id:int}/uses",
    guards=[may("tickets.reply")],
    status_code=HTTP_204_NO_CONTENT,
)
async def post_script_use(
    tx: Tx, actor: By, now: Now, ticket_id: FromPath[int], article_id: FromPath[int], data: JSONBody[ScriptUse]
) -> None:
    """Note that a wording was put into an answer."""
    await scripts.use_script(tx, ticket_id, article_id, data, by=actor, now=now)


@get(VARIANTS, guards=[may("tickets.read")])
async def get_variants(reading: Reading, actor: By, article_id: FromPath[int]) -> VariantList:
    """Variants of a published script."""
    return await scripts.read_variants(reading, article_id, by=actor)


@put(VARIANTS, guards=MANAGE)
async def put_variants(
    tx: Tx, actor: By, now: Now, article_id: FromPath[int], data: JSONBody[VariantsIn]
) -> VariantList:
    """Make these the variants of a script."""
    return await scripts.keep_variants(tx, article_id, data, by=actor, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_cards, post_card, post_card_trial, put_card_order, get_card, put_card, delete_card),
            *(get_guidance, get_scripts, post_script_use, get_variants, put_variants),
        ],
        tags=["guidance"],
    )
]
