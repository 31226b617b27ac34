"""What a machine says of its own accord, in both languages: few words, and always the way to a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

Line = Literal["greet", "ask", "choose", "hand_over", "hand_over_nobody", "hand_over_closed"]

CHAT: Final[dict[str, dict[Line, str]]] = {
    "en": {
        "greet": "Hello! Ask in one sentence, and I look it up in our help articles. For a person just write “agent”.",
        "ask": "I find nothing in our help articles that surely answers this. Could you say it in other words, with "
        "the product and what you would like to do? Or write “agent”, and a person takes over.",
        "choose": "Which of these do you mean? Choose one or write its number. If it is none of them, say it in other "
        "words, or write “agent”, and a person takes over.",
        "hand_over": "I am passing you on to a person. They see everything that was written here.",
        "hand_over_nobody": "I am passing you on to a person. Nobody is there just now: leave your e-mail, and we "
        "answer you there, even if you close this page. They see everything that was written here.",
        "hand_over_closed": "I am passing you on to a person. We are back {opens}: leave your e-mail, and we answer "
        "you there, even if you close this page. They see everything that was written here.",
    },
    "zh-CN": {
        "greet": "您好！请用一句话描述您的问题，我来查找帮助文章。需要人工客服，随时输入“转人工”即可。",
        "ask": "帮助文章里没有找到能准确回答的内容。"
        "请换个说法再问一次，最好带上产品名称和您想做的事；也可以输入“转人工”，由人工客服为您服务。",
        "choose": "您想问的是下面哪一个？点选或回复序号即可。"
        "如果都不是，请换个说法再问一次；也可以输入“转人工”，由人工客服为您服务。",
        "hand_over": "正在为您转接人工客服，以上对话客服都能看到。",
        "hand_over_nobody": "正在为您转接人工客服。目前客服不在线，"
        "请留下邮箱，客服会通过邮件答复您，关闭页面也能收到。以上对话客服都能看到。",
        "hand_over_closed": "正在为您转接人工客服。客服将于{opens}恢复服务，"
        "请留下邮箱，客服会通过邮件答复您，关闭页面也能收到。以上对话客服都能看到。",
    },
}
MAIL: Final = {
    "en": (
        "This answer comes from a machine (AI), word for word from our help article “{title}”:\n\n{text}\n\n{link}"
        "Did this help? Then nothing is left to do. If not, just answer this mail with “agent”, and a person "
        "takes over."
    ),
    "zh-CN": (
        "本回复由 AI 生成，内容摘自我们的帮助文章《{title}》：\n\n{text}\n\n{link}"
        "如果问题已解决，无需再回复。如果没有解决，直接回复本邮件“转人工”，由人工客服为您处理。"
    ),
}
MAIL_WORDED: Final = {
    "en": "This answer was written by a machine (AI) from our help article “{title}”:\n\n{text}\n\n{link}"
    "Did this help? Then nothing is left to do. If not, just answer this mail with “agent”, and a person takes over.",
    "zh-CN": "本回复由 AI 根据我们的帮助文章《{title}》生成：\n\n{text}\n\n{link}"
    "如果问题已解决，无需再回复。如果没有解决，直接回复本邮件“转人工”，由人工客服为您处理。",
}
# Below the answer of a mail: what those with such a product or question should know, too.
TIP: Final = {"en": "For you: {text}\n\n{link}", "zh-CN": "与您相关：{text}\n\n{link}"}
SOURCE: Final = {"en": "Source: {address}\n\n", "zh-CN": "来源：{address}\n\n"}
_DAYS: Final = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh-CN": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}


def line(name: Line, locale: str, *, opens: str = "") -> str:
    """A line in a customer's language."""
    return CHAT[locale][name].format(opens=opens)


def choice_text(titles: Sequence[str], locale: str) -> str:
    """The question which of some articles is meant, each on a line of its own with its number; '' without any."""
    listed = [f"{number}. {title}" for number, title in enumerate(titles, 1)]
    return "\n".join([line("choose", locale), *listed]) if listed else ""


def opens_words(at: datetime, time_zone: str, locale: str) -> str:
    """When somebody is there again, as it is said in the desk's own time."""
    local = at.astimezone(ZoneInfo(time_zone))
    day, clock = _DAYS[locale][local.weekday()], f"{local:%H:%M}"
    if locale == "zh-CN":
        return f"{local.month}月{local.day}日（{day}）{clock}（{time_zone}）"
    return f"on {day}, {local.day} {local:%B}, at {clock} ({time_zone})"


def tip_text(text: str, address: str, locale: str) -> str:
    """A card's words as a mail has them, with where more stands."""
    return TIP[locale].format(text=text, link=SOURCE[locale].format(address=address) if address else "")


def mail_text(text: str, title: str, address: str, locale: str, *, is_worded: bool, tips: Sequence[str] = ()) -> str:
    """An answer by mail: what it is, the answer, where it stands, cards' words, and how to reach a person."""
    link = SOURCE[locale].format(address=address) if address else ""
    link += "".join(tips)
    frame = (MAIL_WORDED if is_worded else MAIL)[locale]
    return frame.format(title=title, text=text, link=link)
