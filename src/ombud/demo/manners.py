"""What a simulated customer answers, by what the agent wrote: pure reading of the text."""

import re


def _pattern(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


# A question for something is worth more than the promise beside it; the first that is found decides.
ASKS = (
    ("say_order", _pattern("订单号", "单号是", "order number", "which order")),
    (
        "say_photo",
        _pattern("[拍发].{0,8}(?:照片|图片|截图|张)", r"(?:send|take|share)[^.]*(?:photo|picture|screenshot)"),
    ),
    ("say_model", _pattern("型号", "序列号", "which model", "serial number")),
    ("say_contact", _pattern("电话是|手机号|联系方式|地址是", "phone number", "your address", "reach you")),
    ("say_time", _pattern("哪天|什么时间|几点|方便上门|方便吗", "which day", "what time", "when would", "suit you")),
    ("say_choice", _pattern("哪[种个]|两种处理|两个方案", "which would you", "what do you prefer", "which do you")),
)
QUESTION = _pattern(r"[?？]\s*$", r"吗[。~]?\s*$", "好不好", "can you", "could you")
REQUEST = _pattern("请|麻烦|方便", "please")
BYE = _pattern(
    "不客气|再见|祝您|生活愉快|太客气|能帮到您|随时[喊找]|任何问题|有问题再",
    r"welcome|goodbye|\bbye\b|have a (?:good|nice|lovely|wonderful)|take care[.!]|pleasure|so glad|glad to help",
)
TRY = _pattern("断电|重启|复位|长按|再试|试一下|试试", "unplug|restart|reset|hold the|try again|press ")
SOLUTION = _pattern(
    "安排|预约|服务单|换新|补偿|退款|已经?(?:退|改|取消|登记|处理|补|寄)",
    "booked|refund|replac|arranged|cancelled|technician|on its way|credited",
)
WAIT = _pattern(
    "稍等|核实|查一下|分钟内|稍后|尽快|催过|跟进|处理了", "moment|check|minutes|get back|as soon as|looking|on it"
)
SORRY = _pattern("抱歉|不好意思|理解您", "sorry|apolog")
THANKS = _pattern(
    "^(?:谢谢|多谢|感谢|好[,，]?解决|清楚了)|没别的|恢复了|好了[!！]",
    "^(?:thanks|thank you|all clear|that answers)|cheers|it works|that did it",
)
STATEMENTS = (
    ("say_bye", BYE),
    ("say_tried", TRY),
    ("say_yes", QUESTION),
    ("say_fine", SOLUTION),
    ("say_wait", WAIT),
    ("say_insist", SORRY),
)
GREETING_LENGTH = 12


def answer_to(text: str, *, order_known: bool) -> str:
    """The kind of answer that an agent's text calls for."""
    if QUESTION.search(text) or REQUEST.search(text):
        for name, pattern in ASKS:
            is_news = not (name == "say_order" and order_known)
            if is_news and pattern.search(text):
                return name
    found = next((name for name, pattern in STATEMENTS if pattern.search(text)), "say_clear")
    return "say_insist" if found == "say_clear" and len(text) < GREETING_LENGTH else found
