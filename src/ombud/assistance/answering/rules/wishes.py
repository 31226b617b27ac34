"""What a customer's words want of a machine: a person, nothing more, something else. Typing slips included."""

import re
from typing import Final

# Longer messages are looked at in their beginning and their end: the wish for a person stands in either.
LOOKED_AT: Final = 400
# A word of a wish that stands alone, with at most so many others beside it.
MOST_BESIDE: Final = 3
FEWEST_LETTERS: Final = 5

_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2019: 0x27}
_HAN = re.compile("[\u4e00-\u9fff]")
_GAP_ZH = re.compile("(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")

# 人工 as people type it in a hurry; 人工费, 人工智能 and their like are other words.
_LABOUR_ZH = "(?![费智成湖呼授降草降造]|安装|拆|维修费|服务费|上门费|多少)"
_BY_HAND = f"(?:[人仁任认]工|人公|人功|人攻|仁公|认公|rengong|ren gong){_LABOUR_ZH}"
_CALL_ZH = "(?:转|轉|找|接|叫|要|换|換|请|請|联系|聯系|呼叫|需要|连线|来个|来一个|给我|安排|想和|想跟|跟|和|让|有没有)"
_PEOPLE_ZH = (
    f"(?:{_BY_HAND}|真人|活人|客服|客腹|克服人员|坐席|座席|专员|專員|专人|接线员|话务员|值班(?:经理|人员)|主管|经理|领导|"
    "工作人员|负责人|人(?:说话|说|聊|谈|沟通|服务|处理|来|接))"
)
_WANTS_ZH = tuple(
    re.compile(one, re.IGNORECASE)
    for one in (
        # 转人工, 我要找客服, 给我接一个真人
        f"{_CALL_ZH}(?:一下|一个|一位|个|位|到|你们的?|你们家|您们的?|在线|专业|真正的?|真的){{0,3}}{_PEOPLE_ZH}",
        # the word alone, as a whole message
        (
            f"^(?:[,.!?。!?~ ]*(?:你好|您好|在吗|请|麻烦|我要|快|帮我))*[,.!?~ ]*"
            f"(?:{_BY_HAND}(?:客服|服务|坐席|座席|咨询)?|客服|真人|活人|坐席|真人客服)"
            "(?:在吗|在不在|呢|吧|啊|呀|谢谢|[,.!?~。 ])*$"
        ),
        f"{_BY_HAND}(?:客服|坐席|座席|咨询|在线)",
        # 给我找个懂的人聊聊, 派个人跟她说说吧
        (
            "(?:找|派|换|叫|安排|有没有)(?:一?个|一?位|你们)?[^,.!?]{0,5}(?:人|同事)(?:来|能|可以)?"
            "(?:(?:跟|和|给|同|与)[^,.!?]{1,4})?(?:聊|谈|讲|沟通|解释|说(?:说|一下|明|清))"
        ),
        "(?:不要|不想要?|别用?|不用|讨厌|关掉|不跟|不和)(?:再?(?:和|跟|让|用))?(?:你这个?)?(?:机器人?|智能客服|自动回复|ai)",
        "(?:你|您)?是?(?:不是)?机器人(?:吗|吧|啊|么)",
        "zhuan ?ren ?gong|^ren ?gong|^z?rg$|转rg",
    )
)

