"""What an agent decides about their own strain: whether it is watched, and what they say to a proposed break."""

from datetime import datetime

from ombud.routing.strain import queries
from ombud.routing.strain.queries import Agreed
from ombud.routing.strain.rules import HOURS, WEIGHTS
from ombud.routing.strain.schemas import BreakAnswerIn, OwnStrain, StrainIn, StrainPolicyIn
from ombud.routing.strain.services.watching import watch
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import Conflict

DEFAULT = StrainPolicyIn()


class AgreedToLess(Conflict):
    """Your team wants to tell other people than what you were shown. Read it again, then decide."""

    code = "policy_changed"


async def show_own(tx: Transaction, *, by: Actor) -> OwnStrain:
    """The actor's own strain with all that it is made of; nobody else gets this."""
    me = by.person_id
    is_on = await queries.is_watched(tx, me)
    policy = (await queries.agreed(tx, [me])).get(me) or Agreed(me, DEFAULT.bound, DEFAULT.hard_percent, DEFAULT.tells)
    share = (await queries.shares(tx, [me])).get(me) if is_on else None
    is_asked = share is not None and share.is_high and share.break_answered_at is None
    return OwnStrain(
        is_on=is_on,
        bound=policy.bound,
        hard_percent=policy.hard_percent,
        tells=policy.tells,
        needs_consent=share is not None and policy.tells == "supervisors" and share.agreed_to != "supervisors",
        load=share.load if share else 0.0,
        parts=share.parts if share else [],
        weights=list(WEIGHTS),
        is_high=share is not None and share.is_high,
        hours=HOURS,
        computed_at=share.computed_at if share else None,
        break_proposed_at=share.break_proposed_at if share and is_asked else None,
    )


async def switch(tx: Transaction, data: StrainIn, *, by: Actor, now: datetime) -> OwnStrain:
    """Have one's strain watched, or not; without it everything that was computed is thrown away at once.

    Raises:
        AgreedToLess: the team tells more people than the actor was shown.
    """
    me = by.person_id
    policy = (await queries.agreed(tx, [me])).get(me)
    if data.is_on and policy is not None and policy.tells == "supervisors" and data.tells != "supervisors":
        raise AgreedToLess
    sql = """
        insert into agent_routing (person_id, has_strain) values (%(me)s, %(on)s)
        on conflict (person_id) do update set has_strain = excluded.has_strain"""
    await tx.execute(sql, {"me": me, "on": data.is_on})
    if not data.is_on:
        await tx.execute("delete from strain_share where person_id = %(me)s", {"me": me})
        return await show_own(tx, by=by)
    await watch(tx, now=now)
    sql = "update strain_share set agreed_to = %(tells)s where person_id = %(me)s"
    await tx.execute(sql, {"tells": data.tells, "me": me})
    return await show_own(tx, by=by)


async def answer_break(tx: Transaction, data: BreakAnswerIn, *, by: Actor, now: datetime) -> OwnStrain:
    """Say what one does about a break that was proposed; without one nothing happens."""
    sql = """
        update strain_share set break_answer = %(answer)s, break_answered_at = %(now)s
        where person_id = %(me)s and break_proposed_at is not null and break_answered_at is null"""
    await tx.execute(sql, {"answer": data.answer, "now": now, "me": by.person_id})
    return await show_own(tx, by=by)
