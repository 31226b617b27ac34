"""Figures of a period: searches, feedback, uses, and what wants looking at."""

from datetime import date, datetime, timedelta

from msgspec import Struct

from ombud.knowledge.articles.queries import OUTDATED, sight, visible
from ombud.knowledge.articles.schemas import reader_of
from ombud.knowledge.reports.schemas import (
    ArticleFigures,
    FeedbackRow,
    KnowledgeHealth,
    Searched,
    SearchReport,
    StaleArticle,
    StaleWhy,
)
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, rows

MOST = 500
# An article is called unhelpful from so many words of feedback on, of which fewer than half say that it helped.
FEWEST_WORDS = 5
UNHELPFUL = timedelta(days=90)
UNUSED = timedelta(days=180)
# The published words in the reader's language, else in the article's own.
TITLE = """
    (select v.title from article_version v where v.article_id = a.id and v.state in ('published', 'draft', 'review')
     order by v.state = 'published' desc, v.locale = %(locale)s desc, v.locale = a.default_locale desc, v.id limit 1)"""
PERIOD = "at >= %(since)s and at < %(until)s"


def given(by: Actor, **more: object) -> dict[str, object]:
    """The parameters of what somebody may see, with others."""
    return sight(reader_of(by)) | {"locale": by.locale} | more


async def search_report(
    tx: Transaction, *, since: datetime, until: datetime, only_without: bool, limit: int = MOST
) -> SearchReport:
    """What was looked for in a period, those without result most often first."""
    sql = f"""
        select (array_agg(s.text order by s.at desc))[1] as text, s.folded, count(*)::int as times,
            count(*) filter (where s.results = 0)::int as without_result,
            array_agg(distinct s.place) as places,
            array_remove(array_agg(distinct s.locale), '') as locales, max(s.at) as last_at,
            r.id as request_id, r.state as request_state
        from knowledge_search s left join lateral (select q.id, q.state from article_request q
            where q.search = s.folded order by q.id desc limit 1) r on true
        where s.{PERIOD} group by s.folded, r.id, r.state
        having not %(only)s or count(*) filter (where s.results = 0) > 0
        order by without_result desc, times desc, s.folded limit %(limit)s"""
    params = {"since": since, "until": until, "only": only_without, "limit": limit}
    found = await rows(tx, Searched, sql, params)
    sums = f"""
        select count(*)::int as searches, count(*) filter (where results = 0)::int as without_result
        from knowledge_search where {PERIOD}"""
    total = await row(tx, _Searches, sums, params) or _Searches(0, 0)
    return SearchReport(total.searches, total.without_result, found)


class _Searches(Struct):
    searches: int
    without_result: int


async def article_figures(
    tx: Transaction, *, since: datetime, until: datetime, by: Actor, limit: int = MOST
) -> list[ArticleFigures]:
    """Feedback and uses of each article in a period, the most used first."""
    sql = f"""
        with said as (
            select article_id, count(*) filter (where helped)::int as helped,
                count(*) filter (where not helped)::int as not_helped
            from article_feedback where {PERIOD} group by article_id
        ), used as (
            select article_id, count(*)::int as uses from article_use where {PERIOD} group by article_id
        )
        select a.id as article_id, {TITLE} as title, a.kind, p.name as owner_name, coalesce(s.helped, 0) as helped,
            coalesce(s.not_helped, 0) as not_helped,
            s.helped::float8 / nullif(s.helped + s.not_helped, 0) as helped_rate, coalesce(u.uses, 0) as uses,
            coalesce((select jsonb_object_agg(f.reason, f.many) from (
                select reason, count(*) as many from article_feedback
                where article_id = a.id and {PERIOD} and reason <> '' group by reason) f), '{{}}') as reasons
        from article a left join said s on s.article_id = a.id left join used u on u.article_id = a.id
            left join person p on p.id = a.owner_id
        where (s.article_id is not null or u.article_id is not null) and {visible()}
        order by uses desc, helped + not_helped desc, a.id limit %(limit)s"""
    return await rows(tx, ArticleFigures, sql, given(by, since=since, until=until, limit=limit))


async def list_feedback(
    tx: Transaction, *, since: datetime, until: datetime, article_id: int | None, by: Actor, limit: int = MOST
) -> list[FeedbackRow]:
    """Words of feedback of a period, newest first; of one article if it is named."""
    sql = f"""
        select f.id, f.article_id, {TITLE} as title, f.locale, f.place, f.helped, f.reason, f.note,
            p.name as person_name, f.at
        from article_feedback f join article a on a.id = f.article_id left join person p on p.id = f.person_id
        where f.{PERIOD} and (%(article)s::bigint is null or f.article_id = %(article)s) and {visible()}
        order by f.id desc limit %(limit)s"""
    params = given(by, since=since, until=until, article=article_id, limit=limit)
    return await rows(tx, FeedbackRow, sql, params)


