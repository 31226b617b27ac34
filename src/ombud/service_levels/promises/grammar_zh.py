"""The words of time in Chinese, as one pattern: lengths (三个工作日内), points (明天下午三点前), vague words (尽快)."""

import re

from ombud.service_levels.promises.numbers import CHINESE as _N

_TO = r" ?(?:到|至|-|~|–|—) ?"
_UNIT = (
    r"(?P<working_days>工作[日天曰])"
    r"|(?P<working_hours>(?:工作|上班)小?时)"
    r"|(?P<days>自然日|天|日(?![期常前均程本报]))"
    r"|(?P<weeks>周(?![一二三四五六日天末边年])|(?:星期|礼拜)(?![一二三四五六日天]))"
    r"|(?P<months>月(?![\d一二三四五六七八九十底末份初]))"
    r"|(?P<hours>自然小时|小时|钟头|h(?:ours?|rs?)?(?![a-z]))"
    r"|(?P<minutes>分钟|min(?:s|utes?)?(?![a-z]))"
    r"|(?P<quarters>刻钟)"
)
_LENGTH = (
    rf"(?:不[出超]过?)?(?<![\d:年月第号.*])(?:{_N} ?个?(?:小时|工作日|天)?{_TO})?"
    rf"(?P<count>{_N}) ?(?P<piece>个)?(?P<and_half>半)?"
    rf"(?:{_UNIT})(?P<tail>半)?(?P<side>之内|以内|内|里|之后|以后|后|左右)?"
)
_TEENS = r"[一二三]?十[一二三四五六七八九]?"
_DAY_OF_MONTH = rf"\d{{1,2}}|{_TEENS}|[一二三四五六七八九]"
_MONTH = r"\d{1,2}|十[一二]?|[一二三四五六七八九]"
_DATE = (
    r"(?:(?P<year>20\d\d)(?:年|[/.-](?=\d\d?[/.-]))|(?P<near_year>今年|明年))?"
    rf"(?<!\d)(?P<month>{_MONTH})(?:月|(?<=\d)/(?=\d)|(?<=20\d\d[-.]\d)[-.](?=\d)|(?<=20\d\d[-.]\d\d)[-.](?=\d))"
    rf"(?P<day>{_DAY_OF_MONTH})(?:[日号]|(?![\d%:点.]))"
)
_ONLY_DAY = (
    rf"(?:(?P<near_month>下个?月|本月|这个月|次月)|(?<![\d月]))(?P<only_day>\d{{1,2}}|{_TEENS})[号日](?![楼线店机仓])"
)
_NEAR_DAY = r"(?P<near>大后|今|明|后|次)(?:天|日|儿个?)|(?P<night>今|明|后|当)(?=[晚早夜])"
_WEEKDAY = (
    r"(?P<which>下下个?|下个?|本|这个?)?(?<!上)(?<!上个)(?:周|星期|礼拜)"
    r"(?P<weekday>[一二三四五六日天]|[1-6](?![\d个天]))"
)
_SPAN = (
    r"(?P<week>(?:本|这个?|下个?)(?:周|星期|礼拜)(?:末|内|之内)?|周末)"
    rf"|(?<!\d)(?P<named_month>{_MONTH})月份?[底末]"
    r"|(?P<month_end>(?:本|这个?|下个?)?月[底末]|(?:本|这个|下个)月)"
    r"|(?<![\d一二两三四五六七八九十半几])(?P<year_end>[今明]?年[底末内])"
)
_FIRST = r"(?P<next_working_day>节后(?:的?[第首][一]?个?(?:工作日|天|日)|一?上班)|(?:下一?个|次)工作日)"
# Which half of the day each word means; "noon" is settled by the hour.
PARTS = dict.fromkeys(("凌晨", "清晨", "早晨", "早上", "一早", "上午", "早"), "morning")
PARTS |= dict.fromkeys(("中午", "正午", "晌午", "午前"), "noon")
PARTS |= dict.fromkeys(("下午", "午后", "傍晚"), "afternoon")
PARTS |= dict.fromkeys(("晚上", "晚间", "夜里", "夜间", "晚些时候", "晚", "夜"), "evening")
_PART = "|".join(sorted(PARTS, key=len, reverse=True))
_HOUR = r"\d{1,2}|二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九]"


def _clock(name: str) -> str:
    """An hour, with its minutes in groups that begin with ``name``."""
    minute = (
        rf"(?:(?P<{name}half>半)|(?P<{name}quarter>[一三])刻"
        rf"|(?P<{name}minute>\d{{1,2}}|零?[一二三四五六七八九十]{{1,3}})分?(?![\d个天小种]))?"
    )
    return (
        rf"(?<![\d第:])(?P<{name}hour>{_HOUR})"
        rf"(?:(?:点钟?|(?<=\d)时(?![间候效段])){minute}整?|:(?P<{name}colon>\d\d)(?::\d\d)?(?!\d))"
    )


_AT = rf"(?:(?P<part>{_PART})的?)? ?{_clock('')}(?:{_TO}(?P<end_part>{_PART})?{_clock('end_')})?"
_CLOSE = r"(?P<close>下班(?:[之以]?前|时)|收工前|打烊前)"
_SIDE = r"(?P<point_side>之?间?(?:[之以]?前|[之以]?内|左右|准时)?)"
_DAY = rf"(?:{_FIRST}|{_DATE}|{_ONLY_DAY}|{_NEAR_DAY}|{_WEEKDAY}|{_SPAN})"
# The same day in other words, in brackets behind it.
_SAME = r"[本这下]{0,2}个?(?:周|星期|礼拜).|[今明后]天"
_POINT = (
    rf"(?:{_DAY}(?:\((?:{_SAME})\))? ?(?:的|一?上班)?(?:{_CLOSE}|{_AT}|(?P<day_part>{_PART}))?"
    rf"|{_CLOSE.replace('close', 'bare_close')}|{_AT.replace('P<', 'P<bare_')}|(?P<lone_part>中午"
    rf"|傍晚|[上下]午|晚上)(?!好))"
    rf"{_SIDE}"
)
TIME = re.compile(rf"(?P<length>{_LENGTH})|(?P<point>{_POINT})")
VAGUE = re.compile(
    r"尽快|尽早|尽速|稍后|稍候|稍晚[些点]?|马上|立[刻即马]|即刻|第一时间|回头|待会儿?|(?<!稍)等会儿?"
    r"|(?<!稍)等一会儿?|(?<!稍)等下|过?一?会儿"
    r"|过会|一会(?!员|议)|晚一?点儿?|早一?点儿?|[过这][几两]天|近[期日]|抓紧|加急|加紧|随后"
    r"|不久|几(?:分钟|个?小时|天)[之以]?[内后]"
    r"|很快|现在就|这就|赶紧|赶快|火速|及时"
)
