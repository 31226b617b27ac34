"""Tickets as a table in the reader's language and time zone: the cells of a row."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from ombud.fields.schemas import Field
from ombud.shared.spreadsheets import Cell
from ombud.tickets.schemas import TicketRow
from ombud.views.naming import ValueNames

COLUMNS: dict[str, tuple[str, str]] = {
    "number": ("Number", "工单号"),
    "subject": ("Subject", "主题"),
    "status": ("Status", "状态"),
    "category": ("State", "状态分类"),
    "priority": ("Priority", "优先级"),
    "type": ("Type", "类型"),
    "team": ("Team", "团队"),
    "assignee": ("Assignee", "坐席"),
    "customer_name": ("Customer", "客户"),
    "tier": ("Customer tier", "客户等级"),
    "brand": ("Brand", "品牌"),
    "channel": ("Channel", "渠道"),
    "tags": ("Tags", "标签"),
    "created": ("Created", "创建时间"),
    "activity": ("Last activity", "最近活动"),
    "waiting": ("Waiting since", "等待自"),
    "due": ("Due", "到期时间"),
    "snoozed": ("Snoozed until", "提醒时间"),
    "solved": ("Solved", "办结时间"),
    "messages": ("Messages", "消息数"),
    "time_spent": ("Time spent (min)", "用时（分钟）"),
    "preview": ("Last message", "最近消息"),
}
_WORDS: dict[str, tuple[str, str]] = {
    "new": ("New", "待受理"),
    "open": ("Open", "处理中"),
    "waiting": ("Waiting for customer", "待客户反馈"),
    "on_hold": ("On hold", "挂起"),
    "solved": ("Solved", "已办结"),
    "closed": ("Closed", "已结单"),
    "email": ("E-mail", "邮件"),
    "chat": ("Chat", "在线会话"),
    "form": ("Web form", "网页表单"),
    "api": ("API", "API"),
    "true": ("Yes", "是"),
    "false": ("No", "否"),
}
_PRIORITIES = {1: ("Low", "低"), 2: ("Normal", "中"), 3: ("High", "高"), 4: ("Urgent", "紧急")}


# ISO 4217: how many decimals an amount has, where they are not two.
_DECIMALS = dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"), 0) | dict.fromkeys(
    ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3
)


class ExportRow(TicketRow):
    """A ticket with what only a table shows."""

    solved_at: datetime | None
    spent_seconds: int


class Names(Struct):
    """What ids stand for, in the reader's language."""

    statuses: dict[int, str]
    types: dict[int, str]
    teams: dict[int, str]
    people: dict[int, str]
    brands: dict[int, str]


class Table(Struct):
    """How tickets become rows for one reader."""

    fields: Sequence[Field]
    names: Names
    is_chinese: bool
    zone: ZoneInfo
    columns: Sequence[str]
    # of the rows that are written next
    values: ValueNames = msgspec.field(default_factory=ValueNames)

    @property
    def head(self) -> list[str]:
        """The titles of the columns."""
        custom = {f"fields.{field.key}": (field.name_en, field.name_zh) for field in self.fields}
        return [self._pick((COLUMNS | custom).get(name, (name, name))) for name in self.columns]

    def row(self, ticket: ExportRow) -> list[Cell]:
        """The cells of a ticket; moments are in the reader's zone."""
        return [self._cell(ticket, name) for name in self.columns]

    def _cell(self, ticket: ExportRow, name: str) -> Cell:
        if name.startswith("fields."):
            key = name.removeprefix("fields.")
            field = next((one for one in self.fields if one.key == key), None)
            return self._custom(field, ticket.fields.get(key))
        found = _CELLS[name](self, ticket) if name in _CELLS else None
        return found.astimezone(self.zone).replace(tzinfo=None) if isinstance(found, datetime) else found

    def _custom(self, field: Field | None, given: Any) -> Cell:
        if given is None:
            return None
        if field is not None and field.kind == "money" and isinstance(given, Mapping):
            return int(given["amount_cents"]) / 10.0 ** _DECIMALS.get(given.get("currency", ""), 2)
        named = {"customer": self.values.customers, "file": self.values.files}.get(field.kind if field else "")
        if named is not None and isinstance(given, int):
            return named.get(given, f"#{given}")
        if isinstance(given, list):
            return ", ".join(self._choice(field, one) for one in given)
        if isinstance(given, bool):
            return self.word(str(given).lower())
        return given if isinstance(given, int | float) else self._choice(field, given)

    def _choice(self, field: Field | None, given: Any) -> str:
        choices = field.options.choices if field else []
        found = next(((one.name_en, one.name_zh) for one in choices if one.value == given), None)
        return self._pick(found) if found else str(given)

    def word(self, key: str) -> str:
        """A shipped word in the reader's language."""
        return self._pick(_WORDS.get(key, (key, key)))

    def priority(self, level: int) -> str:
        """The name of a priority."""
        return self._pick(_PRIORITIES[level])

    def _pick(self, pair: tuple[str, str]) -> str:
        return pair[1] if self.is_chinese else pair[0]


_CELLS: dict[str, Callable[[Table, ExportRow], Cell]] = {
    "number": lambda _, ticket: ticket.id,
    "subject": lambda _, ticket: ticket.subject,
    "status": lambda table, ticket: table.names.statuses.get(ticket.status_id),
    "category": lambda table, ticket: table.word(ticket.category),
    "priority": lambda table, ticket: table.priority(ticket.priority),
    "type": lambda table, ticket: table.names.types.get(ticket.type_id or 0),
    "team": lambda table, ticket: table.names.teams.get(ticket.team_id),
    "assignee": lambda table, ticket: table.names.people.get(ticket.assignee_id or 0),
    "customer_name": lambda _, ticket: ticket.customer.name,
    "tier": lambda _, ticket: ticket.customer.tier,
    "brand": lambda table, ticket: table.names.brands.get(ticket.brand_id),
    "channel": lambda table, ticket: table.word(ticket.channel_kind) if ticket.channel_kind else None,
    "tags": lambda _, ticket: ", ".join(ticket.tags),
    "created": lambda _, ticket: ticket.created_at,
    "activity": lambda _, ticket: ticket.activity_at,
    "waiting": lambda _, ticket: ticket.waiting_since,
    "due": lambda _, ticket: ticket.due_at,
    "snoozed": lambda _, ticket: ticket.snoozed_until,
    "solved": lambda _, ticket: ticket.solved_at,
    "messages": lambda _, ticket: ticket.message_count,
    "time_spent": lambda _, ticket: round(ticket.spent_seconds / 60, 1) if ticket.spent_seconds else None,
    "preview": lambda _, ticket: ticket.preview,
}
