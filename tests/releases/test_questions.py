"""Questions about releases: handed on, answered again, at their limit, by people who see little."""

import asyncio
from typing import Any

import pytest

from tests.accounts.desk import Browser
from tests.releases.desk import Product


async def asked(product: Product, note: dict[str, Any], who: Browser | None = None) -> tuple[str, dict[str, Any]]:
    """A question, and its address."""
    path = f"/releases/{note['id']}/questions"
    answer = await (who or product.lin).post(path, {"text": "And old phones?"})
    assert answer.status_code == 201, answer.text
    one: dict[str, Any] = max(answer.json()["questions"], key=lambda each: each["id"])
    return f"{path}/{one['id']}", one


async def foreign(product: Product, **more: Any) -> dict[str, Any]:
    """A release of a team that the partner does not belong to."""
    other = await product.site.desk.team("Warehouse")
    lead = await product.site.browser(await product.site.desk.person("Wei", other, role="supervisor"))
    return await product.announce(lead, team_id=other, items=[], **more)


async def steps(product: Product) -> list[str]:
    """What was announced of releases, in order."""
    return [one.data["change"] for one in await product.site.desk.events("release_changed")]


async def test_partner_who_hands_a_question_on_sees_the_note_no_more(product: Product) -> None:
    note = await foreign(product)
    path, _ = await asked(product, note)
    lead = await product.site.browser(await product.site.desk.person("Ada", role="administrator", everywhere=True))
    given = await lead.patch(path, {"owner_id": product.people["partner"].id})
    assert given.json()["questions"][0]["owner_name"] == "Pei"
    assert (await product.partner.get(f"/releases/{note['id']}")).status_code == 200
    handed = await product.partner.patch(path, {"owner_id": product.people["lin"].id})
    assert handed.status_code == 200, handed.text
    assert handed.json()["questions"][0]["owner_name"] == "Lin"
    assert (await product.partner.get(f"/releases/{note['id']}")).status_code == 404
    assert (await product.partner.put(f"{path}/answer", {"answer": "Late"})).status_code == 404
    assert (await product.lin.put(f"{path}/answer", {"answer": "From 9 on"})).status_code == 200


async def test_partner_answers_what_was_given_to_them_and_no_other_question(product: Product) -> None:
    note = await foreign(product)
    mine, _ = await asked(product, note)
    other, _ = await asked(product, note)
    lead = await product.site.browser(await product.site.desk.person("Ada", role="administrator", everywhere=True))
    await lead.patch(mine, {"owner_id": product.people["partner"].id})
    assert (await product.partner.put(f"{mine}/answer", {"answer": "Yes"})).status_code == 200
    assert (await product.partner.put(f"{other}/answer", {"answer": "Yes"})).status_code == 403
    assert (await lead.get(f"/releases/{note['id']}")).json()["questions_open"] == 1


async def test_assign_to_the_same_person_and_day_tells_nobody(product: Product) -> None:
    note = await product.announce(items=[])
    path, one = await asked(product, note)
    before = await steps(product)
    for body in ({}, {"owner_id": one["owner_id"]}, {"due_at": one["due_at"]}):
        assert (await product.boss.patch(path, body)).status_code == 200
    assert await steps(product) == before
    assert await product.told(product.boss) == ["release_question"]


async def test_assign_to_somebody_who_has_left_is_refused(product: Product) -> None:
    path, _ = await asked(product, await product.announce(items=[]))
    gone = product.people["reader"].id
    await product.site.desk.run("update person set deactivated_at = now() where id = %(id)s", id=gone)
    for owner in (gone, 999_999, 0, -1):
        refused = await product.boss.patch(path, {"owner_id": owner})
        assert (refused.status_code, refused.json()["fields"]) == (400, {"owner_id": "unknown"})


async def test_better_answer_is_told_and_the_same_again_is_not(product: Product) -> None:
    path, _ = await asked(product, await product.announce(items=[]))
    for words in ("From 8 on", "From 8 on", "  From 8 on ", "From 9 on"):
        assert (await product.boss.put(f"{path}/answer", {"answer": words})).status_code == 200
    assert await product.told(product.lin) == ["release_answered", "release_answered"]
    assert (await steps(product)).count("answered") == 2


@pytest.mark.parametrize("words", ["", "  ", "\n", "\u3000", "x" * 5_001])
async def test_answer_that_says_nothing_or_too_much_is_refused(product: Product, words: str) -> None:
    path, _ = await asked(product, await product.announce(items=[]))
    assert (await product.boss.put(f"{path}/answer", {"answer": words})).status_code == 400
    assert "answered" not in await steps(product)


async def test_hundred_open_questions_are_enough_until_one_is_answered(product: Product) -> None:
    note = await product.announce(items=[])
    path, one = await asked(product, note)
    sql = """
        insert into release_question (note_id, text, asked_at, owner_id, due_at)
        select note_id, 'Q' || n, asked_at, owner_id, due_at from release_question, generate_series(1, 99) n"""
    await product.site.desk.run(sql)
    body = {"text": "One more"}
    refused = await product.lin.post(f"/releases/{note['id']}/questions", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_questions")
    assert one["answer"] is None
    await product.boss.put(f"{path}/answer", {"answer": "Yes"})
    assert (await product.lin.post(f"/releases/{note['id']}/questions", body)).status_code == 201


async def test_answered_questions_stand_below_the_open_ones(product: Product) -> None:
    note = await product.announce(items=[])
    first, one = await asked(product, note)
    await asked(product, note)
    await product.boss.put(f"{first}/answer", {"answer": "Yes"})
    found = (await product.lin.get(f"/releases/{note['id']}")).json()["questions"]
    assert (len(found), found[-1]["id"], found[0]["answer"]) == (2, one["id"], None)


async def test_owner_who_asks_themselves_is_told_nothing(product: Product) -> None:
    note = await product.announce(items=[])
    path, _ = await asked(product, note, product.boss)
    await product.boss.put(f"{path}/answer", {"answer": "I know"})
    assert await product.told(product.boss) == []


async def test_two_who_answer_at_once_leave_one_answer_of_one_person(product: Product) -> None:
    note = await product.announce(items=[])
    path, _ = await asked(product, note)
    ada = await product.site.browser(await product.site.desk.person("Ada", role="administrator", everywhere=True))
    both = await asyncio.gather(
        product.boss.put(f"{path}/answer", {"answer": "of Bao"}), ada.put(f"{path}/answer", {"answer": "of Ada"})
    )
    assert [one.status_code for one in both] == [200, 200]
    [left] = (await product.lin.get(f"/releases/{note['id']}")).json()["questions"]
    assert left["answer"] == f"of {left['answered_by_name']}"


async def test_stranger_and_outsider_reach_no_question(product: Product) -> None:
    note = await foreign(product)
    path, _ = await asked(product, note)
    for who, code in ((product.partner, 404), (product.site.stranger(), 401)):
        assert (await who.get(f"/releases/{note['id']}")).status_code == code
        assert (await who.patch(path, {"owner_id": 1})).status_code == code
        assert (await who.put(f"{path}/answer", {"answer": "x"})).status_code == code
