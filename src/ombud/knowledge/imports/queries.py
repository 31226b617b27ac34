"""Reads of imports."""

from msgspec import Struct

from ombud.knowledge.imports.schemas import Import, ImportItem, ImportPage, ReadItem
from ombud.shared.database import Transaction, row, rows
from ombud.shared.errors import NotFound

MOST_SHOWN = 500
IMPORT = """
    i.id, i.format, f.name as file_name, i.options, i.columns, i.state, i.made_by, i.made_at, i.done_at, i.undone_at,
    (select count(*) from knowledge_import_item t where t.import_id = i.id and t.state = 'ready') as ready,
    (select count(*) from knowledge_import_item t where t.import_id = i.id and t.state = 'failed') as failed,
    (select count(*) from knowledge_import_item t where t.import_id = i.id and t.state in ('made', 'kept')) as made,
    (select count(*) from knowledge_import_item t where t.import_id = i.id and t.state = 'kept') as kept
    from knowledge_import i join file f on f.id = i.file_id"""
ITEM = """
    id, position, name, coalesce(found ->> 'title', '') as title, coalesce(found ->> 'locale', '') as locale,
    coalesce(found ->> 'kind', '') as kind, coalesce(found -> 'category', '[]') as category,
    left(regexp_replace(coalesce(found ->> 'body', ''), '<[^>]*>', ' ', 'g'), 300) as text,
    coalesce(found -> 'warnings', '[]') as warnings, raw, problem, state, article_id"""


async def list_imports(tx: Transaction) -> list[Import]:
    """The last imports, the newest first."""
    return await rows(tx, Import, f"select {IMPORT} order by i.id desc limit 100")


async def find_import(tx: Transaction, import_id: int) -> ImportPage:
    """An import with its items; failed ones come first.

    Raises:
        NotFound: there is none.
    """
    found = await row(tx, Import, f"select {IMPORT} where i.id = %(id)s", {"id": import_id})
    if found is None:
        raise NotFound
    sql = f"""
        select {ITEM} from knowledge_import_item where import_id = %(id)s
        order by state = 'failed' desc, position limit %(limit)s"""
    items = await rows(tx, ImportItem, sql, {"id": import_id, "limit": MOST_SHOWN})
    given = {name: getattr(found, name) for name in Import.__struct_fields__}
    return ImportPage(**given, items=items)


class _Failed(Struct):
    name: str
    problem: str
    raw: dict[str, str] | None


async def failed_items(tx: Transaction, import_id: int) -> list[ReadItem]:
    """What could not be read, as it came."""
    sql = """
        select name, coalesce(problem, '') as problem, raw from knowledge_import_item
        where import_id = %(id)s and state = 'failed' order by position"""
    found = await rows(tx, _Failed, sql, {"id": import_id})
    return [ReadItem(one.name, problem=one.problem, raw=one.raw) for one in found]
