"""Who hears of a release note."""

from collections.abc import Iterable
from datetime import datetime

from ombud.releases.queries import LockedNote
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.tickets.schemas.values import NotificationKind
from ombud.tickets.services.timeline import Told, notify_all


async def tell(
    tx: Transaction,
    note: LockedNote,
    kind: NotificationKind,
    people: Iterable[int | None],
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Tell people of a note, each once; nobody of what they did themselves.

    Emits: NotificationMade
    """
    wanted = sorted({one for one in people if one is not None})
    told = [Told(one, None, None, None, release_id=note.id, title=note.title) for one in wanted]
    await notify_all(tx, kind, told, by=by, now=now)
