"""Guidance cards: beside the tickets they fit and no others, in languages, places and time; who may what."""

from typing import Any

import pytest

from ombud.assistance.guidance.schemas import CardPlace
from ombud.assistance.guidance.services import Facing, cards_for
from tests.assistance.desk import Care
from tests.knowledge.desk import CUSTOMER, PUBLIC

K = {"field": "fields.product", "op": "is", "value": "K"}
R3 = {"field": "customer.fields.region", "op": "is", "value": "R3"}
ALL: dict[str, Any] = {"all": []}


@pytest.fixture(autouse=True)
async def fields(care: Care) -> None:
    """A product on tickets and a region of customers."""
    admin = await care.site.browser(await care.site.desk.person("Ada", role="administrator"))
    for key, subject in (("product", "ticket"), ("region", "customer")):
        body = {"key": key, "name_en": key, "name_zh": key, "kind": "text"}
        assert (await admin.post(f"/fields?subject={subject}", body)).status_code == 201


async def fill(care: Care, product: str, region: str, ticket: int | None = None) -> None:
    number = ticket or care.ticket
    patched = await care.agent.patch(f"/tickets/{number}", {"fields": {"product": product}})
    assert patched.status_code == 200, patched.text
    customer = await care.site.desk.column(number, "customer_id")
    patched = await care.agent.patch(f"/customers/{customer}", {"fields": {"region": region}})
    assert patched.status_code == 200, patched.text


async def facing(care: Care, place: CardPlace, locale: str = "en", **more: Any) -> list[Any]:
    async with care.site.desk.parts.database.transaction() as tx:
        reader = more.pop("reader", PUBLIC)
        asked = Facing(place=place, reader=reader, locale=locale, **more)
        return list(await cards_for(tx, asked, now=care.site.desk.now))


async def test_card_shows_beside_the_customers_it_fits_and_not_others(care: Care) -> None:
    made = await care.lead.post("/guidance-cards", care.card({"all": [K, R3]}))
    assert made.status_code == 201, made.text
    assert await care.shown() == []
    await fill(care, "K", "R3")
    assert await care.shown() == ["Machine K in R3"]
    await fill(care, "K", "R2")
    assert await care.shown() == []
    assert (await care.other.get(f"/tickets/{care.ticket}/guidance")).status_code == 404


async def test_card_holds_between_its_moments_and_while_it_is_on(care: Care) -> None:
    body = care.card(ALL, from_at=care.moment(hours=1), until_at=care.moment(hours=2))
    made = (await care.lead.post("/guidance-cards", body)).json()
    assert (made["standing"], await care.shown()) == ("planned", [])
    care.site.desk.later(hours=1)
    assert await care.shown() == ["Machine K in R3"]
    off = await care.lead.put(f"/guidance-cards/{made['id']}", body | {"is_on": False, "version": 1})
    assert (off.json()["standing"], await care.shown()) == ("off", [])
    await care.lead.put(f"/guidance-cards/{made['id']}", body | {"version": 2})
    care.site.desk.later(hours=1)
    assert await care.shown() == []


async def test_card_speaks_the_readers_language_and_its_wording_the_customers(care: Care) -> None:
    await care.lead.post("/guidance-cards", care.card(ALL))
    await care.site.desk.run("update customer set locale = 'zh-CN', name = '王芳'")
    [card] = (await care.agent.get(f"/tickets/{care.ticket}/guidance")).json()["items"]
    assert (card["title"], card["steps"], card["wording"]) == ("Machine K in R3", ["Send the video"], "王芳您好")


async def test_card_links_its_article_for_those_who_may_read_it(care: Care) -> None:
    article = await care.library.make("Installing K", audience="agents", kind="article")
    await care.lead.post("/guidance-cards", care.card(ALL, article_id=article, places=["workspace", "portal"]))
    [card] = (await care.agent.get(f"/tickets/{care.ticket}/guidance")).json()["items"]
    assert (card["article_id"], card["article_title"]) == (article, "Installing K")
    customer = await care.site.desk.column(care.ticket, "customer_id")
    [seen] = await facing(care, "portal", customer_id=customer, reader=CUSTOMER)
    assert (seen.title, seen.article_id, seen.article_title) == ("Machine K in R3", None, None)


async def test_cards_for_the_portal_ask_what_is_known_of_the_customer(care: Care) -> None:
    await fill(care, "K", "R3")
    customer = await care.site.desk.column(care.ticket, "customer_id")
    await care.lead.post("/guidance-cards", care.card(R3, places=["portal", "bot"]))
    await care.lead.post("/guidance-cards", care.card({"all": [K, R3]}, name="both", places=["portal"]))
    assert await care.shown() == []
    assert len(await facing(care, "portal", customer_id=customer)) == 1
    assert len(await facing(care, "portal", customer_id=customer, known={"fields.product": "K"})) == 2
    assert len(await facing(care, "portal", ticket_id=care.ticket)) == 2
    assert len(await facing(care, "bot", "zh-CN", customer_id=customer)) == 1
    # nobody known: nothing that asks for somebody
    assert await facing(care, "bot") == []


