"""What holds when several write at once, and what is read of skills, levels and rules afterwards."""

import asyncio
from typing import Any

import msgspec
import pytest

from ombud.routing.engine.schemas import Weights
from ombud.routing.skills.queries import levels_of, skills_of_agents
from ombud.routing.skills.schemas import Required
from ombud.routing.skills.services.fitting import required_by
from tests.routing.skills.conftest import Bench
from tests.site import note_of

SHIPPED = msgspec.to_builtins(Weights())
VIP = {"field": "tier", "op": "is", "value": "VIP"}
SHOCK = {"field": "tags", "op": "any_of", "value": ["shock"]}


def step(skill: int, level: int = 3) -> dict[str, Any]:
    return {"seconds": 60, "all": [{"skill_id": skill, "level": level}]}


async def required(bench: Bench, *tickets: int) -> dict[int, Required]:
    async with bench.desk.parts.database.transaction() as tx:
        return await required_by(tx, tickets, now=bench.desk.now)


# ── two at once ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_of_two_writers_of_one_cell_one_is_told(bench: Bench) -> None:
    skill, bo = await bench.skill("Washer"), await bench.desk.person("Bo")
    answers = await asyncio.gather(*(bench.give(bo.id, skill, level, before=0) for level in (2, 4)))
    assert sorted(one.status_code for one in answers) == [200, 409]
    winner = next(level for one, level in zip(answers, (2, 4), strict=True) if one.status_code == 200)
    assert await bench.desk.sql("select level from agent_skill") == winner


async def test_of_two_editors_of_a_team_one_is_told_and_nothing_is_mixed(bench: Bench) -> None:
    night = await bench.desk.team("Night")
    wanted: list[dict[str, Any]] = [{"offer_seconds": 20, "overflow": [{"to_team_id": night}]}, {"offer_seconds": 50}]
    bodies = [{"settings": one, "version": 0} for one in wanted]
    answers = await asyncio.gather(*(bench.chief.put("/team-routing/1", one) for one in bodies))
    assert sorted(one.status_code for one in answers) == [200, 409]
    found = (await bench.chief.get("/team-routing")).json()["items"]
    mine = next(one["settings"] for one in found if one["team_id"] == 1)
    assert (mine["offer_seconds"], len(mine["overflow"])) in {(20, 1), (50, 0)}


async def test_of_two_editors_of_an_agent_one_is_told(bench: Bench) -> None:
    bo = await bench.desk.person("Bo")
    bodies = [{"settings": {"ramp_seconds": seconds}, "version": 0} for seconds in (60, 120)]
    answers = await asyncio.gather(*(bench.chief.put(f"/agent-routing/{bo.id}", one) for one in bodies))
    assert sorted(one.status_code for one in answers) == [200, 409]
    assert len(await bench.desk.events("agent_routing_changed")) == 1


async def test_of_two_editors_of_the_weights_one_is_told(bench: Bench) -> None:
    bodies = [{"weights": SHIPPED | {"risk": points}, "read_id": 0} for points in (1, 2)]
    answers = await asyncio.gather(*(bench.chief.put("/score-weights", one) for one in bodies))
    assert sorted(one.status_code for one in answers) == [200, 409]
    assert await bench.desk.sql("select count(*) from score_weights") == 1


async def test_of_two_editors_of_a_rule_one_is_told(bench: Bench) -> None:
    rule = await bench.rule(step(await bench.skill("Washer")))
    bodies = [{"spec": rule["spec"] | {"name_en": name}, "is_on": True, "version": 1} for name in "AB"]
    answers = await asyncio.gather(*(bench.chief.patch(f"/requirement-rules/{rule['id']}", one) for one in bodies))
    assert sorted(one.status_code for one in answers) == [200, 409]
    assert await bench.desk.sql("select count(*) from requirement_rule_version") == 2


async def test_of_two_who_make_one_skill_one_is_told(bench: Bench) -> None:
    body = {"kind": "product", "name_en": "Washer"}
    answers = await asyncio.gather(*(bench.chief.post("/skills", body) for _ in range(2)))
    assert sorted(one.status_code for one in answers) == [201, 409]
    assert await bench.desk.sql("select count(*) from skill") == 1


