"""Words by which anger and abuse are found in customers' messages, in both languages. Short on purpose."""

import re

# Anger at the matter: it wears, and it is no offence.
ANGER_EN = (
    "unacceptable",
    "ridiculous",
    "outrageous",
    "disgusting",
    "furious",
    "fed up",
    "sick of",
    "worst",
    "terrible",
    "scam",
    "fraud",
    "liar",
    "liars",
    "lawyer",
    "sue you",
    "complaint",
    "never again",
)
ANGER_ZH = (
    "投诉",
    "太过分",
    "气死",
    "骗子",
    "欺骗",
    "忽悠",
    "垃圾",
    "恶心",
    "受够",
    "差劲",
    "曝光",
    "律师",
    "起诉",
    "12315",
    "没人管",
    "什么态度",
    "再也不",
    "不负责任",
)
# Abuse of the person who reads it.
ABUSE_EN = (
    "idiot",
    "idiots",
    "moron",
    "stupid",
    "shut up",
    "fuck",
    "fucking",
    "bastard",
    "asshole",
    "bitch",
    "bullshit",
)
ABUSE_ZH = (
    "傻逼",
    "傻b",
    "白痴",
    "蠢货",
    "混蛋",
    "王八蛋",
    "滚蛋",
    "妈的",
    "他妈",
    "去死",
    "废物",
    "脑残",
    "狗东西",
    "不要脸",
)


def _pattern(english: tuple[str, ...], chinese: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:{'|'.join(map(re.escape, english))})\b|{'|'.join(map(re.escape, chinese))}", re.IGNORECASE
    )


ANGER = _pattern(ANGER_EN, ANGER_ZH)
ABUSE = _pattern(ABUSE_EN, ABUSE_ZH)
