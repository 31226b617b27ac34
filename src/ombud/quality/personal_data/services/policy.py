"""Who sees which kinds of personal data."""

from datetime import datetime

from msgspec import structs, to_builtins
from psycopg.types.json import Jsonb

from ombud.quality.personal_data import queries
from ombud.quality.personal_data.events import PersonalDataPolicyChanged
from ombud.quality.personal_data.schemas import PersonalDataMarking, PersonalDataPolicy, PersonalDataPolicyShown
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import Invalid
from ombud.shared.events import emit
from ombud.shared.sequencer import LOCK_POLICY


async def show_policy(tx: Transaction) -> PersonalDataPolicyShown:
    """The policy in force, and how much was not looked at yet."""
    policy = await queries.load_policy(tx)
    return PersonalDataPolicyShown(**structs.asdict(policy), waiting=await queries.count_waiting(tx))


async def change_policy(
    tx: Transaction, wanted: PersonalDataPolicy, *, by: Actor, now: datetime
) -> PersonalDataPolicyShown:
    """Say who sees what. What is the same already changes nothing and emits nothing.

    It holds for everybody within some seconds, for open screens, too.

    Raises:
        Invalid: a kind is missing.

    Emits: PersonalDataPolicyChanged
    """
    await tx.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": LOCK_POLICY})
    before = await queries.load_policy(tx)
    if set(wanted.kinds) != set(before.kinds):
        raise Invalid("Say of each kind who sees it.", fields={"kinds": "incomplete"})
    for rule in wanted.kinds.values():
        rule.clear_for = sorted(set(rule.clear_for))
    old, new = _flat(before), _flat(wanted)
    changed = sorted(name for name in new if new[name] != old[name])
    if changed:
        sql = "update setting set value = %(value)s where name = %(name)s"
        await tx.execute(sql, {"value": Jsonb(to_builtins(wanted)), "name": queries.SETTING})
        await emit(tx, PersonalDataPolicyChanged(fields=changed), by=by, at=now)
    return await show_policy(tx)


def _flat(policy: PersonalDataPolicy) -> dict[str, object]:
    flat: dict[str, object] = {name: (rule.is_on, sorted(rule.clear_for)) for name, rule in policy.kinds.items()}
    return flat | {"keeps_sealed": policy.keeps_sealed, "sealed_days": policy.sealed_days}


async def show_marking(tx: Transaction, *, by: Actor) -> PersonalDataMarking:
    """What screens mark for the actor, and what they may do with it."""
    marked = await queries.marked_kinds(tx)
    return PersonalDataMarking(
        marked=list(marked),
        hidden=[kind for kind in marked if kind in by.hidden_kinds],
        may_show=by.may("personal_data.show"),
        may_redact=by.may("personal_data.redact"),
        may_unseal=by.may("personal_data.unseal"),
    )