# ── nothing is lost ───────────────────────────────────────────────────────────────────────────────────────────


async def test_an_archived_skill_counts_nowhere_and_again_when_it_is_back(bench: Bench) -> None:
    skill, bo = await bench.skill("Washer"), await bench.desk.person("Bo")
    assert bo.id
    await bench.give(bo.id, skill, 4)
    body = {"kind": "product", "name_en": "Washer"}
    await bench.chief.patch(f"/skills/{skill}", body | {"version": 1, "is_archived": True})
    async with bench.desk.parts.database.transaction() as tx:
        assert await skills_of_agents(tx, [bo.id], today=bench.desk.now.date()) == {}
    await bench.chief.patch(f"/skills/{skill}", body | {"version": 2})
    async with bench.desk.parts.database.transaction() as tx:
        assert await skills_of_agents(tx, [bo.id], today=bench.desk.now.date()) == {bo.id: {skill: 4}}


async def test_an_archived_skill_is_given_to_nobody(bench: Bench) -> None:
    skill, bo = await bench.skill("Washer"), await bench.desk.person("Bo")
    body = {"kind": "product", "name_en": "Washer", "version": 1, "is_archived": True}
    await bench.chief.patch(f"/skills/{skill}", body)
    answer = await bench.give(bo.id, skill, 3)
    assert (answer.status_code, answer.json()["fields"]) == (400, {"skill_id": "unknown"})


async def test_a_name_that_an_archived_skill_had_may_be_taken_and_blocks_its_return(bench: Bench) -> None:
    old = await bench.skill("Washer")
    body = {"kind": "product", "name_en": "Washer"}
    await bench.chief.patch(f"/skills/{old}", body | {"version": 1, "is_archived": True})
    await bench.skill("washer")
    answer = await bench.chief.patch(f"/skills/{old}", body | {"version": 2})
    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")


async def test_a_version_that_asks_for_an_archived_skill_holds_no_more(bench: Bench) -> None:
    washer, dryer = await bench.skill("Washer"), await bench.skill("Dryer")
    rule = await bench.rule(step(washer))
    path = f"/requirement-rules/{rule['id']}"
    spec = rule["spec"] | {"steps": [step(dryer)]}
    await bench.chief.patch(path, {"spec": spec, "is_on": True, "version": 1})
    body = {"kind": "product", "name_en": "Washer", "version": 1, "is_archived": True}
    assert (await bench.chief.patch(f"/skills/{washer}", body)).status_code == 200
    answer = await bench.chief.post(f"{path}/roll-back", {"to": 1, "version": 2})
    assert (answer.status_code, answer.json()["fields"]) == (400, {"steps": "unknown_skill"})
    assert (await bench.chief.get(path)).json()["version"] == 2


async def test_archived_rules_ask_nothing_and_free_their_skills(bench: Bench) -> None:
    skill = await bench.skill("Washer")
    rule = await bench.rule(step(skill))
    ticket = await bench.site.ticket()
    assert list(await required(bench, ticket)) == [ticket]
    await bench.chief.send("DELETE", f"/requirement-rules/{rule['id']}")
    assert await required(bench, ticket) == {}
    body = {"kind": "product", "name_en": "Washer", "version": 1, "is_archived": True}
    assert (await bench.chief.patch(f"/skills/{skill}", body)).status_code == 200


async def test_somebody_who_left_is_in_no_row_and_back_with_what_they_held(bench: Bench) -> None:
    skill, bo = await bench.skill("Washer"), await bench.desk.person("Bo")
    await bench.give(bo.id, skill, 4)
    await bench.desk.run("update person set deactivated_at = now() where id = %(id)s", id=bo.id)
    assert (await bench.chief.get("/skill-levels?words=bo")).json()["items"] == []
    assert (await bench.chief.get("/skills")).json()["items"][0]["people"] == 0
    await bench.desk.run("update person set deactivated_at = null where id = %(id)s", id=bo.id)
    rows = (await bench.chief.get("/skill-levels?words=bo")).json()["items"]
    assert [one["held"][0]["level"] for one in rows] == [4]


