"""Finds and blacks out words in everything that is kept of a ticket, whatever table it lies in.

Which tables these are is read from the database's own catalogue: those that name a ticket or an entry, and those that
belong to a row of such a table. So what is built later is swept, too.
"""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from ombud.quality.personal_data.services.words import Words, black_out, black_out_html
from ombud.shared.database import Transaction, rows

# Numbers and the state of work, or what this room keeps itself.
_LEFT_OUT: Final = frozenset({"redaction", "personal_data_access", "entry_words", "attachment_words", "ticket_words"})
_HTML: Final = frozenset({"html"})
# Names and keys that machines compare.
_CODES: Final = frozenset({"client_key", "raw_file", "key", "token", "content_id", "locale", "personal_data"})

_TABLES: Final = """
    with tables as (
        select c.oid, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition
            and c.relname <> all(%(left_out)s)
    ), cells as (
        select t.oid, t.relname, a.attname, a.attnum, format_type(a.atttypid, null) as type
        from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        where a.attname <> all(%(codes)s) and not exists (select from pg_constraint k where k.conrelid = t.oid
            and k.contype = 'c' and a.attnum = any(k.conkey) and pg_get_constraintdef(k.oid) like '%%= ANY (ARRAY[%%')
    ), keys as (
        select t.oid, array_agg(a.attname::text order by a.attnum) as names
        from tables t join pg_index i on i.indrelid = t.oid and i.indisprimary
        join pg_attribute a on a.attrelid = t.oid and a.attnum = any(i.indkey) group by t.oid
    ), own as (
        select oid, max(case attname when 'ticket_id' then 'ticket_id' when 'entry_id' then 'entry_id' end) as via
        from cells where attname in ('ticket_id', 'entry_id') group by oid
    ), below as (
        select distinct on (f.conrelid) f.conrelid as oid, p.relname as parent, a.attname as via, b.attname as key
        from pg_constraint f join tables t on t.oid = f.conrelid join tables p on p.oid = f.confrelid
        join cells a on a.oid = f.conrelid and a.attnum = f.conkey[1]
        join cells b on b.oid = f.confrelid and b.attnum = f.confkey[1]
        where f.contype = 'f' and cardinality(f.conkey) = 1 and p.oid in (select oid from own)
            and exists (select from cells o where o.oid = p.oid and o.attname = 'ticket_id')
            and f.conrelid not in (select oid from own) and t.relname <> 'ticket'
        order by f.conrelid, f.conkey[1]
    )
    select t.relname as name, k.names as key, coalesce(o.via, b.via::text, 'id') as via, b.parent::text as parent,
        b.key::text as parent_key,
        array(select attname::text from cells c where c.oid = t.oid and c.type = 'text'
            and c.attname <> all(k.names) order by attnum) as texts,
        array(select attname::text from cells c where c.oid = t.oid and c.type = 'jsonb' order by attnum) as documents,
        array(select attname::text from cells c where c.oid = t.oid and c.type = 'text[]' order by attnum) as lists
    from tables t join keys k on k.oid = t.oid left join own o on o.oid = t.oid left join below b on b.oid = t.oid
    where o.oid is not null or b.oid is not null or t.relname = 'ticket'
    order by t.relname <> 'ticket', t.relname"""


class Table(Struct, frozen=True):
    """A table that keeps something of tickets: how its rows are found, and which columns hold words."""

    name: str
    key: list[str]
    # ticket_id, entry_id, or the column that points to a row of ``parent``
    via: str
    parent: str | None
    parent_key: str | None
    texts: list[str]
    documents: list[str]
    lists: list[str]

    @property
    def columns(self) -> list[str]:
        """All columns that hold words."""
        return [*self.texts, *self.documents, *self.lists]


# Files belong to no ticket: attachments point to them.
_FILES: Final = (
    Table("file", ["id"], "id", None, None, ["name"], [], []),
    Table("file_text", ["file_id"], "file_id", None, None, ["text"], [], []),
)


