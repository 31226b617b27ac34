"""The monthly board: what people did for knowledge, and what that is worth."""

from collections import defaultdict
from datetime import datetime

from msgspec import Struct

from ombud.knowledge.reports.rules import MOST_OF_ONE, points
from ombud.knowledge.reports.schemas import Contributor, Credit
from ombud.shared.database import Transaction, rows

# The author of what is published now gets the credit of what is said of it and done with it.
_AUTHOR = """
    (select v.written_by from article_version v where v.article_id = %s.article_id and v.state = 'published'
     and v.published_at <= %s.at order by v.id = %s.version_id desc, v.published_at limit 1)"""
CREDITS = f"""
    select v.written_by as person_id, case
            when v.locale <> a.default_locale then 'translated'
            when exists (select from article_version o where o.article_id = v.article_id and o.locale = v.locale
                and o.number < v.number and o.published_at is not null) then 'changed'
            else 'written' end as credit, count(*)::int as many
    from article_version v join article a on a.id = v.article_id
    where v.published_at >= %(since)s and v.published_at < %(until)s and v.state in ('published', 'superseded')
    group by 1, 2
    union all
    select v.reviewed_by, 'reviewed', count(*)::int from article_version v
    where v.reviewed_at >= %(since)s and v.reviewed_at < %(until)s and v.reviewed_by is distinct from v.written_by
    group by 1
    union all
    select o.author, 'helped', sum(least(o.many, %(most)s))::int from (
        select {_AUTHOR % ("f", "f", "f")} as author, f.article_id, count(*) as many from article_feedback f
        where f.helped and f.at >= %(since)s and f.at < %(until)s group by 1, 2) o
    group by 1
    union all
    select o.author, 'used', sum(least(o.many, %(most)s))::int from (
        select {_AUTHOR % ("u", "u", "u")} as author, u.article_id, count(*) as many from article_use u
        where u.at >= %(since)s and u.at < %(until)s
            and u.person_id is distinct from {_AUTHOR % ("u", "u", "u")} group by 1, 2) o
    group by 1
    union all
    select r.decided_by, 'requests', count(*)::int from article_request r
    where r.state = 'answered' and r.decided_at >= %(since)s and r.decided_at < %(until)s
        and r.decided_by is distinct from r.asked_by group by 1"""


class _Credit(Struct):
    person_id: int
    name: str
    credit: Credit
    many: int


async def board(tx: Transaction, *, since: datetime, until: datetime) -> list[Contributor]:
    """Contributors of a period, the most points first; whoever has as many shares the place."""
    sql = f"""
        select c.person_id, p.name, c.credit, c.many from ({CREDITS}) c join person p on p.id = c.person_id
        where p.deactivated_at is null order by p.name, p.id"""
    params = {"since": since, "until": until, "most": MOST_OF_ONE}
    counts: defaultdict[tuple[int, str], dict[Credit, int]] = defaultdict(dict)
    for one in await rows(tx, _Credit, sql, params):
        counts[one.person_id, one.name][one.credit] = one.many
    found = [Contributor(0, person, name, points(many), many) for (person, name), many in counts.items()]
    found.sort(key=lambda one: (-one.points, one.name))
    for each in found:
        each.place = 1 + sum(other.points > each.points for other in found)
    return found
