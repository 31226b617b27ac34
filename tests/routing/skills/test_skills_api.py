"""Skills and the matrix of levels over the API."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from ombud.routing.skills.queries import skills_of_agents
from tests.accounts.desk import Browser
from tests.routing.skills.conftest import Bench

DAY = datetime(2026, 11, 23, tzinfo=UTC).date()
WASHER = {"kind": "product", "name_en": "Washing machines", "name_zh": "洗衣机"}


async def test_a_skill_is_made_changed_archived_and_brought_back(bench: Bench) -> None:
    made = (await bench.chief.post("/skills", WASHER)).json()
    assert (made["version"], made["people"], made["rules"]) == (1, 0, 0)
    path = f"/skills/{made['id']}"
    same = await bench.chief.patch(path, WASHER | {"version": 1})
    assert same.json()["version"] == 1
    archived = await bench.chief.patch(path, WASHER | {"version": 1, "is_archived": True})
    assert archived.json()["is_archived"] is True
    back = await bench.chief.patch(path, WASHER | {"version": 2, "name_en": "Washers"})
    assert (back.json()["name_en"], back.json()["is_archived"]) == ("Washers", False)
    changes = [one.data["change"] for one in await bench.desk.events("skill_changed")]
    assert changes == ["made", "archived", "restored"]


@pytest.mark.parametrize("names", [{"name_en": "washing MACHINES"}, {"name_zh": "洗衣机", "name_en": "Other"}])
async def test_a_skill_with_a_name_that_is_taken_is_refused(bench: Bench, names: dict[str, str]) -> None:
    await bench.chief.post("/skills", WASHER)
    answer = await bench.chief.post("/skills", {"kind": "other"} | names)
    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")


async def test_a_skill_without_a_name_is_refused(bench: Bench) -> None:
    answer = await bench.chief.post("/skills", {"kind": "other", "name_en": " "})
    assert (answer.status_code, answer.json()["fields"]) == (400, {"name": "required"})


async def test_the_second_editor_of_a_skill_is_told(bench: Bench) -> None:
    made = (await bench.chief.post("/skills", WASHER)).json()
    path = f"/skills/{made['id']}"
    await bench.chief.patch(path, WASHER | {"version": 1, "kind": "other"})
    answer = await bench.chief.patch(path, WASHER | {"version": 1, "name_en": "Mine"})
    assert (answer.status_code, answer.json()["code"]) == (409, "changed_meanwhile")
    assert answer.json()["fields"] == {"version": "2"}


async def test_a_skill_that_a_rule_asks_for_is_not_archived(bench: Bench) -> None:
    skill = await bench.skill("Washer")
    await bench.rule({"seconds": 60, "all": [{"any": [{"skill_id": skill, "level": 3}]}]}, is_on=False)
    body = {"kind": "product", "name_en": "Washer", "version": 1, "is_archived": True}
    answer = await bench.chief.patch(f"/skills/{skill}", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "skill_in_use")


async def test_levels_are_written_read_and_taken_away(bench: Bench) -> None:
    skill, person = await bench.skill("Washer"), await bench.desk.person("Bo")
    answer = await bench.give(person.id, skill, 3, valid_until="2026-12-31")
    assert answer.json() == {"changed": 1}
    rows = (await bench.chief.get("/skill-levels?words=bo")).json()["items"]
    held = {"skill_id": skill, "level": 3, "valid_until": "2026-12-31", "is_over": False}
    assert [(one["name"], one["held"]) for one in rows] == [("Bo", [held])]
    assert (await bench.give(person.id, skill, 3, valid_until="2026-12-31")).json() == {"changed": 0}
    await bench.give(person.id, skill, None)
    told = [one.data["levels"] for one in await bench.desk.events("agent_levels_changed")]
    assert told == [{str(skill): [0, 3]}, {str(skill): [3, 0]}]


async def test_a_level_whose_day_has_passed_does_not_count(bench: Bench) -> None:
    skill, person = await bench.skill("Gas", "certificate"), await bench.desk.person("Bo")
    assert person.id
    await bench.give(person.id, skill, 4, valid_until="2026-11-22")
    async with bench.desk.parts.database.transaction() as tx:
        assert await skills_of_agents(tx, [person.id], today=DAY) == {}
    await bench.give(person.id, skill, 4, valid_until="2026-11-23")
    async with bench.desk.parts.database.transaction() as tx:
        assert await skills_of_agents(tx, [person.id], today=DAY) == {person.id: {skill: 4}}


async def test_a_cell_that_is_not_as_its_writer_saw_it_is_refused(bench: Bench) -> None:
    skill, person = await bench.skill("Washer"), await bench.desk.person("Bo")
    assert (await bench.give(person.id, skill, 2, before=0)).status_code == 200
    answer = await bench.give(person.id, skill, 5, before=0)
    assert (answer.status_code, answer.json()["code"]) == (409, "level_changed")
    assert answer.json()["fields"]["level"] == "2"


async def test_many_cells_are_written_all_or_none(bench: Bench) -> None:
    skill, person = await bench.skill("Washer"), await bench.desk.person("Bo")
    reader = await bench.desk.person("Ro", role="read_only")
    cells = [{"person_id": one.id, "skill_id": skill, "level": 2} for one in (person, reader)]
    answer = await bench.chief.put("/skill-levels", {"items": cells})
    assert (answer.status_code, answer.json()["fields"]) == (400, {"person_id": "unknown"})
    assert await bench.desk.sql("select count(*) from agent_skill") == 0
    answer = await bench.give(person.id, 99, 2)
    assert answer.json()["fields"] == {"skill_id": "unknown"}


async def test_the_matrix_comes_in_pages_and_by_team(bench: Bench) -> None:
    repair = await bench.desk.team("Repair")
    for name in ("Bo", "Chen", "Dee"):
        await bench.desk.person(name, repair)
    first = (await bench.chief.get(f"/skill-levels?team_id={repair}&limit=2")).json()
    assert [one["name"] for one in first["items"]] == ["Bo", "Chen"]
    second = (await bench.chief.get(f"/skill-levels?team_id={repair}&limit=2&cursor={first['next']}")).json()
    assert ([one["name"] for one in second["items"]], second["next"]) == (["Dee"], None)


async def test_a_table_is_tried_taken_over_and_written_out_again(bench: Bench) -> None:
    await bench.skill("Washer")
    bo = await bench.desk.person("Bo")
    email = await bench.desk.sql("select email from person where id = %(id)s", id=bo.id)
    text = f"email,name,Washer\n{email},Bo,4 2027-01-31\n"
    tried = await bench.chief.post("/skill-levels/file", {"text": text})
    assert tried.json() == {"people": 1, "changed": 1, "problems": []}
    assert await bench.desk.sql("select count(*) from agent_skill") == 0
    done = await bench.chief.post("/skill-levels/file", {"text": text, "is_trial": False})
    assert done.json()["changed"] == 1
    written = (await bench.chief.get("/skill-levels/file")).text
    assert f"{email},Bo,4 2027-01-31" in written
    again = await bench.chief.post("/skill-levels/file", {"text": written, "is_trial": False})
    assert again.json()["changed"] == 0
    sheet = await bench.chief.get("/skill-levels/file?kind=xlsx")
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(sheet.content)).namelist()


async def test_a_table_with_a_single_problem_changes_nothing(bench: Bench) -> None:
    await bench.skill("Washer")
    bo = await bench.desk.person("Bo")
    email = await bench.desk.sql("select email from person where id = %(id)s", id=bo.id)
    text = f"email,Washer,Dryer\n{email},4,3\nnobody@x.cn,3,\n"
    answer = (await bench.chief.post("/skill-levels/file", {"text": text, "is_trial": False})).json()
    problems = {(one["line"], one["code"], one["text"]) for one in answer["problems"]}
    assert problems == {(1, "unknown_skill", "Dryer"), (3, "unknown_person", "nobody@x.cn")}
    assert await bench.desk.sql("select count(*) from agent_skill") == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/skills"),
        ("PATCH", "/skills/1"),
        ("GET", "/skill-levels"),
        ("PUT", "/skill-levels"),
        ("GET", "/skill-levels/file"),
        ("POST", "/skill-levels/file"),
    ],
)
async def test_an_agent_keeps_no_skills(agent: Browser, method: str, path: str) -> None:
    assert (await agent.send(method, path, {})).status_code == 403


async def test_an_agent_sees_which_skills_there_are(bench: Bench, agent: Browser) -> None:
    await bench.skill("Washer")
    found = (await agent.get("/skills")).json()["items"]
    assert [one["name_en"] for one in found] == ["Washer"]


async def test_an_unknown_skill_is_not_found(bench: Bench) -> None:
    assert (await bench.chief.patch("/skills/99", WASHER | {"version": 1})).status_code == 404