# ── conditions ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        (VIP, True),
        ({"not": VIP}, False),
        (SHOCK, True),
        ({"all": [VIP, SHOCK]}, True),
        ({"all": [VIP, {"not": SHOCK}]}, False),
        ({"any": [{"not": VIP}, SHOCK]}, True),
        ({"any": [{"not": VIP}, {"all": [SHOCK, {"not": VIP}]}]}, False),
        ({"field": "priority", "op": "more", "value": 3}, True),
        ({"field": "message", "op": "contains", "value": "leaks"}, True),
        ({"field": "message", "op": "contains", "value": "refund"}, False),
        ({"field": "team", "op": "any_of", "value": [1]}, True),
        ({"field": "channel", "op": "is", "value": "email"}, False),
        ({"field": "stage", "op": "is_set"}, False),
        ({"all": []}, True),
        ({"any": []}, False),
    ],
)
async def test_required_by_goes_by_nested_conditions(bench: Bench, condition: dict[str, Any], *, fits: bool) -> None:
    await bench.rule(step(await bench.skill("Washer")), condition=condition)
    ticket = await bench.site.ticket("It leaks.")
    await bench.desk.run("update ticket set tags = '{shock,leak}', priority = 4")
    await bench.desk.run("update customer set tier = 'VIP'")
    assert (ticket in await required(bench, ticket)) is fits


async def test_required_by_goes_by_the_words_of_the_customer_not_by_notes(bench: Bench) -> None:
    condition = {"field": "message", "op": "contains", "value": "refund"}
    await bench.rule(step(await bench.skill("Refunds")), condition=condition)
    ticket = await bench.site.ticket("It leaks.")
    answer = await bench.chief.post(f"/tickets/{ticket}/notes", note_of("Offer a refund."))
    assert answer.status_code == 201
    assert await required(bench, ticket) == {}


async def test_required_by_of_no_tickets_is_nothing(bench: Bench) -> None:
    await bench.rule(step(await bench.skill("Washer")))
    assert await required(bench) == {}


async def test_the_supply_counts_members_of_the_teams_of_the_work_alone(bench: Bench) -> None:
    skill, other = await bench.skill("Washer"), await bench.desk.team("Elsewhere")
    inside, outside = await bench.desk.person("Bo"), await bench.desk.person("Chen", other)
    for one in (inside, outside):
        await bench.give(one.id, skill, 5)
    await bench.site.ticket()
    trial = {"spec": {"name_en": "All", "steps": [step(skill)]}}
    found = (await bench.chief.post("/requirement-rules/trial", trial)).json()
    assert found["supply"] == [{"able": 1, "online": 0}]


# ── edges of the API ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "cursor=nonsense", "team_id=x"])
@pytest.mark.parametrize("path", ["/skill-levels", "/agent-routing"])
async def test_a_page_that_cannot_be_is_refused(bench: Bench, path: str, query: str) -> None:
    assert (await bench.chief.get(f"{path}?{query}")).status_code == 400


@pytest.mark.parametrize("level", [0, 6, -1, "good", 2.5])
async def test_a_level_that_is_none_is_refused(bench: Bench, level: Any) -> None:
    skill, bo = await bench.skill("Washer"), await bench.desk.person("Bo")
    assert (await bench.give(bo.id, skill, level)).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/requirement-rules/99", None),
        ("DELETE", "/requirement-rules/99", None),
        ("GET", "/requirement-rules/99/versions", None),
        ("POST", "/requirement-rules/99/roll-back", {"to": 1, "version": 1}),
        ("PATCH", "/requirement-rules/99", {"spec": {"name_en": "x", "steps": []}, "version": 1}),
        ("GET", "/agent-routing/99", None),
        ("PUT", "/agent-routing/99", {"settings": {}, "version": 0}),
        ("PUT", "/agent-routing/99/exclusions/1", {"reason": "x"}),
    ],
)
async def test_what_is_not_there_is_not_found(bench: Bench, method: str, path: str, body: Any) -> None:
    assert (await bench.chief.send(method, path, body)).status_code == 404


