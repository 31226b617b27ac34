"""Reads of sessions."""

from datetime import datetime

from msgspec import Struct

from ombud.accounts import rules
from ombud.accounts.schemas import SessionRow
from ombud.shared.database import Transaction, rows


class _Row(Struct):
    id: int
    ip: str
    user_agent: str
    created_at: datetime
    seen_at: datetime


async def sessions_of(tx: Transaction, person_id: int, *, current_id: int | None, now: datetime) -> list[SessionRow]:
    """A person's live sessions, the latest used first."""
    sql = """
        select id, ip, user_agent, created_at, seen_at from session
        where person_id = %(person_id)s and is_complete and revoked_at is null
            and expires_at > %(now)s and seen_at > %(idle_after)s
        order by seen_at desc, id desc"""
    params = {"person_id": person_id, "now": now, "idle_after": now - rules.SESSION_IDLE}
    return [
        SessionRow(one.id, rules.device(one.user_agent), one.ip, one.created_at, one.seen_at, one.id == current_id)
        for one in await rows(tx, _Row, sql, params)
    ]