_PUBLISHED = "exists (select from article_version v where v.article_id = a.id and v.state = 'published')"
_ROW = f"a.id as article_id, {TITLE} as title, a.kind, a.owner_id, p.name as owner_name"
_FROM = "from article a left join person p on p.id = a.owner_id"
STALE: dict[StaleWhy, str] = {
    "review": f"""
        select {_ROW}, a.default_locale as locale, a.review_by as since, 0 as helped, 0 as not_helped {_FROM}
        where {visible()} and {_PUBLISHED} and a.review_by < %(today)s""",
    "translation": f"""
        select {_ROW}, v.locale, (select o.published_at::date from article_version o where o.article_id = a.id
                and o.locale = a.default_locale and o.state = 'published') as since, 0 as helped, 0 as not_helped
        {_FROM} join article_version v on v.article_id = a.id and v.state = 'published'
        where {visible()} and {OUTDATED}""",
    "unhelpful": f"""
        select {_ROW}, a.default_locale as locale, null::date as since, f.helped, f.not_helped {_FROM}
        join lateral (select count(*) filter (where helped)::int as helped,
                count(*) filter (where not helped)::int as not_helped from article_feedback
            where article_id = a.id and at >= greatest(%(unhelpful)s, (select max(v.published_at)
                from article_version v where v.article_id = a.id and v.state = 'published'))) f on true
        where {visible()} and {_PUBLISHED} and f.helped + f.not_helped >= {FEWEST_WORDS} and f.helped < f.not_helped""",
    "unused": f"""
        select {_ROW}, a.default_locale as locale, coalesce((select max(u.at) from article_use u
                where u.article_id = a.id), (select max(v.published_at) from article_version v
                where v.article_id = a.id and v.state = 'published'))::date as since, 0 as helped, 0 as not_helped
        {_FROM}
        where {visible()} and a.audience in ('agents', 'team') and exists (select from article_version v
                where v.article_id = a.id and v.state = 'published' and v.published_at < %(unused)s)
            and not exists (select from article_use u where u.article_id = a.id and u.at > %(unused)s)""",
}


async def list_stale(
    tx: Transaction, why: StaleWhy, *, by: Actor, now: datetime, limit: int = MOST
) -> list[StaleArticle]:
    """Articles that want looking at for one reason, the longest first."""
    sql = f"""
        select s.*, %(why)s as why from ({STALE[why]}) s order by s.since nulls last, s.article_id limit %(limit)s"""
    return await rows(tx, StaleArticle, sql, _stale_params(by, now) | {"why": why, "limit": limit})


def _stale_params(by: Actor, now: datetime) -> dict[str, object]:
    today: date = now.date()
    return given(by, today=today, unhelpful=now - UNHELPFUL, unused=now - UNUSED)


class _Count(Struct):
    name: str
    many: int


async def health(tx: Transaction, *, since: datetime, until: datetime, by: Actor, now: datetime) -> KnowledgeHealth:
    """Figures of a period, and what is open now."""
    params = _stale_params(by, now) | {"since": since, "until": until}
    kinds = f"select a.kind as name, count(*)::int as many from article a where {visible()} and {_PUBLISHED} group by 1"
    locales = f"""
        select v.locale as name, count(*)::int as many from article a join article_version v on v.article_id = a.id
        where {visible()} and v.state = 'published' group by 1 order by 2 desc, 1"""
    stale = " union all ".join(
        f"select '{why}' as name, count(*)::int as many from ({sql}) x" for why, sql in STALE.items()
    )
    return KnowledgeHealth(
        since=since,
        until=until,
        published=await _counts(tx, kinds, params),
        locales=await _counts(tx, locales, params),
        stale=await _counts(tx, stale, params),  # type: ignore[arg-type]  # the keys of STALE
        **await _sums(tx, params),
    )


async def _counts(tx: Transaction, sql: str, params: dict[str, object]) -> dict[str, int]:
    return {one.name: one.many for one in await rows(tx, _Count, sql, params)}


class _Sums(Struct):
    searches: int
    without_result: int
    helped: int
    not_helped: int
    uses: int
    tickets: int
    requests_open: int
    requests_answered: int
    quotes_open: int
    contradictions_open: int


async def _sums(tx: Transaction, params: dict[str, object]) -> dict[str, int]:
    sql = f"""
        select s.searches, s.without_result, f.helped, f.not_helped, u.uses, u.tickets, r.requests_open,
            r.requests_answered, k.quotes_open, k.contradictions_open
        from (select count(*)::int as searches, count(*) filter (where results = 0)::int as without_result
              from knowledge_search where {PERIOD}) s,
             (select count(*) filter (where helped)::int as helped,
                  count(*) filter (where not helped)::int as not_helped from article_feedback where {PERIOD}) f,
             (select count(*)::int as uses, count(distinct ticket_id)::int as tickets
              from article_use where {PERIOD}) u,
             (select count(*) filter (where state in ('open', 'taken'))::int as requests_open,
                  count(*) filter (where state = 'answered' and decided_at >= %(since)s and decided_at < %(until)s)::int
                      as requests_answered from article_request) r,
             (select count(*) filter (where kind = 'quote')::int as quotes_open,
                  count(*) filter (where kind = 'contradiction')::int as contradictions_open
              from knowledge_finding where settled_at is null) k"""
    found = await row(tx, _Sums, sql, params)
    return {name: getattr(found, name) for name in _Sums.__struct_fields__}
