"""The operators of a query and their fixed values, each with its names in both languages."""

from typing import Final

# Canonical name → further names. Chinese names come first in what the page shows.
OPERATORS: Final[dict[str, tuple[str, ...]]] = {
    "status": ("状态",),
    "assignee": ("负责人", "受理人", "处理人", "assigned"),
    "team": ("团队", "小组", "班组"),
    "tag": ("标签", "tags"),
    "priority": ("优先级",),
    "channel": ("渠道",),
    "customer": ("客户", "requester"),
    "organisation": ("企业", "organization", "company", "org"),
    "from": ("来自", "发自", "author"),
    "type": ("类型",),
    "created": ("创建", "创建时间"),
    "updated": ("更新", "更新时间"),
    "has": ("含有", "包含", "带有"),
    "is": ("是",),
    "number": ("编号", "工单号", "id"),
}
# Values that may hold commas and are never lists.
TAKES_ONE: Final = frozenset({"created", "updated", "customer"})
_BY_NAME: Final = {alias: name for name, aliases in OPERATORS.items() for alias in (name, *aliases)}

PRIORITIES: Final[dict[str, tuple[str, ...]]] = {
    "low": ("低", "1"),
    "normal": ("普通", "中", "一般", "2"),
    "high": ("高", "3"),
    "urgent": ("紧急", "加急", "4"),
}
CHANNELS: Final[dict[str, tuple[str, ...]]] = {
    "email": ("mail", "邮件", "邮箱"),
    "chat": ("聊天", "在线", "会话", "widget"),
    "form": ("表单", "留言"),
    "api": ("接口",),
}
HAS: Final[dict[str, tuple[str, ...]]] = {
    "attachment": ("attachments", "file", "附件", "文件"),
    "note": ("notes", "备注", "内部备注"),
    "tag": ("tags", "标签"),
}
STATES: Final[dict[str, tuple[str, ...]]] = {
    "unassigned": ("未分配", "无人"),
    "assigned": ("已分配",),
    "unread": ("未读",),
    "snoozed": ("已延后", "稍后", "延后"),
    "open": ("未完结", "未解决"),
    "solved": ("已办结", "已解决"),
    "closed": ("已结单", "已关闭"),
    "waiting": ("等待中", "待回复"),
    "mine": ("我的",),
}
CATEGORIES: Final[dict[str, tuple[str, ...]]] = {
    "new": ("新建", "新工单"),
    "in_progress": ("处理中",),
    "waiting": ("待客户", "等待客户"),
    "on_hold": ("挂起", "hold"),
    "solved": ("已办结", "已解决"),
    "closed": ("已结单", "已关闭"),
}
ME: Final = frozenset({"me", "我", "自己"})
NOBODY: Final = frozenset({"none", "nobody", "无", "无人"})


def operator_named(name: str) -> str | None:
    """The canonical name of an operator in either language, if there is one."""
    return _BY_NAME.get(name.lower())


def value_named(typed: str, known: dict[str, tuple[str, ...]]) -> str | None:
    """The canonical name of a fixed value in either language, if there is one."""
    wanted = typed.lower()
    return next((name for name, aliases in known.items() if wanted == name or wanted in aliases), None)