_TARGETS_EN: Final = frozenset(
    [
        *("agent", "human", "person", "representative", "operator", "advisor", "adviser", "assistant-agent"),
        *("staff", "supervisor", "manager", "rep", "humans", "people", "agents", "representatives"),
        *("operators", "someone", "somebody"),
    ]
)
# Alone in a message these are a wish; the others are not.
_ALONE_EN: Final = frozenset(
    [
        *("agent", "human", "person", "representative", "operator", "advisor", "adviser", "rep", "humans"),
        *("agents", "representatives", "operators"),
    ]
)
_VERBS_EN: Final = frozenset(
    [
        *("talk", "speak", "chat", "connect", "transfer", "contact", "reach", "get", "want", "need", "give"),
        *("put", "pass", "switch", "call", "redirect", "escalate", "talking", "speaking", "like", "prefer"),
    ]
)
_BESIDE_EN: Final = frozenset(
    [
        *("a", "an", "the", "to", "real", "live", "with", "please", "pls", "plz", "now", "i", "me", "my"),
        *("any", "actual", "human", "support", "service", "customer", "hi", "hello", "hey", "ok", "no", "yes"),
        *("just", "want", "need", "get", "talk", "speak", "chat", "can", "could", "you", "connect", "transfer"),
    ]
)
_OTHERWISE_EN = re.compile(
    r"\b(?:real|live|actual|human) (?:person|agent|human|support|chat|being|people|representative)\b|"
    r"\b(?:not|no|stop|hate) (?:a |the |this |talking to (?:a |the )?)?(?:ro)?bots?\b|"
    r"\b(?:are|r) (?:you|u) (?:a |an )?(?:human|robot|bot|machine|ai)\b|\bcustomer (?:service|support) (?:agent|rep)|"
    # anyone I can talk to, one of your colleagues could call me
    r"\b(?:any|some)(?:one|body) (?:\w+ ){0,4}(?:talk|speak|chat)\b|"
    r"\b(?:colleagues?|one of you) (?:\w+ ){0,2}(?:talk|speak|chat|call|ring|phone)\b",
    re.IGNORECASE,
)
# "How many people does it take" and "in person" want nobody, and whoever comes to repair it is no agent.
_NOT_EN = re.compile(
    r"\b(?:in person|per person|how many (?:people|person)|one person|two people|\d+ (?:people|persons?)|"
    r"third person|another person|"
    r"(?:some(?:one|body)|people|a person) (?:to |can |could |will )?(?:come|look|fix|repair|check|install|visit|"
    r"collect|pick|deliver|measure)\w*)\b",
    re.IGNORECASE,
)
_WORD_EN = re.compile(r"[a-z']+")
# Between a verb of wanting and the person who is wanted.
_REACH = 5

