"""How answering went: by what stayed solved, not by what was kept from people."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.assistance.answering.schemas import (
    AnswerCounts,
    AnswerFigures,
    ArticleAnswers,
    Place,
    PlaceAnswers,
    ReasonCount,
)
from ombud.shared.database import Transaction, rows
from ombud.shared.errors import Invalid
from ombud.shared.spreadsheets import Cell

MOST_ARTICLES = 200
MOST_QUIET_DAYS = 90

# A question counts as solved where its talk ended without a person, and for so long nobody of theirs wrote again: on
# this ticket or on another. Where there is no ticket, the customer's own word counts.
ASKED = """
    select a.place, a.channel_id, a.article_id, a.title, a.state, a.helped, a.ticket_id,
        m.state = 'handed_off' as handed,
        a.state = 'answered' and (a.ticket_id is not null and a.at + %(quiet)s::interval <= %(now)s
            or a.ticket_id is null and a.helped is not null) as is_due,
        case when a.ticket_id is null then a.helped else a.helped is not false and m.state in ('helped', 'silent')
            and not exists (select from public_entry e where e.ticket_id = a.ticket_id and e.direction = 'in'
                and e.at > m.ended_at and e.at <= m.ended_at + %(quiet)s::interval)
            and not exists (select from ticket o where o.customer_id = t.customer_id and o.id > a.ticket_id
                and o.created_at > m.ended_at and o.created_at <= m.ended_at + %(quiet)s::interval) end as is_solved
    from machine_answer a left join machine_talk m on m.ticket_id = a.ticket_id
    left join ticket t on t.id = a.ticket_id
    where a.at >= %(since)s and a.at < %(until)s and (%(channel)s::bigint is null or a.channel_id = %(channel)s)"""
COUNTS = """
    count(*)::int as asked, count(*) filter (where state = 'answered')::int as answered,
    count(*) filter (where helped)::int as helped, count(*) filter (where helped = false)::int as not_helped,
    count(distinct ticket_id) filter (where handed)::int as handed_off,
    count(*) filter (where is_due)::int as due, count(*) filter (where is_due and is_solved)::int as solved"""


class _Row(Struct):
    place: Place | None
    channel_id: int | None
    name: str
    article_id: int | None
    title: str
    level: int
    asked: int
    answered: int
    helped: int
    not_helped: int
    handed_off: int
    due: int
    solved: int

    @property
    def line(self) -> AnswerCounts:
        return AnswerCounts(*(getattr(self, name) for name in AnswerCounts.__struct_fields__))


async def show_figures(
    tx: Transaction, *, since: datetime, until: datetime, days: int, channel_id: int | None, now: datetime
) -> AnswerFigures:
    """How answering went in a period: in all, by place, by article, and why people took over.

    Raises:
        Invalid: ``days``, which a ticket must stay solved, are none or more than ``MOST_QUIET_DAYS``.
    """
    if not 1 <= days <= MOST_QUIET_DAYS:
        raise Invalid(f"days must be between 1 and {MOST_QUIET_DAYS}.", fields={"days": "number"})
    params = {"since": since, "until": until, "quiet": timedelta(days=days), "channel": channel_id, "now": now}
    sql = f"""
        with asked as materialized ({ASKED})
        select place, channel_id, coalesce((select name from channel c where c.id = channel_id), '') as name,
            article_id, coalesce(max(title), '') as title,
            grouping(place, channel_id, article_id)::int as level, {COUNTS}
        from asked group by grouping sets ((), (place, channel_id), (article_id))
        order by level, asked desc"""
    found = await rows(tx, _Row, sql, params)
    total = next((one.line for one in found if one.level == _ALL), AnswerCounts(0, 0, 0, 0, 0, 0, 0))
    places = [PlaceAnswers(one.place, one.channel_id, one.name, one.line) for one in found if one.place is not None]
    answered = [one for one in found if one.level == _ARTICLE and one.article_id is not None and one.answered]
    articles = [ArticleAnswers(one.article_id or 0, one.title, one.line) for one in answered[:MOST_ARTICLES]]
    return AnswerFigures(since, until, days, total, places, articles, await _reasons(tx, params))


# How PostgreSQL numbers what a row was not grouped by.
_ALL, _ARTICLE = 0b111, 0b110


async def _reasons(tx: Transaction, params: dict[str, object]) -> list[ReasonCount]:
    sql = """
        select m.reason, count(*)::int as count from machine_talk m join ticket t on t.id = m.ticket_id
        where m.handed_off_at >= %(since)s and m.handed_off_at < %(until)s
            and (%(channel)s::bigint is null or t.channel_id = %(channel)s)
        group by m.reason order by count desc, m.reason"""
    return await rows(tx, ReasonCount, sql, params)


HEADS = {
    "en": (
        *("What", "Name", "Asked", "Answered", "Helped", "Did not help", "Passed to a person", "Period over"),
        *("Stayed solved", "Share that stayed solved"),
    ),
    "zh-CN": ("类别", "名称", "提问", "已回答", "有帮助", "没有帮助", "转人工", "观察期已满", "未再联系", "有效解决率"),
}
KINDS = {
    "en": {
        "all": "All",
        "place": "Place",
        "article": "Article",
        "reason": "Reason of passing on",
    },
    "zh-CN": {"all": "合计", "place": "渠道", "article": "文章", "reason": "转人工原因"},
}
NAMES: dict[str, dict[Place, str]] = {
    "en": {"widget": "Chat", "help_centre": "Help centre", "mail": "E-mail", "form": "Web form"},
    "zh-CN": {"widget": "在线聊天", "help_centre": "帮助中心", "mail": "邮件", "form": "网页表单"},
}


def table_of(found: AnswerFigures, locale: str) -> tuple[Sequence[str], list[Sequence[Cell]]]:
    """The figures as a table."""
    kinds = KINDS[locale]
    cells: list[Sequence[Cell]] = [_cells(kinds["all"], "", found.total)]
    cells += [_cells(kinds["place"], one.name or NAMES[locale][one.place], one.line) for one in found.places]
    cells += [_cells(kinds["article"], one.title, one.line) for one in found.articles]
    cells += [(kinds["reason"], one.reason, None, None, None, None, one.count) for one in found.reasons]
    return HEADS[locale], cells


def _cells(kind: str, name: str, line: AnswerCounts) -> Sequence[Cell]:
    return (kind, name, *_counts(line), line.solved / line.due if line.due else None)


def _counts(line: AnswerCounts) -> Iterator[int]:
    for name in AnswerCounts.__struct_fields__:
        yield getattr(line, name)
