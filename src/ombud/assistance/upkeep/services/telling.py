"""Telling people of notices and of what becomes of their requests."""

from collections.abc import Sequence
from datetime import datetime

from ombud.assistance.upkeep import queries
from ombud.knowledge.reports.queries.requests import find_request
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction
from ombud.tickets.schemas.values import NotificationKind
from ombud.tickets.services.timeline import Told, notify_all


async def tell_of_notice(
    tx: Transaction, notice_id: int, person_ids: Sequence[int], *, is_first: bool, now: datetime
) -> None:
    """Tell people of a notice that they are to read, by its title in their language.

    Emits: NotificationMade
    """
    title = await queries.notice_title(tx, notice_id)
    if title is None:
        return
    told = [
        Told(
            one.id,
            None,
            None,
            None,
            notice_id=notice_id,
            title=(title.title_zh or title.title_en) if one.locale == "zh-CN" else (title.title_en or title.title_zh),
        )
        for one in await queries.readers(tx, person_ids)
    ]
    kind: NotificationKind = "notice_told" if is_first else "notice_reminder"
    await notify_all(tx, kind, told, by=SYSTEM, now=now)


async def tell_of_request(tx: Transaction, request_id: int, change: str, *, by: Actor, now: datetime) -> None:
    """Tell whoever asked for an article how it goes, and whom it was given to that it is theirs.

    Emits: NotificationMade
    """
    request = await find_request(tx, request_id, by=SYSTEM)
    kinds: dict[str, NotificationKind] = {
        "taken": "request_taken",
        "answered": "request_answered",
        "declined": "request_declined",
    }
    if change not in kinds:
        return

    def told(person_id: int) -> Told:
        # The ticket is not named: whoever is told need not see it.
        return Told(person_id, None, None, None, request_id=request.id, title=request.title)

    if request.asked_by_id is not None:
        await notify_all(tx, kinds[change], [told(request.asked_by_id)], by=by, now=now)
    if change == "taken" and request.assignee_id not in (None, request.asked_by_id):
        await notify_all(tx, "request_assigned", [told(request.assignee_id or 0)], by=by, now=now)