async def test_cards_for_a_message_in_the_bot_ask_its_words(care: Care) -> None:
    says = {"field": "message", "op": "contains", "value": "leak"}
    await care.lead.post("/guidance-cards", care.card(says, places=["bot"]))
    assert len(await facing(care, "bot", known={"message": "It leaks a lot"})) == 1
    assert await facing(care, "bot", known={"message": "Where is it?"}) == []


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"condition": {"field": "fields.nothing", "op": "is", "value": "x"}}, 400),
        ({"condition": {"field": "assignee", "op": "is", "value": "me"}}, 400),
        ({"condition": {"what": 1}}, 400),
        ({"name": " "}, 400),
        ({"places": []}, 400),
        ({"places": ["moon"]}, 400),
        ({"words": []}, 400),
        ({"words": [{"locale": "en", "title": " "}]}, 400),
        ({"words": [{"locale": "en", "title": "a"}, {"locale": "en", "title": "b"}]}, 400),
        ({"article_id": 99_999}, 400),
        ({"until_at": "2020-01-01T00:00:00Z"}, 400),
    ],
)
async def test_card_that_cannot_be_is_refused(care: Care, more: dict[str, Any], status: int) -> None:
    answer = await care.lead.post("/guidance-cards", care.card(ALL) | more)
    assert answer.status_code == status, answer.text
    assert (await care.lead.get("/guidance-cards")).json()["items"] == []


async def test_cards_keep_the_order_that_they_are_put_in(care: Care) -> None:
    ids = [(await care.lead.post("/guidance-cards", care.card(ALL, name=str(one)))).json()["id"] for one in range(3)]
    ordered = await care.lead.put("/guidance-cards/order", {"ids": [ids[2], ids[0], ids[2], 99]})
    assert [one["id"] for one in ordered.json()["items"]] == [ids[2], ids[0], ids[1]]


async def test_change_over_somebody_elses_is_a_conflict_and_archived_is_gone(care: Care) -> None:
    made = (await care.lead.post("/guidance-cards", care.card(ALL))).json()
    path = f"/guidance-cards/{made['id']}"
    assert (await care.lead.put(path, care.card(ALL, name="New", version=1))).json()["name"] == "New"
    assert (await care.lead.put(path, care.card(ALL, version=1))).json()["code"] == "changed_meanwhile"
    assert (await care.lead.delete(path)).status_code == 204
    assert (await care.lead.get(path)).status_code == 404
    assert await care.shown() == []


async def test_trial_counts_todays_tickets_that_the_asker_sees(care: Care) -> None:
    await fill(care, "K", "R3")
    await care.site.ticket("Another one", who="c2")
    unseen = await care.site.ticket("Elsewhere", who="c3", team=care.library.other_team)
    tried = (await care.lead.post("/guidance-cards/trial", {"condition": {"not": K}})).json()
    assert (tried["looked_at"], tried["fitting"]) == (2, 1)
    everything = (await care.lead.post("/guidance-cards/trial", {"condition": ALL})).json()
    assert unseen not in [one["ticket_id"] for one in everything["items"]]
    care.site.desk.later(days=2)
    lead = await care.site.browser(await care.site.desk.person("Li", role="supervisor"))
    assert (await lead.post("/guidance-cards/trial", {"condition": ALL})).json()["looked_at"] == 0


async def test_card_whose_field_is_archived_says_so(care: Care) -> None:
    await care.lead.post("/guidance-cards", care.card(K))
    await care.site.desk.run("update field set archived_at = now() where key = 'product'")
    [card] = (await care.lead.get("/guidance-cards")).json()["items"]
    assert card["problems"] == [{"field": "fields.product", "code": "archived_field", "value": None}]


async def test_agent_manages_no_cards(care: Care) -> None:
    made = (await care.lead.post("/guidance-cards", care.card(ALL))).json()
    refused = [
        await care.agent.get("/guidance-cards"),
        await care.agent.post("/guidance-cards", care.card(ALL)),
        await care.agent.put(f"/guidance-cards/{made['id']}", care.card(ALL, version=1)),
        await care.agent.delete(f"/guidance-cards/{made['id']}"),
        await care.agent.post("/guidance-cards/trial", {"condition": ALL}),
    ]
    assert {one.status_code for one in refused} == {403}
