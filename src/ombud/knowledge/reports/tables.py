"""Reports as tables in the reader's language."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ombud.knowledge.reports.schemas import ArticleFigures, Contributor, KnowledgeFinding, Searched, StaleArticle
from ombud.shared.spreadsheets import Cell

_WORDS: dict[str, tuple[str, str]] = {
    "search": ("Search", "搜索词"),
    "times": ("Times", "次数"),
    "without": ("Without result", "无结果次数"),
    "last": ("Last", "最近一次"),
    "places": ("Where", "位置"),
    "article": ("Article", "条目"),
    "kind": ("Kind", "类型"),
    "owner": ("Owner", "负责人"),
    "helped": ("Helped", "有帮助"),
    "not_helped": ("Did not help", "没有帮助"),
    "rate": ("Helped rate", "有帮助率"),
    "uses": ("Used in answers", "引用次数"),
    "why": ("Why", "原因"),
    "since": ("Since", "起始日期"),
    "language": ("Language", "语言"),
    "person": ("Contributor", "贡献者"),
    "place": ("Place", "名次"),
    "points": ("Points", "积分"),
    "passage": ("Passage", "原文"),
    "other": ("Other place", "另一处"),
    "other_passage": ("Other passage", "另一处原文"),
    "written": ("New articles", "新建条目"),
    "changed": ("New versions", "更新版本"),
    "translated": ("Translations", "翻译"),
    "reviewed": ("Approvals", "审核"),
    "used": ("Used by others", "被他人引用"),
    "requests": ("Requests answered", "完成需求"),
    "review": ("Review date has passed", "已过复核日期"),
    "translation": ("Translation is out of date", "译文已过期"),
    "unhelpful": ("Helps less than half of its readers", "有帮助率不足一半"),
    "unused": ("Not used for half a year", "半年未被引用"),
}


def words(names: Sequence[str], *, is_chinese: bool) -> list[str]:
    """The head of a table."""
    return [_WORDS[name][is_chinese] for name in names]


def searches_table(found: Sequence[Searched], zone: ZoneInfo) -> tuple[list[str], list[list[Cell]]]:
    """Searches with their counts."""
    cells: list[list[Cell]] = [
        [one.text, one.times, one.without_result, ", ".join(one.places), _moment(one.last_at, zone)] for one in found
    ]
    return ["search", "times", "without", "places", "last"], cells


def figures_table(found: Sequence[ArticleFigures]) -> tuple[list[str], list[list[Cell]]]:
    """Articles with feedback and uses."""
    cells: list[list[Cell]] = [
        [one.title, one.kind, one.owner_name, one.helped, one.not_helped, one.helped_rate, one.uses] for one in found
    ]
    return ["article", "kind", "owner", "helped", "not_helped", "rate", "uses"], cells


def stale_table(found: Sequence[StaleArticle], *, is_chinese: bool) -> tuple[list[str], list[list[Cell]]]:
    """Articles that want looking at."""
    cells: list[list[Cell]] = [
        [
            *(one.title, one.locale, one.owner_name, _WORDS[one.why][is_chinese]),
            *(one.since.isoformat() if one.since else None, one.helped, one.not_helped),
        ]
        for one in found
    ]
    return ["article", "language", "owner", "why", "since", "helped", "not_helped"], cells


def board_table(found: Sequence[Contributor]) -> tuple[list[str], list[list[Cell]]]:
    """Contributors with their counts."""
    names = ("written", "changed", "translated", "reviewed", "helped", "used", "requests")
    cells: list[list[Cell]] = [
        [one.place, one.name, one.points, *(one.counts.get(name, 0) for name in names)]  # type: ignore[call-overload]
        for one in found
    ]
    return ["place", "person", "points", *names], cells


def findings_table(found: Sequence[KnowledgeFinding]) -> tuple[list[str], list[list[Cell]]]:
    """Two passages a row."""
    cells: list[list[Cell]] = [
        [one.title or one.source, one.passage, one.found_title, one.found_passage, one.locale] for one in found
    ]
    return ["article", "passage", "other", "other_passage", "language"], cells


def _moment(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)
