"""Offers that wait for an answer."""

from datetime import datetime

from ombud.routing.engine.schemas.live import Offer
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows


async def own_offers(tx: Transaction, *, by: Actor, now: datetime) -> list[Offer]:
    """What is on the actor's screen just now, the oldest first."""
    sql = """
        select o.id, o.ticket_id, t.subject, c.name as customer_name, t.team_id, coalesce(ch.kind, '') as channel_kind,
            t.priority, t.preview, o.offered_at, o.expires_at,
            greatest(extract(epoch from o.expires_at - %(now)s), 0)::float8 as seconds
        from work_offer o join ticket t on t.id = o.ticket_id join customer c on c.id = t.customer_id
        left join channel ch on ch.id = t.channel_id
        where o.person_id = %(person)s and o.state = 'open' order by o.id"""
    return await rows(tx, Offer, sql, {"person": by.person_id, "now": now})
