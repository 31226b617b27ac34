"""What a customer agreed to, and by which channels they must not be contacted."""

from datetime import datetime

from ombud.customers.events import ConsentRecorded, ContactBarChanged
from ombud.customers.queries.customers import lock_customer
from ombud.customers.queries.details import bar_of
from ombud.customers.schemas import BarIn, ConsentIn, ContactBar, ContactChannel
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, value
from ombud.shared.errors import Unprocessable
from ombud.shared.events import emit


class DoNotContact(Unprocessable):
    """The customer does not want to be contacted by this channel. If they asked for this answer, say so and why."""

    code = "do_not_contact"

    def __init__(self, bar: ContactBar) -> None:
        super().__init__()
        self.bar = bar

    def extra(self) -> dict[str, object]:
        """Which channel, since when, why."""
        return {"channel": self.bar.channel, "since": self.bar.since, "reason": self.bar.reason}


async def refuse_barred(tx: Transaction, customer_id: int, channel: str, *, reason: str) -> None:
    """Refuse to write to a customer who must not be contacted by a channel, unless they asked: ``reason`` says so.

    Raises:
        DoNotContact: there is a bar and no reason to pass it.
    """
    bar = await bar_of(tx, customer_id, channel)
    if bar is not None and not reason.strip():
        raise DoNotContact(bar)


async def record_consent(tx: Transaction, customer_id: int, data: ConsentIn, *, by: Actor, now: datetime) -> int:
    """Write down a customer's yes or no; earlier ones stay as they were. Gives the live customer's id.

    Raises:
        NotFound: no such customer for ``by``.

    Emits: ConsentRecorded
    """
    live = await lock_customer(tx, customer_id, by=by)
    sql = """
        insert into consent (customer_id, purpose, channel, is_given, source, by_kind, by_id, at)
        values (%(customer)s, %(purpose)s, %(channel)s, %(given)s, %(source)s, %(kind)s, %(by)s, %(now)s)
        returning id"""
    params: dict[str, object] = {
        "customer": live,
        "purpose": data.purpose,
        "channel": data.channel,
        "given": data.is_given,
    }
    params |= {"source": data.source.strip(), "kind": by.kind, "by": by.id, "now": now}
    consent_id = await value(tx, int, sql, params) or 0
    fact = ConsentRecorded(
        customer_id=live, consent_id=consent_id, purpose=data.purpose, channel=data.channel, is_given=data.is_given
    )
    await emit(tx, fact, by=by, at=now)
    return live


async def bar_channel(
    tx: Transaction, customer_id: int, channel: ContactChannel, data: BarIn, *, by: Actor, now: datetime
) -> int:
    """Note that a customer must not be contacted by a channel; again only changes the reason. Gives the live id.

    Raises:
        NotFound: no such customer for ``by``.

    Emits: ContactBarChanged
    """
    live = await lock_customer(tx, customer_id, by=by)
    is_new = await bar_of(tx, live, channel) is None
    sql = """
        insert into contact_bar (customer_id, channel, reason, by_kind, by_id, since)
        values (%(customer)s, %(channel)s, %(reason)s, %(kind)s, %(by)s, %(now)s)
        on conflict (customer_id, channel) do update set reason = excluded.reason"""
    params = {"customer": live, "channel": channel, "reason": data.reason.strip(), "kind": by.kind, "by": by.id}
    await tx.execute(sql, params | {"now": now})
    if is_new:
        await emit(tx, ContactBarChanged(customer_id=live, channel=channel, is_barred=True), by=by, at=now)
    return live


async def unbar_channel(tx: Transaction, customer_id: int, channel: ContactChannel, *, by: Actor, now: datetime) -> int:
    """Lift a bar; lifting none is harmless. Gives the live customer's id.

    Raises:
        NotFound: no such customer for ``by``.

    Emits: ContactBarChanged
    """
    live = await lock_customer(tx, customer_id, by=by)
    sql = "delete from contact_bar where customer_id = %(customer)s and channel = %(channel)s"
    if await execute(tx, sql, {"customer": live, "channel": channel}):
        await emit(tx, ContactBarChanged(customer_id=live, channel=channel, is_barred=False), by=by, at=now)
    return live