_DONE_ZH = re.compile(
    "^(?:[ ,.!~]*(?:好的?|嗯|哦|可以|行|明白了?|知道了?|懂了|了解了?|解决了|已解决|没问题了?|谢谢您?|多谢|感谢|谢了|"
    "收到|ok|有用|有帮助|辛苦了|再见|拜拜|没有?了|不用了|清楚了|非常感谢|太好了|您|你|啦|了|的))+[ ,.!~。]*$",
    re.IGNORECASE,
)
_DONE_EN = re.compile(
    r"^(?:[ ,.!]*(?:ok(?:ay)?|thanks?(?: you)?(?: (?:so|very) much| a lot)?|thx|ty|cheers|great|perfect|solved|"
    r"got it|understood|that (?:helped|helps|works|worked|did it)|it (?:helped|works)|bye|goodbye|all (?:good|set)|"
    r"no more questions|that'?s (?:all|it)|yes|yep|very helpful|helpful|wonderful|i see|no thanks?|much appreciated))+"
    r"[ ,.!]*$",
    re.IGNORECASE,
)
_UNHELPED_ZH = re.compile(
    "没(?:有)?(?:用|帮助|解决|回答|答)|不是我(?:问|要|想)|答非所问|不对|看不懂|还是不(?:行|会|懂|明白)|文不对题|"
    "没说(?:清|明白)|不是这个|听不懂|不管用|解决不了|牛头不对马嘴"
)
_UNHELPED_EN = re.compile(
    r"\b(?:(?:did|does|do)(?:n'?t| not) (?:help|answer)|(?:that|it|this) (?:did|does)(?:n'?t| not) work|"
    r"not (?:helpful|what i (?:asked|meant|want)|my question)|"
    r"that'?s (?:not it|wrong|no help|useless)|useless|wrong answer|unhelpful|no help|still (?:not|doesn'?t))\b|"
    r"^no[.! ]*$",
    re.IGNORECASE,
)
_ANGRY_ZH = re.compile(
    "投诉|太过分|气死|骗子|欺骗|忽悠|垃圾|恶心|受够|差劲|曝光|律师|起诉|没人管|什么态度|再也不(?:买|用|来|会)|不负责任|"
    "[你他]妈|傻[逼叉x]|坑人|黑店|智障|滚(?:蛋|吧|开)|破(?:玩意|东西|机器)|烦死|忍无可忍|(?:必须|马上|赶紧|赶快|立刻|立马|快|还我|给我)(?:赔钱|退钱)|"
    "(?:赔钱|退钱)!|[!?]{4,}"
)
_ANGRY_EN = re.compile(
    r"\b(?:unacceptable|ridiculous|outrageous|disgusting|furious|fed up|sick of|worst|terrible|scam|fraud|liars?|"
    r"lawyer|sue|complain(?:t|ing)?|never again|idiots?|moron|stupid|shut up|f+u+c+k\w*|bastards?|asshole|bitch|"
    r"bullshit|pathetic|angry|garbage|rip ?off|joke of)\b|[!?]{4,}",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:[ ,.!?~]*(?:你好|您好|哈喽|哈啰|嗨|在吗|在么|在不在|有人吗|请问(?:一下)?|早上好|早安|早|下午好|晚上好|亲|呀|"
    r"啊|hi|hello|hey|good (?:morning|afternoon|evening)|is anyone there|anyone there|anybody there|there|test|测试|"
    r"问一下|咨询一下?|i have a question|can you help(?: me)?|help))*[ ,.!?~]*$",
    re.IGNORECASE,
)
_SAYS_SOMETHING = re.compile("[^\\W\\d_]")


def plain(text: str) -> str:
    """A message as it is compared: signs narrow, one space, small letters."""
    narrow = _GAP_ZH.sub("", " ".join(text.translate(_NARROW).replace("。", ".").split()).lower())
    return narrow if len(narrow) <= 2 * LOOKED_AT else f"{narrow[:LOOKED_AT]} {narrow[-LOOKED_AT:]}"


def language_of(text: str, otherwise: str = "en") -> str:
    """In which of the desk's languages to answer a text."""
    if _HAN.search(text):
        return "zh-CN"
    return "en" if re.search("[a-zA-Z]{2}", text) else otherwise


def wants_person(text: str) -> bool:
    """Whether somebody asks for a person: by the word alone or in a sentence, typing slips included."""
    said = plain(text)
    if _HAN.search(said) or not said.isascii():
        if any(one.search(said) for one in _WANTS_ZH):
            return True
    elif _WANTS_ZH[-1].search(said):
        return True
    return _wants_in_english(said)


def _wants_in_english(said: str) -> bool:
    if _OTHERWISE_EN.search(said):
        return True
    words = _WORD_EN.findall(_NOT_EN.sub(" ", said))
    targets = [place for place, word in enumerate(words) if _near(word, _TARGETS_EN)]
    if not targets:
        return False
    alone = [word for word in words if _near(word, _ALONE_EN)]
    others = [word for word in words if word not in _BESIDE_EN and not _near(word, _ALONE_EN)]
    is_short = len(words) <= MOST_BESIDE + 1 and not _HAN.search(said)
    if alone and not others and (is_short or len(words) <= 2 * MOST_BESIDE + 2):
        return True
    return any(word in _VERBS_EN for place in targets for word in words[max(0, place - _REACH) : place])


def _near(word: str, wanted: frozenset[str]) -> bool:
    if word in wanted:
        return True
    if len(word) < FEWEST_LETTERS:
        return False
    return any(len(one) >= FEWEST_LETTERS and is_slip(word, one) for one in wanted)


def is_slip(typed: str, meant: str) -> bool:
    """Whether one slip lies between two words: a letter too many, too few, another, or two that changed places.

    The first letter holds: few people miss it, and 'gent' is another word than 'agent'.
    """
    if typed[:1] != meant[:1] or abs(len(typed) - len(meant)) > 1:
        return False
    same = next((at for at, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if same is None:
        return len(typed) != len(meant) and not typed.endswith("s")
    rest, wanted = typed[same:], meant[same:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:] and len(wanted) > 1
    return swapped or rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:]


def is_done(text: str) -> bool:
    """Whether a message only thanks, agrees or says good-bye."""
    said = plain(text)
    return bool(said) and bool(_DONE_ZH.search(said) or _DONE_EN.search(said))


def is_unhelped(text: str) -> bool:
    """Whether somebody says that the last answer was none."""
    said = plain(text)
    return bool(_UNHELPED_ZH.search(said) or _UNHELPED_EN.search(said))


def is_angry(text: str) -> bool:
    """Whether a message is one that a machine had better not answer."""
    said = plain(text)
    return bool(_ANGRY_ZH.search(said) or _ANGRY_EN.search(said))


def is_question(text: str) -> bool:
    """Whether a message says anything that can be looked for: more than a greeting, a number or a smile."""
    said = plain(text)
    return not _GREETING.search(said) and len(_SAYS_SOMETHING.findall(said)) > 1
