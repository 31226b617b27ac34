"""Tables as files that open right in every spreadsheet: CSV and XLSX."""

import asyncio
import csv
import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import xlsxwriter
from litestar import Response

BOM = "\ufeff"
# What a spreadsheet would take for a formula when it opens a text file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Excel takes no longer text in one cell, and counts as UTF-16 does.
LONGEST_CELL = 32_767
Cell = str | float | datetime | None
FileKind = Literal["csv", "xlsx"]


class CsvFile:
    """A table as text: UTF-8 with a mark, by which Chinese Excel knows it, and no cell that could be a formula."""

    def __init__(self, path: Path, head: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._file.write(BOM)
        self._writer = csv.writer(self._file)
        self._writer.writerow([_safe(one) for one in head])

    def write(self, cells: Iterable[Sequence[Cell]]) -> None:
        """Add rows."""
        self._writer.writerows([_safe(one) for one in row] for row in cells)

    def close(self) -> None:
        """Complete the file."""
        self._file.close()


def _safe(cell: Cell) -> str | float | None:
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell


class XlsxFile:
    """A table as a workbook: texts are texts, numbers numbers, moments moments; rows go to disk as they come."""

    def __init__(self, path: Path, head: Sequence[str]) -> None:
        self._book = xlsxwriter.Workbook(
            path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        self._sheet = self._book.add_worksheet()
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        bold = self._book.add_format({"bold": True})
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, len(head), 18)
        for place, title in enumerate(head):
            self._sheet.write_string(0, place, title, bold)
        self._next = 1

    def write(self, cells: Iterable[Sequence[Cell]]) -> None:
        """Add rows."""
        for row in cells:
            for place, cell in enumerate(row):
                self._write_cell(place, cell)
            self._next += 1

    def _write_cell(self, place: int, cell: Cell) -> None:
        if isinstance(cell, datetime):
            self._sheet.write_datetime(self._next, place, cell, self._moment)
        elif isinstance(cell, str):
            self._sheet.write_string(self._next, place, _cut(cell))
        elif cell is not None and math.isfinite(cell):
            self._sheet.write_number(self._next, place, cell)

    def close(self) -> None:
        """Complete the file."""
        self._book.close()


def _cut(text: str) -> str:
    short = text[:LONGEST_CELL]
    if short.isascii() or len(short) * 2 <= LONGEST_CELL:
        return short
    # Half a sign at the end is left out.
    return short.encode("utf-16-le", "surrogatepass")[: LONGEST_CELL * 2].decode("utf-16-le", "ignore")


FILES: dict[str, type[CsvFile] | type[XlsxFile]] = {"csv": CsvFile, "xlsx": XlsxFile}
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


async def answer_file(
    name: str, since: datetime, until: datetime, head: Sequence[str], cells: Sequence[Sequence[Cell]], kind: FileKind
) -> Response[bytes]:
    """A table of a period as the answer to a request, as a file named by it; written beside the loop."""
    content = await asyncio.to_thread(write_file, head, cells, kind)
    file_name = f"{name}-{since:%Y%m%d}-{until:%Y%m%d}.{kind}"
    headers = {"Content-Disposition": f"attachment; filename={file_name}", "Cache-Control": "no-store"}
    return Response(content, media_type=TYPES[kind], headers=headers)


def write_file(head: Sequence[str], cells: Iterable[Sequence[Cell]], kind: FileKind) -> bytes:
    """Write a whole table at once."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        file = FILES[kind](path, head)
        file.write(cells)
        file.close()
        return path.read_bytes()
