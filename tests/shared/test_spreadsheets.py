"""Tables as files: read back by other programs they say what was meant, and no cell acts."""

import csv
import io
import zipfile
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.spreadsheets import BOM, Cell, write_file

HEAD = ("When", "名称", "Count")
NAMES = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
# What people write: no control signs, and no halves of signs, which the database does not take either.
words = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=20)


def rows_of(data: bytes) -> list[list[str]]:
    """Rows of a CSV file as a spreadsheet reads them."""
    text = data.decode("utf-8")
    assert text.startswith(BOM)
    return list(csv.reader(io.StringIO(text.removeprefix(BOM))))


def cells_of(data: bytes) -> list[ET.Element]:
    """Cells of the first sheet of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 – written by ourselves
    return sheet.findall(".//x:c", NAMES)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("=1+1", "'=1+1"),
        ("+86 138", "'+86 138"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        # Chinese and Japanese spreadsheets read wide signs as narrow ones
        ("＝1+1", "'＝1+1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠SUM", "'＠SUM"),
        ("a=1", "a=1"),
        ('say "hi", you\nthere', 'say "hi", you\nthere'),
        ("", ""),
        (None, ""),
        (-5.5, "-5.5"),
        (0, "0"),
        (datetime(2026, 3, 29, 2, 30), "2026-03-29 02:30:00"),  # noqa: DTZ001 – cells hold the readers own time
        ("😀 退款 مرحبا", "😀 退款 مرحبا"),
    ],
)
def test_csv_cell_is_read_as_it_was_meant_and_never_as_a_formula(cell: Cell, read: str) -> None:
    assert rows_of(write_file(HEAD, [[cell, "x", 1]], "csv")) == [list(HEAD), [read, "x", "1"]]


def test_csv_head_is_no_formula_either() -> None:
    assert rows_of(write_file(["=cmd", "@x"], [], "csv")) == [["'=cmd", "'@x"]]


@given(st.lists(st.lists(words, min_size=3, max_size=3), max_size=5))
def test_csv_of_any_words_gives_them_back(cells: list[list[str]]) -> None:
    found = rows_of(write_file(HEAD, cells, "csv"))[1:]
    assert [[one.removeprefix("'") for one in row] for row in found] == [
        [one.removeprefix("'") for one in row] for row in cells
    ]


def test_xlsx_holds_texts_as_texts_numbers_as_numbers_and_no_formula() -> None:
    data = write_file(HEAD, [["=1+1", "https://x.example", 7.5], [None, "+86", 0]], "xlsx")
    cells = {one.get("r"): one for one in cells_of(data)}
    assert not any(one.findall(".//x:f", NAMES) for one in cells.values())
    assert cells["A2"].findtext(".//x:t", namespaces=NAMES) == "=1+1"
    assert cells["B2"].findtext(".//x:t", namespaces=NAMES) == "https://x.example"
    assert float(cells["C2"].findtext("x:v", namespaces=NAMES) or "") == 7.5
    assert float(cells["C3"].findtext("x:v", namespaces=NAMES) or "x") == 0
    assert "A3" not in cells
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert not any("hyperlink" in book.read(name).decode(errors="replace") for name in book.namelist())


@pytest.mark.parametrize("sign", ["长", "😀"])
def test_xlsx_of_a_longer_text_than_a_cell_takes_cuts_it_as_excel_counts(sign: str) -> None:
    data = write_file(["x"], [[sign * 40_000], ["after"]], "xlsx")
    first, second = [one.findtext(".//x:t", namespaces=NAMES) or "" for one in cells_of(data)][1:]
    # Excel counts as UTF-16 does, and calls a workbook with more broken.
    assert len(first.encode("utf-16-le")) // 2 <= 32_767
    assert len(first) >= 16_000
    assert set(first) == {sign}
    assert second == "after"


@pytest.mark.parametrize("text", ["a\x00b", "a\x0bb", "\x1b[31m", "_x000D_"])
def test_xlsx_of_control_signs_is_still_a_workbook(text: str) -> None:
    assert len(cells_of(write_file(["x"], [[text]], "xlsx"))) == 2


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_number_that_is_none_leaves_an_empty_cell_in_a_workbook(number: float) -> None:
    cells = cells_of(write_file(["x", "y"], [[number, "after"]], "xlsx"))
    assert [one.get("r") for one in cells] == ["A1", "B1", "B2"]
