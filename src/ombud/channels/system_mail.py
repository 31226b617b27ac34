"""Mails of the system itself: invitations, lost passwords. Sealed while they wait, because they hold links."""

from datetime import datetime

import msgspec
from psycopg.types.json import Jsonb

from ombud.shared.crypto import KeyRing
from ombud.shared.database import Transaction, row, value


class SealedMail(msgspec.Struct):
    """What a mail of the system says."""

    to: str
    subject: str
    text: str


class _Mailbox(msgspec.Struct):
    id: int
    is_well: bool


class SystemMailer:
    """Queues mails of the system through the first mailbox whose last sending went well, or that has not sent yet.

    Where each has a problem the mail still waits in the first one, and leaves when that is mended.
    """

    def __init__(self, key_ring: KeyRing) -> None:
        self._key_ring = key_ring

    async def __call__(
        self, tx: Transaction, *, to: str, subject: str, text: str, now: datetime, brand_id: int | None = None
    ) -> bool:
        """Queue a mail within the transaction; False when no mailbox can send it now.

        A brand's own mailbox goes before the others.
        """
        sql = """
            select id, coalesce(health -> 'smtp' ->> 'problem', '') = '' as is_well from channel
            where kind = 'email' and is_active and deleted_at is null and settings -> 'smtp' ->> 'host' <> ''
            order by is_well desc, brand_id = %(brand)s::bigint desc nulls last, id limit 1"""
        mailbox = await row(tx, _Mailbox, sql, {"brand": brand_id})
        if mailbox is None:
            return False
        sql = """
            insert into outbox (channel_id, not_before, envelope, created_at)
            values (%(channel)s, %(now)s, %(envelope)s, %(now)s) returning id"""
        envelope = {"to": [{"address": to}], "subject": subject, "is_automatic": True}
        params = {"channel": mailbox.id, "now": now, "envelope": Jsonb(envelope)}
        outbox_id = await value(tx, int, sql, params) or 0
        sealed = self._key_ring.seal(msgspec.json.encode(SealedMail(to, subject, text)), place=sealed_place(outbox_id))
        await tx.execute("update outbox set sealed = %(sealed)s where id = %(id)s", {"sealed": sealed, "id": outbox_id})
        return mailbox.is_well


def sealed_place(outbox_id: int) -> str:
    """To which row a sealed mail is bound."""
    return f"outbox.sealed.{outbox_id}"
