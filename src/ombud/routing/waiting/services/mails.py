"""How long an answer by mail takes: told in the acknowledgement where it takes long, kept beside how long it took."""

from collections.abc import Sequence
from datetime import datetime

from ombud.routing.waiting import queries
from ombud.routing.waiting.rules import mail_range
from ombud.routing.waiting.schemas import Wait
from ombud.shared.database import Transaction
from ombud.shared.events import Event


async def tell_mail(tx: Transaction, ticket_id: int, team_id: int, *, now: datetime) -> Wait | None:
    """What somebody who wrote a mail may be told, noted so that its error is known; None: nothing, it goes quickly."""
    found = mail_range(await queries.mail_waits(tx, team_id, now=now))
    if found is None:
        return None
    wait = Wait("rates", await queries.mails_ahead(tx, team_id, ticket_id) + 1, *found)
    sql = """
        insert into wait_estimate (kind, ticket_id, team_id, waits_since, position, first_position, basis, low_seconds,
            high_seconds, told_at, first_low_seconds, first_high_seconds, first_told_at)
        values ('mail', %(ticket)s, %(team)s, %(now)s, %(place)s, %(place)s, 'rates', %(low)s, %(high)s, %(now)s,
            %(low)s, %(high)s, %(now)s) on conflict do nothing"""
    params = {"ticket": ticket_id, "team": team_id, "now": now, "place": wait.position}
    await tx.execute(sql, params | {"low": wait.low_seconds, "high": wait.high_seconds})
    return wait


async def end_mails(tx: Transaction, events: Sequence[Event], now: datetime) -> None:
    """End what was told of mails that a person has answered, or that were done without an answer."""
    answered = [one for one in events if one.kind == "reply_sent" and not one.data.get("is_automatic")]
    done = [one for one in events if one.kind == "ticket_solved"]
    sql = """
        update wait_estimate set ended_at = greatest(%(at)s, told_at), outcome = %(outcome)s
        where kind = 'mail' and ended_at is null and ticket_id = %(ticket)s"""
    for outcome, some in (("answered", answered), ("done", done)):
        for one in some:
            await tx.execute(sql, {"at": min(one.at, now), "outcome": outcome, "ticket": one.ticket_id})
