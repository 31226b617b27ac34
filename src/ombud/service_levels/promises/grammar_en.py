"""The words of time in English: atoms (a length, a day, a part of it, a clock time, a close) and what may join them."""

import re

from ombud.service_levels.promises.numbers import ENGLISH as _N

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WHEN = r"(?:on|by|before|until|till|this|next|coming|following|since|from|cob|eod|,)"
_WEEKDAY = (
    r"(?:monday|tuesday|tues?|wednesday|weds|thursday|thurs?|thu|friday|fri|saturday|sunday"
    r"|(?:(?<=\bon )|(?<=\bby )|(?<=this )|(?<=next )|(?<=before )|(?<=until )|(?<=cob )|(?<=eod ))(?:mon"
    r"|wed|sat|sun))\b"
)
_TO = r"(?: ?(?:-|–|—|to|or) ?)"
_UNIT = (
    r"(?P<working_days>(?:business|working|work|bus\.?)[ -]days?)"
    r"|(?P<working_hours>(?:business|working|office|work)[ -]hours?)"
    r"|(?P<days>(?:calendar |natural )?days?|d\b)"
    r"|(?P<weeks>weeks?|wks?)"
    r"|(?P<fortnights>fortnights?)"
    r"|(?P<months>months?)"
    r"|(?P<hours>hours?|hrs?|h)"
    r"|(?P<minutes>minutes?|mins?|m)"
)
_BEFORE_LENGTH = (
    r"(?:within|in(?:side)?|over|during|after|give (?:me|us)|need|allow (?:me|us)|take (?:me|us))(?: (?:about"
    r"|around|approximately|just|only|max(?:imum)?|at most|under|less than|up to))?"
    r"(?: the)?(?: next| coming| following)?"
)
_LENGTH = (
    rf"\b{_BEFORE_LENGTH} (?:another )?(?:(?P<first>{_N})(?: ?(?:days?|hours?))?{_TO})?(?P<count>{_N}"
    rf"|(?=hour\b)|(?=week\b)|(?=day\b)) ?"
    rf"(?:full |short |more )?(?:{_UNIT})\b(?P<half> and a half)?"
    rf"(?P<or_two> or (?:two|so))?(?:'s? time)?"
    rf"|\b(?P<from_count>{_N}) ?(?P<from_unit>days?|hours?|minutes?|mins?|weeks?) from now\b"
    r"|\bin (?P<bare_minutes>\d{1,2})(?=$|[.,;!?])"
)
_DAY_NUMBER = r"(?:3[01]|[12]\d|0?[1-9])"
_YEAR = r"(?:,? (?P<{0}year>20\d\d))?"
_DATE = (
    rf"\b(?:the )?end of (?P<end_month>{_MONTH})|"
    rf"(?P<iso_year>20\d\d)-(?P<iso_month>\d\d)-(?P<iso_day>\d\d)"
    rf"|(?<![\d/:.])(?P<day_first>{_DAY_NUMBER})(?:st|nd|rd|th)? (?:of )?"
    rf"(?P<month_after>{_MONTH}){_YEAR.format('after_')}"
    rf"|\b(?P<month_before>{_MONTH}) (?:the )?(?P<day_last>{_DAY_NUMBER})(?:st|nd|rd|th)?(?![\d:]"
    rf"| ?[ap]\.?m){_YEAR.format('before_')}"
    r"|(?<![\d/])(?P<one>\d{1,2})/(?P<two>\d{1,2})(?:/(?P<slash_year>(?:20)?\d\d))?(?![\d/])"
    rf"|\bthe (?P<only_day>{_DAY_NUMBER})(?:st|nd|rd|th)\b(?! \w+ (?:floor|time))"
)
_DAY = (
    rf"{_DATE}|\b(?P<after_tomorrow>(?:the )?day after tomorrow)\b|\b(?P<tomorrow>tomorrow|tomorow"
    rf"|tommorow|tommorrow|tmrw|tmr|tmw)\b"
    rf"|\b(?P<today>today)\b|\b(?P<next_working_day>(?:the )?next (?:business|working) day)\b"
    rf"|\b(?:(?P<which>this|next|the following|(?:this |the )?coming) )?(?P<weekday>{_WEEKDAY})"
)
_SPAN = (
    r"\b(?:(?P<ends>(?:the )?end of|eo)(?: |(?=[wmy]\b)))?(?:(?P<span_which>this|next|the) )?(?P<span>week(?:end)?"
    r"|month|year|(?<=eo)[wmy])\b"
)
_PART = r"(?<!good )\b(?:(?:this|in the|the) )?(?P<part>first thing|morning|afternoon|evening|night|tonight|tonite)\b"
_CLOSE = (
    r"\b(?P<close>eod|cob|eob|(?:the )?end of (?:the |our |this )?(?:business |working |work )?(?:day"
    r"|business|play)|close of (?:business|play|day)"
    r"|(?:when )?we close|closing time|the day is out)\b"
)
_HOUR = r"(?:1\d|2[0-4]|0?\d)"
_MERIDIEM = r" ?(?P<{0}half_day>[ap])\.?m\b\.?"
_NUMBER_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_BARE_END = (
    r"(?= ?(?:$|\.(?!\d)|[,;!?)]|-? ?(?:today|tonight|tomorrow|tmrw|on |sharp|this |and |at the latest"
    r"|latest|your time|our time|local)))"
)
_CLOCK = (
    rf"(?<![\d:/.])(?:(?P<from_hour>{_HOUR})(?:[:.]\d\d)?(?: ?[ap]\.?m\.?)?(?: ?[-–] ?| to | and ))?"
    rf"(?:(?P<hour>{_HOUR})(?:[:.](?P<minute>[0-5]\d))?{_MERIDIEM.format('')}|(?P<clock_hour>{_HOUR}):(?P<clock_minute>[0-5]\d))(?![\d/:])"
    r"|\b(?:between|from) \d{1,2} (?:and|to|-) (?P<range_hour>\d{1,2})(?!\d|[\d:.]\d| ?(?:[ap]\.?m"
    r"|days|hours|min|work|business))"
    r"|\b(?P<noon>noon|midday|lunchtime)\b|\b(?P<midnight>midnight)\b"
    rf"|\b(?P<past>half|quarter) (?P<to>past|to) (?P<past_hour>{_NUMBER_WORDS}|\d{{1,2}})\b"
    rf"|\b(?P<oclock>{_NUMBER_WORDS}|\d{{1,2}}) ?o'clock\b"
    rf"|\b(?:at|by|before|until|till|around|about|than) (?P<bare_hour>1[0-2]|[1-9]){_BARE_END}"
)
LENGTH, DAY, SPAN, PART, CLOSE, CLOCK = (re.compile(part) for part in (_LENGTH, _DAY, _SPAN, _PART, _CLOSE, _CLOCK))
# Between the atoms of one phrase: "tomorrow, by 3 pm", "between 2 and 4 pm on Wednesday", "on Monday morning".
GLUE = re.compile(
    r"[ ,]*(?:(?:at|on|by|in|the|of|before|around|about|between|no later than|until|first thing"
    r"|from|and|to|or|-|–|latest|sharp|local time) ?)*"
)
LEAD = re.compile(
    r"(?:\b(?:by|on|at|before|until|till|between|no later than|not later than|no later|latest|on or before"
    r"|around|about|first thing"
    r"|over|during|from|sometime|some time|later|end of|early|late|within|in|the|this) )+$"
)
VAGUE = re.compile(
    r"\b(?:asap|a\.s\.a\.p\.?|as soon as|as quickly as|as fast as|shortly|soon(?:est)?|right away"
    r"|right on it|right now|immediately|promptly"
    r"|quickly|straight ?away|without (?:further )?delay|in (?:a|one) (?:moment|minute|bit|sec(?:ond)?"
    r"|while|jiffy)|in due course"
    r"|(?:with)?in (?:the next|a|the coming) few (?:minutes|hours|days|weeks)|in the coming (?:days"
    r"|weeks)|at once|urgently"
    r"|as a (?:matter of urgency|(?:top )?priority)|the (?:minute|moment|second|instant) (?=i\b"
    r"|we\b|it\b|they\b)|at (?:the|our) earliest(?: (?:convenience"
    r"|opportunity))?|before long|any (?:minute|moment) now|later on|in no time)\b"
)
