"""The duty log as a table, in the reader's language and time zone."""

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from ombud.intelligence.personal_data.services import mask_tree
from ombud.routing.floor.schemas import DutyLog
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound
from ombud.shared.spreadsheets import Cell

HEAD = {
    "en": ("Team", "When", "Kind", "Text", "Ticket", "By", "Due", "Done or accepted", "By whom", "Remark"),
    "zh-CN": ("团队", "时间", "类型", "内容", "工单", "记录人", "截止", "完成/签收时间", "完成/签收人", "备注"),
}
KINDS = {
    "en": {
        "note": "Note",
        "round": "Round",
        "fault": "Fault",
        "vip": "VIP",
        "weather": "Weather",
        "open": "Hand-over: open matter",
        "promise": "Hand-over: promise",
        "other": "Hand-over: other",
        "handover": "Hand-over",
    },
    "zh-CN": {
        "note": "记事",
        "round": "巡场",
        "fault": "系统故障",
        "vip": "VIP 客户",
        "weather": "天气",
        "open": "交接班:未了事项",
        "promise": "交接班:承诺",
        "other": "交接班:其他",
        "handover": "交接班",
    },
}


class _Reader(Struct):
    locale: Literal["en", "zh-CN"]
    time_zone: str


class _Named(Struct):
    id: int
    name: str


async def list_cells(tx: Transaction, log: DutyLog, *, by: Actor) -> tuple[tuple[str, ...], list[list[Cell]]]:
    """Head and rows of a duty log: notes first, then each hand-over with its items."""
    reader = await row(tx, _Reader, "select locale, time_zone from person where id = %(id)s", {"id": by.person_id})
    if reader is None:
        raise NotFound
    names = {one.id: one.name for one in await rows(tx, _Named, "select id, name from person")}
    teams = {one.id: one.name for one in await rows(tx, _Named, "select id, name from team")}
    table = _Table(names, teams, KINDS[reader.locale], ZoneInfo(reader.time_zone))
    return HEAD[reader.locale], table.cells(mask_tree(log, by.hidden_kinds))


class _Table(Struct):
    names: dict[int, str]
    teams: dict[int, str]
    kinds: dict[str, str]
    zone: ZoneInfo

    def cells(self, log: DutyLog) -> list[list[Cell]]:
        found: list[list[Cell]] = []
        for one in log.notes:
            head = [self.teams[one.team_id], self._at(one.at), self.kinds[one.kind], one.text]
            end = [None, self._at(one.done_at), self._who(one.done_by), ""]
            found.append([*head, one.ticket_id, self._who(one.author_id), *end])
        for over in log.handovers:
            team, made, by = self.teams[over.team_id], self._at(over.made_at), self._who(over.from_id)
            end = [self._at(over.accepted_at), self._who(over.accepted_by), ""]
            found.append([team, made, self.kinds["handover"], over.summary, None, by, None, *end])
            for item in over.items:
                first: list[Cell] = [team, made, self.kinds[item.kind], item.text, item.ticket_id, by]
                due = self._at(item.due_at)
                found.append([*first, due, self._at(item.accepted_at), self._who(item.accepted_by), item.remark])
        return found

    def _who(self, person_id: int | None) -> str:
        return "" if person_id is None else self.names.get(person_id, "")

    def _at(self, at: datetime | None) -> datetime | None:
        return None if at is None else at.astimezone(self.zone).replace(tzinfo=None)
