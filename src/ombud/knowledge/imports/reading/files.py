"""Which reader a file is for; archives file by file."""

import io
import zipfile
from collections.abc import Callable
from pathlib import PurePosixPath

from ombud.knowledge.imports.reading.tables import read_table
from ombud.knowledge.imports.reading.texts import FindPicture, Unreadable, read_docx, read_html, read_markdown
from ombud.knowledge.imports.schemas import Format, ImportOptions, Picture, ReadFile, ReadItem
from ombud.shared.errors import Invalid

FORMATS: dict[str, Format] = {
    ".md": "markdown", ".markdown": "markdown", ".txt": "markdown", ".html": "html", ".htm": "html", ".docx": "docx",
    ".csv": "csv", ".tsv": "csv", ".zip": "zip",
}  # fmt: skip
PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp"}
MOST_FILES = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
_UTF8_NAME = 0x800


class CannotImport(Invalid):
    """This file cannot be read. Take Markdown, HTML, Word (docx), a table (CSV), or an archive (zip) of them."""

    code = "import_unreadable"


def format_of(name: str) -> Format:
    """What a file is by its name.

    Raises:
        CannotImport: nothing that can be imported.
    """
    found = FORMATS.get(PurePosixPath(name.lower()).suffix)
    if found is None:
        raise CannotImport(fields={"file": "unknown_format"})
    return found


def read_file(name: str, data: bytes, options: ImportOptions) -> ReadFile:
    """All articles of a file, and why there is none where there is none.

    Raises:
        CannotImport: the file as a whole cannot be read.
    """
    form = format_of(name)
    try:
        if form == "csv":
            return read_table(name, data, options)
        if form == "zip":
            return _read_archive(data, options)
    except Unreadable as problem:
        raise CannotImport(fields={"file": str(problem)}) from problem
    return ReadFile(form, [_read_one(form, name, data, options, _nowhere)])


def _read_one(form: Format, name: str, data: bytes, options: ImportOptions, find: FindPicture) -> ReadItem:
    try:
        if form == "docx":
            return read_docx(name, data, options)
        reader = read_markdown if form == "markdown" else read_html
        return reader(name, data, options, find)
    except Unreadable as problem:
        return ReadItem(name, problem=str(problem), raw={"file": name})


def _nowhere(_: str) -> Picture | None:
    """A file that came alone brings no pictures along."""
    return None


def _read_archive(data: bytes, options: ImportOptions) -> ReadFile:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return ReadFile("zip", list(_items(archive, options)))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as problem:
        raise Unreadable("not_zip") from problem


def _items(archive: zipfile.ZipFile, options: ImportOptions) -> list[ReadItem]:
    entries = {name_of(one): one for one in archive.infolist() if not one.is_dir()}
    wanted = sorted(name for name in entries if _is_meant(name))
    if len(wanted) > MOST_FILES:
        raise Unreadable("too_many", str(MOST_FILES))
    if sum(one.file_size for one in entries.values()) > MOST_UNPACKED:
        raise Unreadable("too_large")
    items: list[ReadItem] = []
    shown: set[str] = set()
    for name in wanted:
        form = FORMATS.get(PurePosixPath(name.lower()).suffix)
        if form == "csv":
            items += read_table(name, archive.read(entries[name]), options).items
        elif form is not None and form != "zip":
            find = _finder(archive, entries, name, shown)
            items.append(_in_folder(name, _read_one(form, name, archive.read(entries[name]), options, find)))
    known = {name for name in wanted if PurePosixPath(name.lower()).suffix in FORMATS and not name.endswith(".zip")}
    items += [
        ReadItem(name, problem="not_an_article", raw={"file": name}) for name in wanted if name not in known | shown
    ]
    if not items:
        raise Unreadable("no_rows")
    return items


def _is_meant(name: str) -> bool:
    return not any(part.startswith(("__MACOSX", ".")) for part in PurePosixPath(name).parts)


def name_of(entry: zipfile.ZipInfo) -> str:
    """A name in an archive; those of Chinese Windows carry no mark of their encoding."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _finder(
    archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], name: str, shown: set[str]
) -> Callable[[str], Picture | None]:
    def find(src: str) -> Picture | None:
        for folder in (PurePosixPath(name).parent, PurePosixPath()):
            path = _joined(folder, src)
            if path in entries and PurePosixPath(path.lower()).suffix in PICTURES:
                shown.add(path)
                return Picture(PurePosixPath(path).name, archive.read(entries[path]))
        return None

    return find


def _joined(folder: PurePosixPath, src: str) -> str:
    parts: list[str] = list(folder.parts)
    for part in src.partition("?")[0].replace("\\", "/").split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def _in_folder(name: str, item: ReadItem) -> ReadItem:
    """A file in folders lies in the category of their names, unless its head says otherwise."""
    folders = [part for part in PurePosixPath(name).parts[:-1] if part != "."]
    if item.found and not item.found.category and folders:
        item.found.category = [part[:120] for part in folders[-6:]]
    return item