async def test_a_program_with_the_scope_keeps_skills_and_is_nobody(bench: Bench) -> None:
    admin = await bench.desk.person("Ada", role="administrator")
    program = await bench.site.program(admin, "routing.manage")
    made = await program.post("/skills", {"kind": "product", "name_en": "Washer"})
    assert made.status_code == 201, made.text
    spec = {"name_en": "By a program", "steps": [step(made.json()["id"])]}
    rule = (await program.post("/requirement-rules", {"spec": spec})).json()
    versions = (await program.get(f"/requirement-rules/{rule['id']}/versions")).json()["items"]
    assert [one["person_name"] for one in versions] == [None]


async def test_the_order_keeps_rules_that_are_not_named_behind_and_ignores_strangers(bench: Bench) -> None:
    skill = await bench.skill("Washer")
    first, second, third = [(await bench.rule(step(skill)))["id"] for _ in range(3)]
    ordered = await bench.chief.put("/requirement-rules/order", {"ids": [third, 999, third]})
    assert [one["id"] for one in ordered.json()["items"]] == [third, first, second]
    again = await bench.chief.put("/requirement-rules/order", {"ids": [third]})
    assert again.status_code == 200
    told = [one.data["change"] for one in await bench.desk.events("requirement_rule_changed")]
    assert told.count("ordered") == 1


async def test_the_file_speaks_the_language_of_its_reader(bench: Bench) -> None:
    await bench.chief.post("/skills", {"kind": "product", "name_en": "Washers, dryers", "name_zh": "洗护"})
    mine = (await bench.chief.get("/skill-levels/file")).text.splitlines()[0]
    assert mine == '\ufeffemail,name,"Washers, dryers"'
    ma = await bench.desk.person("Ma", role="supervisor")
    await bench.desk.run("update person set locale = 'zh-CN' where id = %(id)s", id=ma.id)
    theirs = (await (await bench.site.browser(ma)).get("/skill-levels/file")).text.splitlines()[0]
    assert theirs == "\ufeff邮箱,姓名,洗护"


async def test_the_file_of_a_chinese_reader_is_read_back(bench: Bench) -> None:
    await bench.chief.post("/skills", {"kind": "product", "name_en": "Washer", "name_zh": "洗衣机"})
    bo = await bench.desk.person("Bo")
    email = await bench.desk.sql("select email from person where id = %(id)s", id=bo.id)
    text = f"邮箱,姓名,洗衣机\n{email.upper()},Bo,5\n"
    done = await bench.chief.post("/skill-levels/file", {"text": text, "is_trial": False})
    assert done.json() == {"people": 1, "changed": 1, "problems": []}


async def test_a_column_that_is_not_there_leaves_its_skill_alone(bench: Bench) -> None:
    washer, dryer, bo = await bench.skill("Washer"), await bench.skill("Dryer"), await bench.desk.person("Bo")
    assert bo.id
    for skill in (washer, dryer):
        await bench.give(bo.id, skill, 3)
    email = await bench.desk.sql("select email from person where id = %(id)s", id=bo.id)
    await bench.chief.post("/skill-levels/file", {"text": f"email,Washer\n{email},\n", "is_trial": False})
    async with bench.desk.parts.database.transaction() as tx:
        found = await levels_of(tx, [bo.id], today=bench.desk.now.date())
    assert [one.skill_id for one in found[bo.id]] == [dryer]


# ── what screens hear ─────────────────────────────────────────────────────────────────────────────────────────


async def test_screens_hear_which_list_to_load_again(bench: Bench) -> None:
    agent, bo = await bench.desk.person("Lin"), await bench.desk.person("Bo")
    skill = await bench.skill("Washer")
    await bench.give(bo.id, skill, 3)
    await bench.chief.put(f"/agent-routing/{bo.id}", {"settings": {"is_reserve": True}, "version": 0})
    await bench.chief.put("/team-routing/1", {"settings": {"offer_seconds": 20}, "version": 0})
    await bench.rule(step(skill))
    await bench.chief.put("/score-weights", {"weights": SHIPPED | {"risk": 1}, "read_id": 0})
    frames = [one.data for one in await bench.site.frames(agent) if one.event == "settings"]
    heard = {str(getattr(one, "what", "")) for one in frames}
    wanted = {"skills", "skill_levels", "agent_routing", "team_routing", "requirements", "score_weights"}
    assert wanted <= heard