class Cell(Struct):
    """A value that was changed, as it was and as it is."""

    table: str
    key: dict[str, Any]
    column: str
    before: Any
    after: Any


class Reach(Struct):
    """Whose rows are swept."""

    ticket_ids: list[int]
    entry_ids: list[int]


async def list_tables(tx: Transaction) -> list[Table]:
    """Every table that keeps something of tickets and has a key."""
    found = await rows(tx, Table, _TABLES, {"left_out": list(_LEFT_OUT), "codes": list(_CODES)})
    return [one for one in found if one.columns]


async def sweep(tx: Transaction, reach: Reach, words: Words) -> list[Cell]:
    """Black out the words in everything that is kept of some tickets; what was changed, as it was."""
    changed: list[Cell] = []
    for table in await list_tables(tx):
        changed += await _sweep_table(tx, table, reach, words)
    return changed


async def _sweep_table(tx: Transaction, table: Table, reach: Reach, words: Words) -> list[Cell]:
    names = sql.SQL(", ").join(sql.Identifier(name) for name in dict.fromkeys([*table.key, *table.columns]))
    # Locked, so that nobody writes the old words back between reading and writing.
    statement = sql.SQL("select {names} from {table} where {where} for update").format(
        names=names, table=sql.Identifier(table.name), where=_where(table)
    )
    params = {"tickets": reach.ticket_ids, "entries": reach.entry_ids}
    async with tx.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statement, params)
        found = await cursor.fetchall()
    changed = [
        Cell(table.name, {name: each[name] for name in table.key}, column, each[column], new)
        for each in found
        for column in table.columns
        if each[column] is not None and (new := _blacked(column, each[column], words)) != each[column]
    ]
    for cell in changed:
        await write(tx, table, cell, cell.after)
    return changed


def _blacked(column: str, value: Any, words: Words) -> Any:
    if column in _HTML and isinstance(value, str):
        return black_out_html(value, words)
    return black_out({column: value}, words)[column]


def _where(table: Table) -> sql.Composable:
    via = sql.Identifier(table.via)
    if table.parent is not None and table.parent_key is not None:
        return sql.SQL("{via} in (select {key} from {parent} where ticket_id = any(%(tickets)s::bigint[]))").format(
            via=via, key=sql.Identifier(table.parent_key), parent=sql.Identifier(table.parent)
        )
    name = "entries" if table.via == "entry_id" else "tickets"
    return sql.SQL("{via} = any(%({name})s::bigint[])").format(via=via, name=sql.SQL(name))


async def write(tx: Transaction, table: Table, cell: Cell, value: Any, *, only_if: Any = None) -> None:
    """Give a cell a value; with ``only_if`` only where it still has that one."""
    is_document = cell.column in table.documents
    name = sql.Identifier(cell.column)
    still = sql.SQL("") if only_if is None else sql.SQL(" and {name} = %(still)s").format(name=name)
    statement = sql.SQL("update {table} set {name} = %(value)s where {key}{still}").format(
        table=sql.Identifier(table.name), name=name, key=_by_key(cell), still=still
    )
    params = {"value": _cell(value, is_document=is_document), "still": _cell(only_if, is_document=is_document)}
    await tx.execute(statement, params | {f"key_{name}": one for name, one in cell.key.items()})


def _cell(value: Any, *, is_document: bool) -> Any:
    return Jsonb(value) if is_document and value is not None else value


def _by_key(cell: Cell) -> sql.Composable:
    parts: Sequence[sql.Composable] = [
        sql.SQL("{name} = {value}").format(name=sql.Identifier(name), value=sql.Placeholder(f"key_{name}"))
        for name in cell.key
    ]
    return sql.SQL(" and ").join(parts)


async def put_back(tx: Transaction, cells: Sequence[Cell]) -> None:
    """Give cells their old values; what somebody wrote since stays."""
    tables = {one.name: one for one in [*await list_tables(tx), *_FILES]}
    for cell in cells:
        if cell.table in tables:
            await write(tx, tables[cell.table], cell, cell.before, only_if=cell.after)
