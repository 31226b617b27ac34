"""A desk with skills, requirement rules and settings, for the tests of the engine's verbs."""

import json
from collections.abc import Mapping
from typing import Any

from ombud.routing.engine.services import end_missed, give_back, note_stuck, route
from ombud.routing.engine.services.returning import ReturnReason
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from tests.desk import Desk


class Scene:
    """Short ways on a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._channels: dict[tuple[str, int], int] = {}

    async def route(self) -> int:
        """One round of the router."""
        async with self.desk.parts.database.transaction() as tx:
            return await route(tx, now=self.desk.now)

    async def end_missed(self) -> int:
        """End what was not answered."""
        async with self.desk.parts.database.transaction() as tx:
            return await end_missed(tx, now=self.desk.now)

    async def stuck(self) -> int:
        """One look at work that nobody can take."""
        async with self.desk.parts.database.transaction() as tx:
            return await note_stuck(tx, now=self.desk.now)

    async def give_back(self, person: Actor, reason: ReturnReason = "offline") -> int:
        """Give somebody's work back."""
        async with self.desk.parts.database.transaction() as tx:
            return await give_back(tx, person.person_id, reason=reason, now=self.desk.now)

    def tx(self) -> Any:
        """A transaction."""
        return self.desk.parts.database.transaction()

    async def arrive(self, count: int = 1, *, kind: str = "api", team: int = 1, who: str = "") -> list[int]:
        """New tickets of as many customers, in one channel of the kind."""
        if (kind, team) not in self._channels:
            self._channels[kind, team] = await self.desk.channel(kind, team)
        known = await self.desk.tickets()
        names = [who or f"c{len(known)}-{number}" for number in range(count)]
        await self.desk.deliver(self._channels[kind, team], *(self.desk.message("Help", who=one) for one in names))
        return [one for one in await self.desk.tickets() if one not in known]

    async def holder(self, ticket: int) -> int | None:
        """Who has a ticket."""
        found: int | None = await self.desk.column(ticket, "assignee_id")
        return found

    async def skill(self, name: str) -> int:
        """A new skill."""
        sql = "insert into skill (kind, name_en, created_at) values ('language', %(name)s, %(now)s) returning id"
        return int(await self.desk.sql(sql, name=name, now=self.desk.now))

    async def learn(self, person: Actor, skill: int, level: int, until: str | None = None) -> None:
        """Somebody holds a skill."""
        sql = """
            insert into agent_skill (person_id, skill_id, level, valid_until)
            values (%(person)s, %(skill)s, %(level)s, %(until)s)"""
        await self.desk.run(sql, person=person.id, skill=skill, level=level, until=until)

    async def require(self, *steps: Mapping[str, object], condition: Mapping[str, object] | None = None) -> None:
        """Let work ask for skills, step by step."""
        spec = {"steps": json.dumps(steps), "condition": json.dumps(condition or {"all": []})}
        sql = """
            with made as (
                insert into requirement_rule (is_on, name_en, condition, steps, created_at)
                values (true, 'Rule', %(condition)s::jsonb, %(steps)s::jsonb, %(now)s) returning id
            )
            insert into requirement_rule_version (rule_id, version, spec, at)
            select id, 1, jsonb_build_object('steps', %(steps)s::jsonb, 'condition', %(condition)s::jsonb), %(now)s
            from made"""
        await self.desk.run(sql, now=self.desk.now, **spec)

    async def team_settings(self, team: int = 1, **columns: object) -> None:
        """Settings of a team; those not named are the shipped ones, with nothing offered."""
        wanted: dict[str, object] = {"offered_channels": [], "preferred_seconds": 0, **columns}
        names = ", ".join(wanted)
        places = ", ".join(f"%({name})s" for name in wanted)
        await self.desk.run(
            f"insert into team_routing (team_id, {names}) values (%(team)s, {places})", team=team, **wanted
        )

    async def lines(self, ticket: int) -> list[str]:
        """Kinds of a ticket's decisions, oldest first."""
        sql = "select coalesce(jsonb_agg(kind order by id), '[]') from routing_decision where ticket_id = %(id)s"
        found: list[str] = await self.desk.sql(sql, id=ticket)
        return found

    async def wait(self, ticket: int, column: str) -> Any:
        """A column of a ticket's row of waiting work."""
        return await self.desk.sql(f"select {column} from work_wait where ticket_id = %(id)s", id=ticket)

    async def solve(self, ticket: int) -> None:
        """The work is done."""
        sql = """
            update ticket set category = 'solved', status_id = (select id from status where name_en = 'Solved')
            where id = %(id)s"""
        await self.desk.run(sql, id=ticket)


def asks(skill: int, level: int, seconds: int = 60) -> dict[str, object]:
    """A step that asks for one skill."""
    return {"seconds": seconds, "all": [{"skill_id": skill, "level": level}]}


__all__ = ["Scene", "Transaction", "asks"]
