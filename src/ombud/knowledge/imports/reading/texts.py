"""Markdown, HTML and Word as one article each."""

import base64
import html
import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from urllib.parse import unquote

import mammoth
from msgspec import Struct

from ombud.knowledge.articles.markdown import html_of_markdown
from ombud.knowledge.articles.markup import clean_article, text_of
from ombud.knowledge.articles.rules import slug_of
from ombud.knowledge.articles.schemas import MAX_BODY_BYTES
from ombud.knowledge.imports.schemas import Found, ImportOptions, Picture, ReadItem

# How a picture that a text names is found; None where it is not.
FindPicture = Callable[[str], Picture | None]
MOST_DOCX_BYTES = 200 * 1024 * 1024
KINDS = {
    "article": "article", "文章": "article", "知识条目": "article", "faq": "faq", "常见问题": "faq", "问答": "faq",
    "script": "script", "话术": "script", "标准话术": "script",
}  # fmt: skip
AUDIENCES = {
    "public": "public", "公开": "public", "所有人": "public", "customers": "customers", "客户": "customers",
    "agents": "agents", "坐席": "agents", "内部": "agents", "team": "team", "团队": "team",
}  # fmt: skip
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_NAMED_LOCALE = re.compile(r"^(?P<stem>.+)\.(?P<locale>[a-z]{2}(?:-[A-Z]{2}|-[A-Z][a-z]{3})?)$")
_HEAD = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"^([A-Za-z_][\w-]*)[ \t]*:[ \t]*(.*)$")
_HEADING = re.compile(r"\A\s*<h[1-3]\b[^<>]*>(.*?)</h[1-3]>", re.DOTALL | re.IGNORECASE)
_PAGE_TITLE = re.compile(r"<title\b[^<>]*>(.*?)</title>", re.DOTALL | re.IGNORECASE)
_IMAGE = re.compile(r"<img\b(?:[^<>\"]|\"[^\"]*\")*>", re.IGNORECASE)
_SRC = re.compile(r'\bsrc\s*=\s*"([^"]*)"|\bsrc\s*=\s*\'([^\']*)\'', re.IGNORECASE)
_ALT = re.compile(r'\balt\s*=\s*"([^"]*)"', re.IGNORECASE)
_UNSAFE = re.compile(r"<\s*(?:script|iframe|object|embed|form)\b|\son[a-z]+\s*=", re.IGNORECASE)
_DATA = re.compile(r"data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]+)\Z")


class Unreadable(Exception):
    """Why a file or a row is no article, in a word that the interface translates, and what it is about."""

    def __init__(self, word: str, about: str = "") -> None:
        super().__init__(f"{word}:{about}" if about else word)


class Source(Struct):
    """A text with its head."""

    head: dict[str, str]
    body: str


def text_in(data: bytes) -> str:
    """Bytes as text: UTF-8 or UTF-16 by their mark, else UTF-8, else the encoding of Chinese Windows.

    Raises:
        Unreadable: they are none of them.
    """
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding")


def split_head(text: str) -> Source:
    """A text and what its head says: pairs between two lines of dashes; lists become texts with commas."""
    match = _HEAD.match(text)
    if match is None:
        return Source({}, text.removeprefix("\ufeff"))
    head: dict[str, str] = {}
    name = ""
    for line in match[1].splitlines():
        pair = _PAIR.match(line)
        if pair:
            name = pair[1].lower().replace("-", "_")
            head[name] = _bare(pair[2])
        elif name and line.strip().startswith("- "):
            head[name] = ", ".join(filter(None, [head[name], _bare(line.strip()[2:])]))
    return Source(head, text[match.end() :])


def _bare(said: str) -> str:
    said = said.strip()
    if said[:1] == "[" and said[-1:] == "]":
        return ", ".join(_bare(one) for one in said[1:-1].split(",") if one.strip())
    if len(said) > 1 and said[0] == said[-1] and said[0] in "\"'":
        return said[1:-1]
    return said


def read_markdown(name: str, data: bytes, options: ImportOptions, find: FindPicture) -> ReadItem:
    """A file of Markdown; the title is in its head, else its first heading, else the file's name."""
    source = split_head(text_in(data))
    return article_of(name, html_of_markdown(source.body), source.head, options, find)


def read_html(name: str, data: bytes, options: ImportOptions, find: FindPicture) -> ReadItem:
    """A page of HTML; the title is the page's, else its first heading, else the file's name."""
    text = text_in(data)
    title = _PAGE_TITLE.search(text)
    head = {"title": _plain(title[1])} if title and _plain(title[1]) else {}
    body = re.search(r"<body\b[^<>]*>(.*)</body\s*>", text, re.DOTALL | re.IGNORECASE)
    return article_of(name, body[1] if body else text, head, options, find)


