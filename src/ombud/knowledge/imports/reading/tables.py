"""Tables as articles: a row each, with what each column holds by its name or by choice."""

import csv
import io
from collections.abc import Sequence

from ombud.knowledge.articles.markdown import html_of_markdown
from ombud.knowledge.imports.reading.texts import Unreadable, article_of, text_in
from ombud.knowledge.imports.schemas import ImportOptions, Meaning, Picture, ReadFile, ReadItem

MOST_ROWS = 2_000
MOST_CELL = 16 * 1024 * 1024
NAMES: dict[str, Meaning] = {
    "title": "title", "question": "title", "subject": "title", "标题": "title", "问题": "title", "题目": "title",
    "body": "body", "answer": "body", "content": "body", "text": "body", "正文": "body", "内容": "body", "答案": "body",
    "回答": "body", "话术": "body", "summary": "summary", "摘要": "summary", "keywords": "keywords", "tags": "keywords",
    "关键词": "keywords", "标签": "keywords", "kind": "kind", "type": "kind", "类型": "kind", "locale": "locale",
    "language": "locale", "lang": "locale", "语言": "locale", "category": "category", "folder": "category",
    "分类": "category", "目录": "category", "audience": "audience", "受众": "audience", "可见范围": "audience",
    "questions": "questions", "similar questions": "questions", "相似问": "questions", "相似问法": "questions",
    "slug": "slug", "网址名": "slug", "review_by": "review_by", "复审日期": "review_by",
}  # fmt: skip
# What our own tables put before a cell that a spreadsheet would take for a formula.
_FORMULA = ("'=", "'+", "'-", "'@")


def read_table(name: str, data: bytes, options: ImportOptions) -> ReadFile:
    """All rows of a table: articles, and the reason for each row that is none. No row is left out.

    Raises:
        Unreadable: it has no rows, too many, or no column with a title or with a text.
    """
    text = text_in(data)
    csv.field_size_limit(MOST_CELL)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), _dialect(text)) if any(map(str.strip, row))]
    except csv.Error as problem:
        raise Unreadable("not_csv") from problem
    if len(rows) < 2:  # noqa: PLR2004 – a head and one row
        raise Unreadable("no_rows")
    if len(rows) > MOST_ROWS + 1:
        raise Unreadable("too_many", str(MOST_ROWS))
    columns = [cell.strip() for cell in rows[0]]
    meanings = meanings_of(columns, options.columns)
    items = [_read(f"{name}:{place}", columns, meanings, row, options) for place, row in enumerate(rows[1:], start=2)]
    return ReadFile("csv", items, columns, meanings)


def meanings_of(columns: Sequence[str], chosen: Sequence[Meaning]) -> list[Meaning]:
    """What each column holds: as it was chosen, else by its name; a meaning is taken once."""
    if len(chosen) == len(columns):
        return list(chosen)
    found: list[Meaning] = []
    for column in columns:
        meaning = NAMES.get(column.strip().lower().replace(" ", "_"), "")
        found.append("" if meaning in found else meaning)
    return found


def _dialect(text: str) -> type[csv.Dialect] | csv.Dialect:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)

    class Table(csv.excel):
        pass

    Table.delimiter = delimiter
    return Table


def _read(
    name: str, columns: Sequence[str], meanings: Sequence[Meaning], row: Sequence[str], options: ImportOptions
) -> ReadItem:
    cells = [cell[1:] if cell.startswith(_FORMULA) else cell for cell in row]
    raw = {column or str(place + 1): cell for place, (column, cell) in enumerate(zip(columns, row, strict=False))}
    head: dict[str, str] = {
        meaning: cell.strip() for meaning, cell in zip(meanings, cells, strict=False) if meaning not in {"", "body"}
    }
    body = next((cell for meaning, cell in zip(meanings, cells, strict=False) if meaning == "body"), "")
    try:
        if not head.get("title"):
            raise Unreadable("no_title")  # noqa: TRY301 – said in one place with the others
        if len(row) > len(columns):
            raise Unreadable("too_many_cells", str(len(row)))  # noqa: TRY301
        html = body if body.lstrip().startswith("<") else html_of_markdown(body)
        item = article_of(name, html, head, options, _no_picture)
    except Unreadable as problem:
        return ReadItem(name, problem=str(problem), raw=raw)
    item.raw = raw
    return item


def _no_picture(_: str) -> Picture | None:
    """Rows bring no pictures along."""
    return None
