"""The mails that this room sends, and the door through which they leave."""

from datetime import datetime
from typing import Protocol

from msgspec import Struct

from ombud.shared.database import Transaction


class SystemMail(Protocol):
    """Queues a mail of the system itself; implemented above, where mailboxes are known."""

    async def __call__(self, tx: Transaction, *, to: str, subject: str, text: str, now: datetime) -> bool:
        """Queue a mail within the transaction; False when no mailbox can send it now."""
        ...


class Text(Struct, frozen=True):
    """Subject and plain text of a mail."""

    subject: str
    text: str


TEXTS: dict[tuple[str, str], Text] = {
    ("invitation", "en"): Text(
        "Your account at {desk}",
        "Hello {name},\n\n{by} invites you to the customer service desk at {desk}.\n\n"
        "Choose your password here within 7 days:\n{link}\n\nThe link works once. "
        "If you did not expect this mail, ignore it.\n",
    ),
    ("invitation", "zh-CN"): Text(
        "您在 {desk} 的账号",
        "{name}，您好：\n\n{by} 邀请您加入客服工作台 {desk}。\n\n"
        "请在 7 天内打开以下链接设置密码：\n{link}\n\n链接只能使用一次。如果您不了解此事，请忽略本邮件。\n",
    ),
    ("password_reset", "en"): Text(
        "New password for {desk}",
        "Hello {name},\n\nsomebody, probably you, asked for a new password for {desk}.\n\n"
        "Choose it here within one hour:\n{link}\n\nThe link works once. "
        "If it was not you, ignore this mail: nothing has changed.\n",
    ),
    ("password_reset", "zh-CN"): Text(
        "重置 {desk} 的密码",
        "{name}，您好：\n\n我们收到了重置 {desk} 密码的请求。\n\n"
        "请在 1 小时内打开以下链接设置新密码：\n{link}\n\n链接只能使用一次。"
        "如果不是您本人操作，请忽略本邮件，密码不会改变。\n",
    ),
}


def compose(kind: str, locale: str, **words: str) -> Text:
    """A mail in a person's own language."""
    text = TEXTS[kind, locale]
    return Text(text.subject.format(**words), text.text.format(**words))
