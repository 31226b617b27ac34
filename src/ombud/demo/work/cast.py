"""Who works together on the demo desk: colleagues as actors, a department without seats, and one of its people."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.accounts.passwords import hash_password
from ombud.accounts.permissions import ROLES, Role
from ombud.accounts.schemas import NewPerson
from ombud.accounts.services.people import add_person
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.crypto import new_token
from ombud.shared.database import Transaction, row, rows, value

PARTNER = "partner@lanjia.example"
RESEARCH = "研发质量 · Research & quality"


class Seat(Struct):
    """A colleague."""

    id: int
    name: str
    role: Role
    team_ids: list[int]


class Cast(Struct):
    """Teams by the first word of their names, one agent of each, and the partner."""

    teams: dict[str, int]
    agents: dict[str, Actor]
    supervisor: Actor
    partner: Actor
    you: Actor


def _actor(seat: Seat) -> Actor:
    sees_all = seat.role == "supervisor"
    team_ids = None if sees_all else frozenset(seat.team_ids)
    return Actor("person", seat.id, seat.name, ROLES[seat.role], team_ids)


async def gather_cast(tx: Transaction, you: Actor, *, now: datetime) -> Cast:
    """Make the department and its partner, and find who works beside them."""
    sql = "insert into team (name, routing, created_at) values (%(name)s, 'manual', %(now)s) returning id"
    research = await value(tx, int, sql, {"name": RESEARCH, "now": now}) or 0
    wanted = NewPerson(PARTNER, "裴静怡 (协办 · partner)", "partner", [research], locale="zh-CN")
    partner_id = await add_person(tx, wanted=wanted, by=SYSTEM, now=now)
    # Colleagues have signed in before, by a password that nobody knows; without one they would count as invited.
    sql = "update person set password_hash = %(hash)s, time_zone = 'Asia/Shanghai' where id = %(id)s"
    await tx.execute(sql, {"hash": await hash_password(new_token()), "id": partner_id})
    names = await rows(tx, _Team, "select id, name from team where archived_at is null order by id")
    teams = {one.name.partition(" ")[0]: one.id for one in names}
    agents = {name: _actor(seat) for name, team in teams.items() if (seat := await _find(tx, [team], "agent"))}
    lead = await _find(tx, list(teams.values()), "supervisor")
    partner = Actor("person", partner_id, wanted.name, ROLES["partner"], frozenset([research]))
    return Cast(teams, agents, _actor(lead) if lead else you, partner, you)


class _Team(Struct):
    id: int
    name: str


async def _find(tx: Transaction, teams: Sequence[int], role: str) -> Seat | None:
    sql = """
        select p.id, p.name, p.role, array(select team_id from membership where person_id = p.id) as team_ids
        from person p where p.role = %(role)s and p.deactivated_at is null and exists (
            select from membership m where m.person_id = p.id and m.team_id = any(%(teams)s))
        order by p.id limit 1"""
    return await row(tx, Seat, sql, {"role": role, "teams": list(teams)})
