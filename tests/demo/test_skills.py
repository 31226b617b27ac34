"""The demo desk has skills, levels, settings and rules that work."""

from ombud.accounts.permissions import ROLES
from ombud.demo.skills import RULES, SKILLS, make_skills
from ombud.routing.skills.services.fitting import required_by
from ombud.shared.actor import Actor
from tests.site import Site


async def test_make_skills_gives_people_levels_and_work_its_steps(site: Site) -> None:
    desk = site.desk
    tech = await desk.team("技术支持 · Technical support")
    await desk.team("安装维修 · Installation & repair")
    you = await desk.person("Ada", tech, role="administrator", everywhere=True)
    ticket = await site.ticket("It gave me a shock", team=tech)
    await desk.run("update ticket set tags = '{安全·safety}'")
    await desk.run("update customer set tier = '金卡·Gold', locale = 'en'")
    by = Actor("person", you.id, "Ada", ROLES["administrator"], None)
    async with desk.parts.database.transaction() as tx:
        await make_skills(tx, by, now=desk.now)
    async with desk.parts.database.transaction() as tx:
        found = await required_by(tx, [ticket], now=desk.now)
    assert await desk.sql("select count(*) from skill") == len(SKILLS)
    assert await desk.sql("select count(*) from requirement_rule where is_on") == sum(one[4] for one in RULES)
    assert await desk.sql("select min(version) from requirement_rule where jsonb_array_length(steps) > 1") == 2
    assert [step.seconds for step in found[ticket].steps] == [60, 120]
    assert await desk.sql("select count(*) from agent_skill where person_id = %(id)s", id=you.id) >= 4
    assert await desk.sql("select count(*) from agent_exclusion") == 1
    assert await desk.sql("select count(*) from team_overflow") == 1
    assert await desk.sql("select weights -> 'tiers' ->> 'VIP' from score_weights") == "1.0"
