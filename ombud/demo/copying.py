"""COPY of many rows: text of our own making, because a writer per value takes most of the time there is."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from psycopg import sql

from ombud.shared.database import Transaction

ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
BLOCK = 4000
Value = str | int | bool | bytes | datetime | None


async def copy_rows(tx: Transaction, table: str, columns: str, rows: Iterable[Sequence[Value]]) -> None:
    """Copy rows into a table; `columns` is the list of names, in the order of the values."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns.split())
    statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), names)
    lines: list[str] = []
    async with tx.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            lines.append("\t".join([_written(value) for value in row]))
            if len(lines) == BLOCK:
                await copy.write("\n".join(lines) + "\n")
                lines.clear()
        if lines:
            await copy.write("\n".join(lines) + "\n")


def array(names: Sequence[str]) -> str:
    """A text array as PostgreSQL writes it."""
    return "{" + ",".join(['"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"' for name in names]) + "}"


def _written(value: Value) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(ESCAPES) if "\\" in value or "\n" in value or "\t" in value or "\r" in value else value
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return str(value)
