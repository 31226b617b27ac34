"""Reads of organisations."""

from ombud.customers.schemas import Organisation
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound
from ombud.shared.words import tsquery

COUNT_CAP = 1_000
COLUMNS = f"""
    o.id, o.name, o.tier, o.notes, o.fields, o.version, o.created_at, o.archived_at is not null as is_archived,
    array(select d.domain from organisation_domain d where d.organisation_id = o.id order by d.domain) as domains,
    (select count(*) from (select from customer c where c.organisation_id = o.id and c.merged_into_id is null
        limit {COUNT_CAP}) n) as customer_count"""


async def get_organisation(tx: Transaction, organisation_id: int) -> Organisation:
    """An organisation; its customers are counted to 1,000.

    Raises:
        NotFound: there is none.
    """
    sql = f"select {COLUMNS} from organisation o where o.id = %(id)s"
    found = await row(tx, Organisation, sql, {"id": organisation_id})
    if found is None:
        raise NotFound
    return found


async def find_organisations(tx: Transaction, text: str, *, limit: int) -> list[Organisation]:
    """Organisations whose name or domains hold all words of the text."""
    query = tsquery(text)
    if not query:
        return []
    sql = f"""
        select {COLUMNS} from organisation o where o.words @@ %(query)s::tsquery and o.archived_at is null
        order by lower(o.name), o.id limit %(limit)s"""
    return await rows(tx, Organisation, sql, {"query": query, "limit": limit})


async def match_organisations(
    tx: Transaction, query: str, *, before_id: int | None = None, limit: int
) -> list[Organisation]:
    """Organisations that are not archived and whose words match a tsquery, newest first; none if it is empty."""
    if not query:
        return []
    # + 0: a plan that walks the key backwards takes long for a rare name.
    sql = f"""
        select {COLUMNS} from organisation o
        where o.words @@ %(query)s::tsquery and o.archived_at is null
            and (%(before)s::bigint is null or o.id < %(before)s)
        order by o.id + 0 desc limit %(limit)s"""
    return await rows(tx, Organisation, sql, {"query": query, "before": before_id, "limit": limit})


async def list_organisations(
    tx: Transaction, *, after: tuple[str, int] | None, limit: int, with_archived: bool
) -> list[Organisation]:
    """Organisations by name."""
    name, number = after or ("", 0)
    sql = f"""
        select {COLUMNS} from organisation o
        where (%(any)s or o.archived_at is null)
            and (not %(is_later)s or (lower(o.name), o.id) > (lower(%(name)s), %(id)s))
        order by lower(o.name), o.id limit %(limit)s"""
    params = {"any": with_archived, "is_later": after is not None, "name": name, "id": number, "limit": limit}
    return await rows(tx, Organisation, sql, params)
