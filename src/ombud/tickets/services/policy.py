"""The rules of the whole desk that administrators set: reopening, undoing mails, checklists that hold a ticket."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, convert, structs
from psycopg.types.json import Jsonb

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows, value
from ombud.shared.events import emit
from ombud.shared.sequencer import LOCK_POLICY
from ombud.tickets.events import DeskChanged

DEFAULT_REOPEN_DAYS = 14
DEFAULT_CHILDREN_HOLD = "ask"
DEFAULT_PROMISES = {"promise_days": 30, "promise_money": "everybody", "promise_slots": 3}

ReopenDays = Annotated[int, Meta(ge=0, le=365)]
UndoSeconds = Annotated[int, Meta(ge=0, le=600)]


# Whether open children hold their parent open: not at all, unless somebody means it, or always.
ChildrenHold = Literal["off", "ask", "refuse"]
PromiseDays = Annotated[int, Meta(ge=1, le=365)]
PromiseMoney = Literal["everybody", "permitted"]
PromiseSlots = Annotated[int, Meta(ge=0, le=50)]


class DeskPolicy(Struct):
    """The rules in force; those never set have their defaults."""

    reopen_days: int
    undo_seconds: int
    children_hold: ChildrenHold
    # whether an open item of its checklist keeps a ticket from being solved
    checklist_holds: bool
    # a promise that is due later is warned of
    promise_days: int
    # whether everybody may promise money, or only who holds promises.money
    promise_money: PromiseMoney
    # how many promises of one person may fall due in the same half hour, and of a team for each of its members; 0: any
    promise_slots: int


class DeskPolicyPatch(Struct, forbid_unknown_fields=True):
    """Rules to change; what is left out stays."""

    reopen_days: ReopenDays | UnsetType = UNSET
    undo_seconds: UndoSeconds | UnsetType = UNSET
    children_hold: ChildrenHold | UnsetType = UNSET
    checklist_holds: bool | UnsetType = UNSET
    promise_days: PromiseDays | UnsetType = UNSET
    promise_money: PromiseMoney | UnsetType = UNSET
    promise_slots: PromiseSlots | UnsetType = UNSET


class _Setting(Struct):
    name: str
    value: int | bool | str


async def desk_policy(tx: Transaction, *, undo_seconds: int) -> DeskPolicy:
    """The rules in force; ``undo_seconds`` is the installation's own, which holds until somebody sets another."""
    names = [*DeskPolicy.__struct_fields__]
    sql = "select name, value from setting where name = any(%(names)s)"
    kept = {one.name: one.value for one in await rows(tx, _Setting, sql, {"names": names})}
    shipped = {"reopen_days": DEFAULT_REOPEN_DAYS, "undo_seconds": undo_seconds, "checklist_holds": False}
    return convert({**shipped, **DEFAULT_PROMISES, "children_hold": DEFAULT_CHILDREN_HOLD, **kept}, DeskPolicy)


async def reopen_days(tx: Transaction) -> int:
    """For how many days after its end a message of the customer brings a solved ticket back."""
    days = await value(tx, int, "select value from setting where name = 'reopen_days'")
    return DEFAULT_REOPEN_DAYS if days is None else days


async def children_hold(tx: Transaction) -> str:
    """Whether open children hold their parent open: off, ask or refuse."""
    kept = await value(tx, str, "select value from setting where name = 'children_hold'")
    return kept or DEFAULT_CHILDREN_HOLD


async def change_desk_policy(
    tx: Transaction, patch: DeskPolicyPatch, *, undo_seconds: int, by: Actor, now: datetime
) -> DeskPolicy:
    """Set rules. What is the same already changes nothing and emits nothing.

    Emits: DeskChanged
    """
    # Two who change rules at once wait for each other, so that each event names what really changed.
    await tx.execute("select pg_advisory_xact_lock(%(lock)s)", {"lock": LOCK_POLICY})
    before = structs.asdict(await desk_policy(tx, undo_seconds=undo_seconds))
    wanted = {name: new for name, new in structs.asdict(patch).items() if new not in {UNSET, before[name]}}
    if not wanted:
        return convert(before, DeskPolicy)
    sql = """
        insert into setting (name, value) select * from unnest(%(names)s::text[], %(values)s::jsonb[])
        on conflict (name) do update set value = excluded.value"""
    await tx.execute(sql, {"names": list(wanted), "values": [Jsonb(new) for new in wanted.values()]})
    await emit(tx, DeskChanged(fields=sorted(wanted)), by=by, at=now)
    return convert(before | wanted, DeskPolicy)
