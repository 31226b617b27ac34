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

_HERE: Final = """
    pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = current_schema()
        and c.relkind in ('r', 'p') and not c.relispartition"""
# Columns that take only some words are names of states and kinds, not what people wrote.
_COLUMNS: Final = f"""
    with codes as materialized (
        select k.conrelid, unnest(k.conkey) as attnum from pg_constraint k
        where k.contype = 'c' and pg_get_constraintdef(k.oid) like '%%= ANY (ARRAY[%%'
    )
    select c.relname::text as place, a.attname::text as name, format_type(a.atttypid, null) as type,
        exists (select from codes k where k.conrelid = c.oid and k.attnum = a.attnum) as is_code
    from {_HERE} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    order by c.relname, a.attnum"""
_KEYS: Final = f"""
    select c.relname::text as place, array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum = any(i.indkey) order by a.attnum) as names
    from {_HERE} join pg_index i on i.indrelid = c.oid and i.indisprimary"""
_PARENTS: Final = f"""
    select c.relname::text as place, p.relname::text as parent, a.attname::text as via, b.attname::text as key
    from {_HERE} join pg_constraint f on f.conrelid = c.oid and f.contype = 'f' and cardinality(f.conkey) = 1
    join pg_class p on p.oid = f.confrelid
    join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1]
    join pg_attribute b on b.attrelid = f.confrelid and b.attnum = f.confkey[1]
    order by c.relname, f.conkey[1]"""


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


class _Column(Struct):
    place: str
    name: str
    type: str
    is_code: bool


class _Key(Struct):
    place: str
    names: list[str]


class _Parent(Struct):
    place: str
    parent: str
    via: str
    key: str


async def list_tables(tx: Transaction) -> list[Table]:
    """Every table that keeps something of tickets and has a key; tickets first, whose lock is the first one."""
    columns: dict[str, list[_Column]] = {}
    for one in await rows(tx, _Column, _COLUMNS):
        columns.setdefault(one.place, []).append(one)
    keys = {one.place: one.names for one in await rows(tx, _Key, _KEYS)}
    vias = {place: via for place, found in columns.items() if (via := _own_way(place, found))}
    of_tickets = {place for place, via in vias.items() if via == "ticket_id"}
    parents = {
        one.place: one
        for one in reversed(await rows(tx, _Parent, _PARENTS))
        if one.parent in of_tickets and one.place not in vias
    }
    found = [
        _table(place, keys[place], columns[place], vias.get(place), parents.get(place))
        for place in sorted({*vias, *parents} - _LEFT_OUT, key=lambda place: (place != "ticket", place))
        if place in keys
    ]
    return [one for one in found if one.columns]


def _own_way(place: str, columns: Sequence[_Column]) -> str | None:
    if place == "ticket":
        return "id"
    names = {one.name for one in columns}
    return next((name for name in ("ticket_id", "entry_id") if name in names), None)


def _table(place: str, key: list[str], columns: list[_Column], via: str | None, parent: _Parent | None) -> Table:
    prose = [one for one in columns if not one.is_code and one.name not in _CODES and one.name not in key]
    texts, documents, lists = ([one.name for one in prose if one.type == kind] for kind in ("text", "jsonb", "text[]"))
    if parent is None or via is not None:
        return Table(place, key, via or "id", None, None, texts, documents, lists)
    return Table(place, key, parent.via, parent.parent, parent.key, texts, documents, lists)


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
