"""Receipts as a table in the reader's language and time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from ombud.knowledge.notices.queries import list_readers
from ombud.knowledge.notices.schemas import Progress
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.spreadsheets import Cell

HEAD = (
    ("Name", "姓名"),
    ("Staff number", "工号"),
    ("Teams", "团队"),
    ("State", "状态"),
    ("Opened", "打开时间"),
    ("Read", "阅读时间"),
    ("Tries", "作答次数"),
    ("Best result (%)", "最高成绩（%）"),
    ("Passed", "通过时间"),
    ("Reminders", "提醒次数"),
)
PROGRESS: dict[Progress, tuple[str, str]] = {
    "unread": ("Not opened", "未打开"),
    "opened": ("Opened", "已打开"),
    "read": ("Read, questions open", "已读，未通过测验"),
    "failed": ("No tries left", "作答次数已用完"),
    "settled": ("Done", "已完成"),
}


async def readers_table(tx: Transaction, notice_id: int, *, by: Actor) -> tuple[list[str], list[list[Cell]]]:
    """The audience with its receipts, whoever is not done first."""
    is_chinese = by.locale == "zh-CN"
    zone = ZoneInfo(await value(tx, str, "select time_zone from person where id = %(me)s", {"me": by.id}) or "UTC")

    def local(at: datetime | None) -> datetime | None:
        return at.astimezone(zone).replace(tzinfo=None) if at else None

    cells: list[list[Cell]] = [
        [
            *(one.name, one.staff_number, ", ".join(one.teams), PROGRESS[one.progress][is_chinese]),
            *(local(one.opened_at), local(one.read_at), one.tries, one.best_percent, local(one.passed_at)),
            one.reminders,
        ]
        for one in await list_readers(tx, notice_id, by=by)
    ]
    return [one[is_chinese] for one in HEAD], cells
