"""What the worker looks after on the floor, every few seconds."""

from datetime import datetime

from ombud.routing.floor.services.alarms import watch_floor
from ombud.routing.floor.services.breaks import move_queue
from ombud.routing.floor.services.limits import end_wrap_ups
from ombud.routing.floor.services.presence import note_silence
from ombud.shared.database import Transaction


async def keep_floor(tx: Transaction, *, now: datetime) -> int:
    """Note silent screens, end wrap-ups, move the queue for breaks and look for alarms; how many things changed.

    Emits: PresenceChanged, BreakChanged, AlarmRaised, AlarmChanged
    """
    changed = await note_silence(tx, now=now)
    changed += await end_wrap_ups(tx, now=now)
    changed += await move_queue(tx, now=now)
    return changed + await watch_floor(tx, now=now)
