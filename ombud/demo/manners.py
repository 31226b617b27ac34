"""What a simulated customer answers, by what the agent wrote: pure reading of the text."""

import re

# The first that is found decides. A question for something is worth more than the promise beside it.
ASKS = (
    ("say_order", re.compile(r"订单号|单号是|order number|which order|your order\b.*\?", re.IGNORECASE)),
    ("say_photo", re.compile(r"照片|拍(?:一)?[张下]|图片|截图|photo|picture|screenshot", re.IGNORECASE)),
    ("say_model", re.compile(r"型号|序列号|铭牌|which model|serial|rating plate", re.IGNORECASE)),
    ("say_contact", re.compile(r"电话|手机号|联系方式|地址|phone number|your address|reach you", re.IGNORECASE)),
    ("say_time", re.compile(r"哪天|什么时间|几点|方便上门|which day|what time|when would|suit you", re.IGNORECASE)),
)
QUESTION = re.compile(r"[??]\s*$|吗[。~]?\s*$|好不好|can you|could you", re.IGNORECASE)
BYE = re.compile(r"不客气|再见|祝您|生活愉快|welcome|goodbye|have a (?:good|nice|lovely)|take care", re.IGNORECASE)
THANKS = re.compile(r"^(?:谢谢|多谢|感谢|好,解决|清楚了)|没别的|thanks|thank you|all clear|cheers", re.IGNORECASE)
SOLUTION = re.compile(
    r"安排|已经?(?:退|改|取消|登记|处理|补)|退款|换新|补偿|预约|上门|服务单|booked|refund|replac|arranged|cancelled|"
    r"technician|on its way|credited",
    re.IGNORECASE,
)
WAIT = re.compile(
    r"稍等|核实|查一下|分钟|稍后|尽快|moment|check|minutes|get back|as soon as|looking into", re.IGNORECASE
)
SORRY = re.compile(r"抱歉|不好意思|理解您|sorry|apolog", re.IGNORECASE)
GREETING_LENGTH = 40


def answer_to(text: str, *, order_known: bool) -> str:
    """The kind of answer that an agent's text calls for."""
    for name, pattern in ASKS:
        is_news = not (name == "say_order" and order_known)
        if is_news and pattern.search(text) and (QUESTION.search(text) or "请" in text or "please" in text.lower()):
            return name
    return _answer_to_statement(text)


def _answer_to_statement(text: str) -> str:
    for name, pattern in (("say_bye", BYE), ("say_yes", QUESTION), ("say_fine", SOLUTION), ("say_wait", WAIT)):
        if pattern.search(text):
            return name
    return "say_insist" if SORRY.search(text) or len(text) < GREETING_LENGTH else "say_fine"