def read_docx(name: str, data: bytes, options: ImportOptions) -> ReadItem:
    """A document of Word, with its pictures; the title is its first heading, else the file's name.

    Raises:
        Unreadable: it is no such document, or blows up when it is unpacked.
    """
    pictures: list[Picture] = []

    def keep(image: mammoth.documents.Image) -> dict[str, str]:
        with image.open() as content:
            pictures.append(Picture(f"{len(pictures) + 1}.{image.content_type.partition('/')[2]}", content.read()))
        return {"src": f"picture-in-word:{len(pictures) - 1}"}

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            unpacked = sum(one.file_size for one in parts.infolist())
    except zipfile.BadZipFile as problem:
        raise Unreadable("not_docx") from problem
    if unpacked > MOST_DOCX_BYTES:
        raise Unreadable("too_large")
    try:
        result = mammoth.convert_to_html(io.BytesIO(data), convert_image=mammoth.images.img_element(keep))
    except Exception as problem:
        raise Unreadable("not_docx") from problem
    warnings = [] if not result.messages else ["docx_styles"]

    def find(src: str) -> Picture | None:
        number = src.removeprefix("picture-in-word:")
        return pictures[int(number)] if number.isdecimal() and int(number) < len(pictures) else None

    item = article_of(name, result.value, {}, options, find)
    if item.found:
        item.found.warnings += warnings
    return item


def article_of(name: str, body: str, head: dict[str, str], options: ImportOptions, find: FindPicture) -> ReadItem:
    """An article out of HTML and what is said about it.

    Raises:
        Unreadable: nothing is left of it, it is too large, or its head says what cannot be.
    """
    if len(body.encode()) > MAX_BODY_BYTES * 8:
        raise Unreadable("too_large")
    stem = re.sub(r"\.[A-Za-z0-9]{2,8}$", "", name.rsplit("/", 1)[-1])
    named = _NAMED_LOCALE.match(stem)
    heading = _HEADING.match(body)
    title = head.get("title", "")
    if heading and (not title or _plain(heading[1]) == title):
        title, body = title or _plain(heading[1]), body[heading.end() :]
    pictures: list[Picture] = []
    warnings: list[str] = []
    if _UNSAFE.search(body):
        warnings.append("scripts")
    shown = _IMAGE.sub(lambda match: _picture(match[0], find, pictures, warnings), body)
    found = Found(
        title=_plain(title)[:300] or (named["stem"] if named else stem)[:300],
        body=_clean(shown, len(pictures)),
        kind=_word(head.get("kind") or head.get("type"), KINDS, "kind") or options.kind,  # type: ignore[arg-type]
        locale=locale_of(head.get("locale") or head.get("lang") or (named["locale"] if named else ""), options.locale),
        audience=_word(head.get("audience"), AUDIENCES, "audience") or options.audience,  # type: ignore[arg-type]
        summary=head.get("summary", head.get("description", ""))[:1_000],
        keywords=head.get("keywords", head.get("tags", ""))[:500],
        questions="\n".join(re.split(r"\s*[|\n]\s*", head.get("questions", "")))[:6_000],
        category=[part.strip()[:120] for part in re.split(r"\s*[/>]\s*", head.get("category", "")) if part.strip()],
        slug=slug_of(head.get("slug", "") or (named["stem"] if named else "")),
        review_by=day_of(head.get("review_by", "")),
        warnings=list(dict.fromkeys(warnings)),
    )
    if found.audience == "team" and not options.team_ids:
        raise Unreadable("team_missing")
    return ReadItem(name, found, pictures=pictures)


def _clean(body: str, pictures: int) -> str:
    # Pictures stand as files with numbers that no file has yet: they are put in when the article is made.
    safe = clean_article(body, file_ids=range(pictures)).strip()
    if not text_of(safe).strip():
        raise Unreadable("empty")
    if len(safe.encode()) > MAX_BODY_BYTES:
        raise Unreadable("too_large")
    return safe


def _picture(tag: str, find: FindPicture, pictures: list[Picture], warnings: list[str]) -> str:
    said = _SRC.search(tag)
    src = (said[1] or said[2] or "") if said else ""
    alt = _ALT.search(tag)
    picture = _data_picture(src) or find(unquote(html.unescape(src)))
    if picture is None:
        warnings.append("pictures_lost")
        return html.escape(html.unescape(alt[1])) if alt else ""
    pictures.append(picture)
    return f'<img src="cid:file-{len(pictures) - 1}" alt="{alt[1] if alt else ""}">'


def _data_picture(src: str) -> Picture | None:
    inline = _DATA.match(src)
    if inline is None:
        return None
    try:
        return Picture(f"picture.{inline[1]}", base64.b64decode(inline[2]))
    except ValueError:
        return None


def _plain(text: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^<>]*>", " ", text)).split())


def _word(said: str | None, known: dict[str, str], name: str) -> str | None:
    if not said:
        return None
    found = known.get(said.strip().lower())
    if found is None:
        raise Unreadable(f"unknown_{name}", said[:60])
    return found


def locale_of(said: str, otherwise: str) -> str:
    """A language as it was named.

    Raises:
        Unreadable: it is none.
    """
    names = {"中文": "zh-CN", "简体中文": "zh-CN", "zh": "zh-CN", "zh_cn": "zh-CN", "english": "en", "英文": "en"}
    name = names.get(said.strip().lower(), said.strip().replace("_", "-"))
    if not name:
        return otherwise
    if not LOCALE.fullmatch(name):
        raise Unreadable("unknown_locale", said[:60])
    return name


def day_of(said: str) -> date | None:
    """A date as 2026-12-31 or 2026/12/31.

    Raises:
        Unreadable: it is none.
    """
    if not said.strip():
        return None
    try:
        return date(*map(int, re.split(r"[-/.年月]", said.strip().rstrip("日"))))
    except (ValueError, TypeError) as problem:
        raise Unreadable("unknown_date", said[:60]) from problem
