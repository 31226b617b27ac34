"""Sentences that speak to a machine instead of a person: found, so that they are kept from it and people are told.

No list finds all of them. It is the first of several walls: the fence, the form, and the checks of every answer follow.
"""

import re
from typing import Final

from msgspec import Struct

GONE: Final = "[…]"
# Characters that nobody sees and some models read: tags, direction marks, zero-width signs, piled variation selectors.
UNSEEN: Final = re.compile("[\U000e0000-\U000e01ef\u200b\u2060-\u2064\u2066-\u206f\u202a-\u202e\ufeff\u00ad\u180e]")
# A token without a space this long is no word that a person would write to customer service.
LONG_CODE: Final = re.compile(r"(?<![\w/+=:.-])[A-Za-z0-9+/]{60,}={0,2}(?![\w/.])")
SENTENCE: Final = re.compile(r"[^。！？!?\n；;]+?(?:[。！？!?；;]+|\.(?=\s|$)|\n|$)|\S")

_ENGLISH: Final = (
    # put the rules aside
    (
        r"\b(?:ignor\w*|disregard\w*|forget\w*|overrid\w+|bypass\w*|drop|discard|cancel|violate|do(?:n't"
        r"| not) (?:follow|obey)"
        r"|stop (?:follow|obey)ing)\W+(?:[\w']+\W+){0,5}?(?:instructions?|prompts?|guidelines?|directives?"
        r"|restrictions?"
        r"|guardrails?|safety|programming|training|system message|(?:your|all|previous|prior|these|those"
        r"|the above) rules"
        r"|everything (?:above|before|you were told)|all of the above|the (?:above|article) and instead)\b"
    ),
    # tell what is hidden
    (
        r"\b(?:reveal|show|print|repeat|output|display|disclose|leak|dump|recite|quote|paste|copy|translate"
        r"|list|append"
        r"|include|send|tell (?:me|us)|give (?:me|us)|what (?:is|are|was|were))\b.{0,40}?\b(?:system prompt"
        r"|(?:your|the)"
        r" (?:hidden |secret |initial |original |full |system |exact )*(?:prompt|instructions above|system message"
        r"|configuration|api key|access token|environment variables?)|hidden (?:prompt|instructions?|rules)"
        r"|(?:internal|private|hidden|agents?'?) notes?|api[ _-]?keys?|secret key|(?:text|words|everything) above"
        r"|other customers?'? (?:data|orders?|addresses|details|tickets?))\b"
    ),
    # be somebody else
    r"\byou are (?:now|no longer) (?:an?|the|in|free|bound|unrestricted|(?-i:[A-Z]{2,}))\b",
    r"\bfrom now on,? (?:you|act|answer|respond|reply|always|ignore)\b",
    (
        r"\b(?:act as|pretend (?:to be|that you are|you are|you're)|role-?play(?: as)?|simulate being) (?:an?|the"
        r"|my|if|(?-i:[A-Z]))"
    ),
    (
        r"\b(?:developer|debug|god|admin(?:istrator)?|maintenance|unrestricted|jailbreak|dan|sudo|root|test) mode\b"
        r".{0,20}\b(?:on|enabled?|activated?|active|enter|now)\b|\b(?:enter|enable|activate|switch to|go into"
        r"|you are in)"
        r" (?:\w+ ){0,2}(?:developer|debug|god|admin(?:istrator)?|maintenance|unrestricted|jailbreak|dan|sudo"
        r"|root) mode\b"
    ),
    r"\bjailbreak|\bsudo\s+\w+|\bDAN\b.{0,20}\bdo anything\b",
    # speak to the machine
    (
        r"\b(?:attention|note to|message (?:to|for)|instructions? (?:to|for)|hey|dear|hello"
        r"|important for)[ ,:]+(?:the |any |all"
        r" |every )?(?:ai|a\.i\.|llms?|language models?|chat ?bots?|gpt|chatgpt|copilot|automated (?:agents?"
        r"|assistants?)"
        r"|ai (?:assistants?|agents?|systems?|models?))\b"
    ),
    r"\bif you are (?:an? |the )?(?:ai|llm|language model|bot|chat ?bot|assistant|machine|automated)\b",
    (
        r"\b(?:ai|llm|model|assistant|bot|copilot)s? (?:must|should|has to|have to|shall|is required to"
        r"|are required to|will now)"
        r" (?:now |always |only |also )?(?:say|write|reply|answer|output|add|append|ignore|include|tell|grant"
        r"|approve|follow"
        r"|recommend|state|mention|confirm|insert|begin|end|forward)\b"
    ),
    # dictate the answer
    (
        r"\b(?:reply|respond|answer|output|say|write|print|return|begin|start|end|finish)\b(?: your (?:reply"
        r"|answer|response"
        r"|summary|message))?,?(?: (?:only|exactly|just|verbatim|nothing but))?(?: (?:with|by|the (?:words?"
        r"|text|phrase"
        r"|following|sentence)|following|saying))*[ :]*[\"“‘「{](?!\s)"
    ),
    (
        r"\b(?:reply|respond|answer|output|say|write|print|return)\b,? (?:only|exactly|just|verbatim|nothing but)"
        r"(?: (?:with|by|the (?:words?|text)))?[ :]+(?-i:[A-Z]{3,})"
    ),
    (
        r"\b(?:in|at the end of|into) (?:your|the|every|each) (?:reply|answer|response|summary"
        r"|output)s?\b.{0,30}\b(?:add|append"
        r"|include|insert|put|write|place|mention)\b|\b(?:add|append|include|insert|put|write|place"
        r"|mention)\b.{0,60}?\b(?:in|at"
        r" the end of|to|into|at the end of) (?:your|every|each) (?:reply|answer|response|summary|output)s?\b"
    ),
    (
        r"\b(?:summari[sz]e|translate|rewrite|classify) (?:this|it|the (?:text|message|ticket|above))?\s*(?:as|into"
        r"|to) ?[:\"“]"
    ),
    r"\bset (?:the )?(?:confidence|score|priority|label|field|quote|evidence|json)\b.{0,20}\b(?:to|=)\b",
    r"\b(?:call|invoke|run|execute|use) (?:the |a )?(?:tool|function|api|shell|command|plugin|code interpreter)\b",
    (
        r"\b(?:new|updated|real|true|actual|additional|secret|revised) (?:system )?(?:instructions?|prompt"
        r"|directives?)\b *(?::|"
        r"are|is|follow|for you|from)"
    ),
    (
        r"\b(?:end|begin(?:ning)?|start) of (?:the )?(?:system|instructions?|prompt|data|context|user (?:input"
        r"|message))\b"
    ),
)
_CHINESE: Final = (
    (
        r"(?:忽略|无视|忘记|忘掉|不要理会|不要遵守|不必遵守|不用遵守|无需遵守|别遵守|绕过|跳过|覆盖|作废|停止遵守|抛开|删除|解除|违反)"
        r"[^。！？\n]{0,6}?(?:之前|以上|上面|上述|先前|前面|所有|一切|全部|你的|你们的系统|系统|原有|现有|任何|安全|此前|预设|收到的|内置)"
        r"[^。！？\n]{0,10}?(?:指令|指示|规则|提示词?|设定|限制|约束|系统消息|对话内容|护栏|训练|prompt)"
    ),
    (
        r"(?:输出|显示|告诉我|泄露|打印|复述|重复|公开|说出|透露|翻译|发给我|贴出|列出|展示|给我看|附上|写出|念出|提供)"
        r"[^。！？\n]{0,14}?(?:系统提示词|提示词|系统指令|初始指令|隐藏(?:的)?(?:指令|提示|规则)|你的(?:指令|设定|配置|规则|系统提示)"
        r"|内部(?:备注|笔记|指令|记录)|(?:API|api) ?(?:key|密钥)|密钥|访问令牌|上文全部|以上(?:全部|所有)?(?:内容|文字)"
        r"|其他(?:客户|用户|顾客)的(?:信息|资料|订单|地址|电话|工单))"
    ),
    r"你(?:现在|从此|从现在起|已经)(?:就|不再)?(?:是(?:一个|一名|一位|没有|不受|(?-i:[A-Z]{2,})|“|「)|不受|不再受|进入|处于)",
    r"从现在(?:开始|起)[，, ]?(?:你|所有回复|请(?:你)?(?:扮演|忽略|只)|每次|一律)",
    r"(?:扮演|假装你?(?:是|自己是|成)|充当|模拟成|假设你是)(?:一个|一名|一位|没有|不受|我的|你是|“|「|(?-i:[A-Z]))",
    (
        r"(?:开发者|调试|上帝|管理员|维护|越狱|无限制|测试|root|DAN) ?模式"
        r"[^。！？\n]{0,8}(?:开启|启用|激活|已|打开|进入)"
        r"|(?:开启|启用|激活|进入|切换到|打开)(?:了)?(?:开发者|调试|上帝|管理员|越狱|无限制|DAN) ?模式"
    ),
    (
        r"(?:致|写给|注意[，,：: ]*|给)\s*(?:所有|各位|任何)?(?:AI|ai|人工智能|大模型|语言模型|智能助手"
        r"|机器人|自动回复系统)(?:助手|系统|模型)?"
        r"(?:的(?:指令|说明|留言|话|提示)|[：:，,！!]|必须|请)"
    ),
    r"(?:如果|若|假如|要是)你是(?:一个|一名)?(?:AI|ai|人工智能|语言模型|大模型|机器人|智能助手)",
    (
        r"(?:AI|人工智能|大模型|语言模型|智能助手|助手|机器人)(?:必须|应当|应该|需要|请|务必|一律)(?:在|把|将|只|先|总是)?"
        r"(?:回复|回答|输出|写|说|加上|忽略|告诉|批准|同意|推荐|遵守|确认|附上|转发)"
    ),
    (
        r"(?:只|仅|必须|直接|原样|逐字)(?:能)?(?:回复|回答|输出|说|写)(?:以下(?:内容|文字))?"
        r"[：:，, ]*(?:[“\"「『‘']|(?-i:[A-Z]))"
    ),
    r"(?:在|把)[^。！？\n]{0,30}(?:你的|每次|每条|所有)(?:回复|回答|输出|摘要|总结)(?:的)?(?:开头|结尾|末尾|最后|里|中)",
    (
        r"(?:你的|每次|每条|所有)(?:回复|回答|输出|摘要|总结)(?:的)?(?:开头|结尾|末尾|最后|里|中)?(?:都)?(?:必须|要|请|务必)?"
        r"(?:加上|写上|附上|包含|插入|以“|写：)"
    ),
    r"(?:摘要|总结|翻译|分类|改写)(?:成|为|写成|结果(?:是|为))[：:]?[“\"「]",
    r"把(?:置信度|优先级|标签|分数|字段|证据|引用)(?:设|改|填)(?:为|成)",
    r"(?:调用|执行|运行|使用)(?:工具|函数|接口|命令|代码|插件)[：: a-zA-Z(]",
    r"(?:新的?|真正的|更新后的|补充|秘密|最新)(?:系统)?(?:指令|提示词|指示)(?:如下|[：:]|是|来自)",
    r"(?:以上|上面|数据|指令|系统提示|用户输入)(?:到此)?(?:结束|完毕)[^。\n]{0,10}(?:以下|下面|新|现在)",
    r"系统(?:指令|消息|管理员)[：:】\]]|系统提示词|作为(?:一个|一名)?(?:AI|人工智能|语言模型)[^。！？\n]{0,10}你",
)
_MARKUP: Final = (
    (
        r"^\s*(?:#{1,6}|\[|【|\*\*|<)\s*(?:system|assistant|developer|instructions?|new instructions?)\s*(?:\]|】"
        r"|\*\*|>)?\s*(?:[:：]|\]|】|\*\*)"
    ),
    r"#{2,}\s*(?:system|instructions?|assistant|response|系统|指令)\b",
    r"<\s*/?\s*(?:system|instructions?|assistant|prompt|data|source|tool_call|function_call|script)\b[^>]*>",
    r"[\[<]\s*/?\s*(?:INST|SYS|\|im_(?:start|end)\||\|?(?:begin|end)[a-z_]*\|?)\s*[\]>]",
    r"<[|｜][^>]{1,40}[|｜]>|<\/?(?:start|end)_of_turn>|<<\/?SYS>>",
    r"\{\s*[\"']?(?:role|tool_calls?|function_call)[\"']?\s*:",
    r"!\[[^\]]*\]\s*\(",
    r"<!--|-->|```\s*(?:system|json|tool)",
)
PATTERNS: Final = re.compile(
    "|".join(f"(?:{one})" for one in (*_ENGLISH, *_CHINESE, *_MARKUP)), re.IGNORECASE | re.MULTILINE
)
# What such a sentence wants to read in the answer: quoted, or in capitals.
PAYLOAD: Final = re.compile(r"[\"“「『‘']([^\"”」』’']{2,80})[\"”」』’']|\b([A-Z][A-Z0-9_-]{4,})\b")


class Injection(Struct, frozen=True):
    """A sentence that speaks to a machine; ``start`` and ``end`` count characters."""

    start: int
    end: int


def find_injections(text: str) -> list[Injection]:
    """Sentences that speak to a machine, and long codes that nobody reads, in their order."""
    found = [Injection(one.start(), one.end()) for one in LONG_CODE.finditer(text)]
    said = SENTENCE.finditer(text)
    found += [Injection(one.start(), one.end()) for one in said if PATTERNS.search(one.group())]
    return sorted(found, key=lambda one: one.start)


def without_injections(text: str) -> tuple[str, int]:
    """The text without them and without signs that nobody sees, and how many there were."""
    text = UNSEEN.sub("", text)
    found = find_injections(text)
    parts, place = [], 0
    for one in found:
        if one.start >= place:
            parts += [text[place : one.start], GONE]
        place = max(place, one.end)
    return "".join([*parts, text[place:]]), len(found)


def payloads(text: str) -> set[str]:
    """What its injections want to have said."""
    text = UNSEEN.sub("", text)
    wanted: set[str] = set()
    for one in find_injections(text):
        for quoted, capitals in PAYLOAD.findall(text[one.start : one.end]):
            wanted.add((quoted or capitals).casefold().strip())
    return wanted
