"""The rules about customers' data, set by administrators."""

from datetime import datetime

from msgspec import UNSET, structs
from psycopg.types.json import Jsonb

from ombud.customers.events import CustomerPolicyChanged
from ombud.customers.queries.policy import SETTING, customer_policy
from ombud.customers.schemas import CustomerPolicy, CustomerPolicyPatch
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.events import emit
from ombud.shared.sequencer import LOCK_POLICY


async def change_policy(tx: Transaction, patch: CustomerPolicyPatch, *, by: Actor, now: datetime) -> CustomerPolicy:
    """Set rules; they hold for what happens from now on. What is the same already emits nothing.

    Emits: CustomerPolicyChanged
    """
    await tx.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": LOCK_POLICY})
    before = structs.asdict(await customer_policy(tx))
    wanted = {name: new for name, new in structs.asdict(patch).items() if new is not UNSET and new != before[name]}
    if not wanted:
        return CustomerPolicy(**before)
    sql = """
        insert into setting (name, value) values (%(name)s, %(value)s)
        on conflict (name) do update set value = excluded.value"""
    await tx.execute(sql, {"name": SETTING, "value": Jsonb(before | wanted)})
    await emit(tx, CustomerPolicyChanged(fields=sorted(wanted)), by=by, at=now)
    return CustomerPolicy(**(before | wanted))
