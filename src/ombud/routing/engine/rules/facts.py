"""What a ticket says that makes it urgent: its words for safety, law, severity, people, money and risk."""

from collections.abc import Iterable, Mapping
from typing import Any

SAFETY_TAGS = frozenset({"safety", "injury", "安全", "人身安全", "伤害"})
LAW_TAGS = frozenset({"law", "legal", "regulator", "法律", "监管", "诉讼"})
RISK_TAGS = frozenset({"risk", "escalation", "media", "风险", "升级", "舆情"})
# Kinds of risk alerts that stand.
SAFETY_RISKS = frozenset({"safety", "self_harm"})
LAW_RISKS = frozenset({"legal"})
RISKS = frozenset({"legal", "media_regulator"})
# Fields of the ticket by their key: whoever makes a field of this key lets it count.
SEVERITY, PEOPLE, MONEY, RISK = "severity", "affected_people", "money_at_stake", "risk"
SAFETY, LAW, HARD = "is_safety", "is_law", "is_hard"
SEVERITIES: Mapping[str, float] = {
    **dict.fromkeys(("none", "无"), 0.0),
    **dict.fromkeys(("minor", "low", "trivial", "轻微", "低"), 0.25),
    **dict.fromkeys(("medium", "moderate", "normal", "一般", "中"), 0.5),
    **dict.fromkeys(("major", "high", "important", "serious", "严重", "高", "重要"), 0.75),
    **dict.fromkeys(("critical", "urgent", "fatal", "致命", "紧急", "重大"), 1.0),
}
TOP_SEVERITY = 4


def severity_of(value: Any) -> float:
    """Severity from 0 to 1: of a word, or of a number of 0 to 4."""
    if isinstance(value, str):
        return SEVERITIES.get(value.strip().lower(), 0.0)
    return min(max(number_of(value) / TOP_SEVERITY, 0.0), 1.0)


def number_of(value: Any) -> float:
    """A number that a field holds; 0 where it holds none. Money is its amount in the smallest unit."""
    if isinstance(value, Mapping):
        value = value.get("amount_cents", 0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 1.0 if value is True else 0.0
    return float(value)


def has_tag(tags: Iterable[str], wanted: frozenset[str]) -> bool:
    """Whether one of some tags is among those wanted, whatever its case; 安全·safety says it twice."""
    return any(word.strip().lower() in wanted for tag in tags for word in tag.split("·"))
