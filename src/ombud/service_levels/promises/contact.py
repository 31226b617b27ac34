"""Whether a promise is only to be heard of: then our next message keeps it. Pure."""

import re
from datetime import datetime, timedelta

# Messages of one sitting follow each other: the next line of a chat is not the answer that was promised.
SITTING = timedelta(minutes=15)
_CONTACT = re.compile(
    r"\b(get back|come back|reply|replies|respond|answer|write|contact|be in touch|update you|let you know|inform"
    r"|follow up|hear from)\b|回复|答复|反馈|回信|联系|告知|通知|给您(?:一个)?(?:结果|方案|说法|消息|准信)",
    re.IGNORECASE,
)
# Whatever else is to be done is not done by writing, and a call is no message.
_DEED = re.compile(
    r"\b(call|ring|phone|refund|pay|compensat\w*|credit|ship|send|deliver\w*|replac\w*|repair|fix|visit|come (?!back)"
    r"|install|collect|pick up|arrange|exchange|solve|resolve|technician|engineer)\b"
    r"|电话|致电|回电|来电|退款|退还|打款|赔|补偿|到账|发货|寄|送|补发|更换|换货|维修|修|上门|安装|安排|师傅|解决|处理(?:完|好)",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"\b(refund\w*|compensat\w*|reimburs\w*|credit (?:you|your)|money back|pay (?:you|back)|voucher|discount)\b"
    r"|退款|退还|退钱|退费|打款|赔偿|赔付|赔您|补偿|返现|到账|代金券|优惠券|减免",
    re.IGNORECASE,
)


def is_contact(words: str) -> bool:
    """Whether nothing but a word from us is promised."""
    return bool(_CONTACT.search(words)) and not _DEED.search(words)


def is_money(words: str) -> bool:
    """Whether money, or what is worth money, is promised."""
    return bool(_MONEY.search(words))


def is_kept_by(made_at: datetime, due_at: datetime, written_at: datetime) -> bool:
    """Whether a message then is the word that was promised: in time, and no part of the same sitting."""
    sitting = min(SITTING, (due_at - made_at) / 2)
    return made_at + sitting <= written_at <= due_at
