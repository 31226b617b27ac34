"""The mail with a link to sign in by."""

from msgspec import Struct


class Letter(Struct, frozen=True):
    """Subject and plain text of a mail."""

    subject: str
    text: str


LETTERS: dict[str, Letter] = {
    "en": Letter(
        "Sign in to {brand}",
        "Hello,\n\nyou asked for a link to see your tickets at {brand}. Open it within {minutes} minutes:\n\n{link}\n\n"
        "It works once. If it was not you, ignore this mail: nobody is signed in without it.\n",
    ),
    "zh-CN": Letter(
        "登录 {brand}",
        "您好：\n\n您正在登录 {brand} 查看工单，请在 {minutes} 分钟内打开以下链接：\n\n{link}\n\n"
        "链接只能使用一次。如非您本人操作，请忽略本邮件，他人无法凭此登录。\n",
    ),
}


def letter(locale: str, *, brand: str, link: str, minutes: int) -> Letter:
    """The mail in a language."""
    found = LETTERS[locale]
    return Letter(found.subject.format(brand=brand), found.text.format(brand=brand, link=link, minutes=minutes))
