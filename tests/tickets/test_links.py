"""Links between tickets: both ends say it, no circles, and children hold their parent open."""

import pytest

from ombud.shared.actor import Actor
from tests.accounts.desk import Browser
from tests.site import Site, reply_of


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def agent(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


async def some(site: Site, count: int) -> list[int]:
    return [await site.ticket(f"Ticket {number}", who=f"w{number}") for number in range(count)]


async def link(agent: Browser, ticket: int, other: int, kind: str = "child_of") -> int:
    return int((await agent.post(f"/tickets/{ticket}/links", {"other_id": other, "kind": kind})).status_code)


async def links(agent: Browser, ticket: int) -> list[tuple[int, str]]:
    return [(one["ticket_id"], one["kind"]) for one in (await agent.get(f"/tickets/{ticket}")).json()["links"]]


async def solved(site: Site) -> int:
    return int(await site.desk.sql("select id from status where category = 'solved' and is_default"))


@pytest.mark.parametrize(
    ("kind", "back"), [("related", "related"), ("duplicate_of", "has_duplicate"), ("child_of", "parent_of")]
)
async def test_link_tickets_shows_on_both_and_goes_again(site: Site, agent: Browser, kind: str, back: str) -> None:
    one, two = await some(site, 2)
    assert await link(agent, one, two, kind) == 200
    assert (await links(agent, one), await links(agent, two)) == ([(two, kind)], [(one, back)])
    gone = await agent.delete(f"/tickets/{one}/links/{two}?kind={kind}")
    assert (gone.status_code, gone.json()["links"]) == (200, [])
    assert (await agent.delete(f"/tickets/{one}/links/{two}?kind={kind}")).status_code == 404
    assert [event.kind for event in await site.desk.events("ticket_linked", "ticket_unlinked")] == [
        "ticket_linked",
        "ticket_unlinked",
    ]


async def test_link_again_or_from_the_other_end_changes_nothing(site: Site, agent: Browser) -> None:
    one, two = await some(site, 2)
    for pair in ((one, two), (one, two), (two, one)):
        assert await link(agent, *pair, "related") == 200
    assert len(await site.desk.events("ticket_linked")) == 1
    assert await links(agent, one) == [(two, "related")]


async def test_link_of_a_circle_a_second_parent_or_itself_is_refused(site: Site, agent: Browser) -> None:
    one, two, three = await some(site, 3)
    assert await link(agent, two, one) == 200
    assert await link(agent, three, two) == 200
    for child, parent, code in (
        (one, three, "link_cycle"),
        (one, two, "link_cycle"),
        (three, one, "has_parent"),
        (one, one, "self_link"),
    ):
        answer = await agent.post(f"/tickets/{child}/links", {"other_id": parent, "kind": "child_of"})
        assert answer.json()["code"] == code


async def test_link_to_an_unseen_ticket_is_not_found(site: Site, agent: Browser) -> None:
    [one] = await some(site, 1)
    hidden = await site.ticket("Secret", team=await site.desk.team("Repairs"))
    assert await link(agent, one, hidden) == 404
    assert await link(agent, hidden, one) == 404
    await site.desk.run("insert into ticket_link values (%(a)s, %(b)s, 'child_of', now())", a=one, b=hidden)
    assert await links(agent, one) == []


async def test_open_child_holds_its_parent_until_it_is_forced(site: Site, agent: Browser) -> None:
    parent, child = await some(site, 2)
    await link(agent, child, parent)
    body = {"status_id": await solved(site)}
    refused = await agent.patch(f"/tickets/{parent}", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "children_open")
    assert (refused.json()["children"], refused.json()["can_force"]) == ([child], True)
    assert (await agent.post(f"/tickets/{parent}/replies", reply_of(solve=True))).json()["code"] == "children_open"
    assert (await agent.patch(f"/tickets/{parent}", body | {"force_children": True})).json()["category"] == "solved"


async def test_parent_of_solved_children_is_solved(site: Site, agent: Browser) -> None:
    parent, child = await some(site, 2)
    await link(agent, child, parent)
    body = {"status_id": await solved(site)}
    assert (await agent.patch(f"/tickets/{child}", body)).status_code == 200
    assert (await agent.patch(f"/tickets/{parent}", body)).status_code == 200
    [shown] = (await agent.get(f"/tickets/{parent}")).json()["links"]
    assert (shown["kind"], shown["category"]) == ("parent_of", "solved")


@pytest.mark.parametrize(("rule", "status"), [("off", 200), ("refuse", 409)])
async def test_rule_of_the_desk_decides_about_open_children(site: Site, agent: Browser, rule: str, status: int) -> None:
    ada = await site.browser(await site.desk.person("Ada", role="administrator"))
    changed = await ada.patch("/desk", {"children_hold": rule})
    assert (changed.status_code, changed.json()["children_hold"]) == (200, rule)
    parent, child = await some(site, 2)
    await link(agent, child, parent)
    body = {"status_id": await solved(site), "force_children": True}
    assert (await agent.patch(f"/tickets/{parent}", body)).status_code == status


async def test_ticket_that_a_child_went_into_holds_the_parent_in_its_place(site: Site, agent: Browser) -> None:
    parent, child, other = await some(site, 3)
    await link(agent, child, parent)
    await agent.post(f"/tickets/{other}/merge", {"source_ids": [child], "confirmed": True})
    held = await agent.patch(f"/tickets/{parent}", {"status_id": await solved(site)})
    assert (held.status_code, held.json()["children"]) == (409, [other])
    assert await link(agent, child, parent) == 409


async def test_link_tells_both_pages(site: Site, agent: Browser, lu: Actor) -> None:
    one, two = await some(site, 2)
    head = (await site.desk.events())[-1].seq
    await link(agent, one, two)
    frames = [frame.data for frame in await site.frames(lu, after=head) if frame.event == "ticket"]
    assert {(frame.kind, frame.ticket.id) for frame in frames} == {("ticket_linked", one), ("ticket_linked", two)}


async def kin(site: Site, agent: Browser, ticket: int) -> list[tuple[int, str]]:
    """A ticket's children and parent, as its page has them."""
    found = (await agent.get(f"/tickets/{ticket}")).json()["links"]
    return [(one["ticket_id"], one["kind"]) for one in found if one["kind"] in {"child_of", "parent_of"}]


async def family(site: Site, agent: Browser, count: int) -> list[int]:
    return [await site.ticket(f"Number {number}", who=f"who{number}") for number in range(count)]


async def child_of(agent: Browser, child: int, parent: int) -> None:
    answer = await agent.post(f"/tickets/{child}/links", {"other_id": parent, "kind": "child_of"})
    assert answer.status_code < 300, answer.text


async def merge(agent: Browser, source: int, target: int) -> None:
    body = {"source_ids": [source], "confirmed": True}
    assert (await agent.post(f"/tickets/{target}/merge", body)).status_code == 200


async def unmerge(agent: Browser, source: int, target: int) -> None:
    assert (await agent.post(f"/tickets/{target}/unmerge", {"source_id": source})).status_code == 200


async def test_merge_gives_children_and_parent_to_the_ticket_that_goes_on(site: Site, agent: Browser) -> None:
    source, target, child, parent = await family(site, agent, 4)
    await child_of(agent, child, source)
    await child_of(agent, source, parent)
    await merge(agent, source, target)
    assert await kin(site, agent, target) == [(child, "parent_of"), (parent, "child_of")]
    assert await kin(site, agent, child) == [(target, "child_of")]
    linked = [(one.ticket_id, one.data["other_id"]) for one in await site.desk.events("ticket_linked")]
    assert linked[2:] == [(target, parent), (child, target)]
    # an open child holds the ticket that goes on
    solved = await site.desk.sql("select id from status where category = 'solved' and is_default")
    held = await agent.patch(f"/tickets/{target}", {"status_id": solved})
    assert (held.status_code, held.json()["children"]) == (409, [child])
    await unmerge(agent, source, target)
    assert await kin(site, agent, target) == []
    assert await kin(site, agent, source) == [(child, "parent_of"), (parent, "child_of")]


async def test_merge_of_parent_and_child_ends_that_link_until_it_is_taken_back(site: Site, agent: Browser) -> None:
    source, target, child = await family(site, agent, 3)
    await child_of(agent, target, source)
    await child_of(agent, child, source)
    await merge(agent, source, target)
    assert await kin(site, agent, target) == [(child, "parent_of")]
    await unmerge(agent, source, target)
    assert await kin(site, agent, source) == [(target, "parent_of"), (child, "parent_of")]


async def test_merge_leaves_the_parent_that_the_target_has(site: Site, agent: Browser) -> None:
    source, target, mine, theirs = await family(site, agent, 4)
    await child_of(agent, source, mine)
    await child_of(agent, target, theirs)
    await merge(agent, source, target)
    assert await kin(site, agent, target) == [(theirs, "child_of")]
    await unmerge(agent, source, target)
    assert await kin(site, agent, source) == [(mine, "child_of")]


async def test_unmerge_leaves_children_where_somebody_has_put_them_since(site: Site, agent: Browser) -> None:
    source, target, child, other = await family(site, agent, 4)
    await child_of(agent, child, source)
    await merge(agent, source, target)
    answer = await agent.delete(f"/tickets/{child}/links/{target}?kind=child_of")
    assert answer.status_code < 300, answer.text
    await child_of(agent, child, other)
    await unmerge(agent, source, target)
    assert (await kin(site, agent, child), await kin(site, agent, source)) == ([(other, "child_of")], [])
