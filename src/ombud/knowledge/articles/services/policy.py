"""The desk's rules of knowledge."""

from datetime import datetime

from msgspec import UNSET, Struct, convert, structs
from psycopg.types.json import Jsonb

from ombud.knowledge.articles.events import KnowledgePolicyChanged
from ombud.knowledge.articles.schemas import KnowledgePolicy, KnowledgePolicyPatch
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows
from ombud.shared.events import emit
from ombud.shared.sequencer import LOCK_POLICY

PREFIX = "knowledge_"
SHIPPED = {"own_approval": True, "review_months": 12}


class _Setting(Struct):
    name: str
    value: int | bool


async def knowledge_policy(tx: Transaction) -> KnowledgePolicy:
    """The rules in force; those never set have their defaults."""
    sql = "select name, value from setting where name = any(%(names)s)"
    kept = await rows(tx, _Setting, sql, {"names": [PREFIX + name for name in SHIPPED]})
    return convert({**SHIPPED, **{one.name.removeprefix(PREFIX): one.value for one in kept}}, KnowledgePolicy)


async def change_knowledge_policy(
    tx: Transaction, patch: KnowledgePolicyPatch, *, by: Actor, now: datetime
) -> KnowledgePolicy:
    """Set rules. What is the same already changes nothing and emits nothing.

    Emits: KnowledgePolicyChanged
    """
    await tx.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": LOCK_POLICY})
    before = structs.asdict(await knowledge_policy(tx))
    wanted = {name: new for name, new in structs.asdict(patch).items() if new is not UNSET and new != before[name]}
    if not wanted:
        return convert(before, KnowledgePolicy)
    sql = """
        insert into setting (name, value) select * from unnest(%(names)s::text[], %(values)s::jsonb[])
        on conflict (name) do update set value = excluded.value"""
    params = {"names": [PREFIX + name for name in wanted], "values": [Jsonb(new) for new in wanted.values()]}
    await tx.execute(sql, params)
    await emit(tx, KnowledgePolicyChanged(fields=sorted(wanted)), by=by, at=now)
    return convert(before | wanted, KnowledgePolicy)
