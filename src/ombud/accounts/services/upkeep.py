"""What is swept away once in a while."""

from datetime import datetime

from ombud.shared.database import Transaction, execute

KEPT = "interval '90 days'"


async def sweep_accounts(tx: Transaction, *, now: datetime) -> int:
    """Drop sessions and links that ended long ago; how many. The event log still knows of them."""
    sessions = f"""
        delete from session
        where expires_at < %(now)s - {KEPT} or revoked_at < %(now)s - {KEPT} or seen_at < %(now)s - {KEPT}"""
    links = f"delete from one_time_link where expires_at < %(now)s - {KEPT} or used_at < %(now)s - {KEPT}"
    return await execute(tx, sessions, {"now": now}) + await execute(tx, links, {"now": now})
