"""Bytes to text for mail of the real world: wrong, missing and regional charset names."""

import codecs
import re

from ombud.channels.email.charset_guess import (
    C1_HOLES,
    MULTIBYTE,
    by_escapes,
    guess_text,
    is_misdeclared,
    is_utf8_by_chance,
    strict,
)

_ALIASES = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gb2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "windows-936": "gb18030",
    "euc-cn": "gb18030",
    "chinese": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "big-5": "big5hkscs",
    "cn-big5": "big5hkscs",
    "x-big5": "big5hkscs",
    "cp950": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "ms_kanji": "cp932",
    "windows-31j": "cp932",
    "x-euc-jp": "euc_jp",
    "iso-2022-jp": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "windows-949": "cp949",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "x-cp1252": "cp1252",
    "ansi": "cp1252",
    "cp-850": "cp850",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-ce": "mac_latin2",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "unicode": "utf-16",
    "ucs-2": "utf-16",
    "iso-10646-ucs-2": "utf-16",
    "utf8mb4": "utf-8",
    "utf-8-mac": "utf-8",
    "cp65001": "utf-8",
    "65001": "utf-8",
}
_UNKNOWN = frozenset(
    {
        "",
        "us-ascii",
        "ascii",
        "unknown",
        "unknown-8bit",
        "x-unknown",
        "8bit",
        "binary",
        "default",
        "none",
        "x-user-defined",
    }
)
_TEXT_CODECS_ONLY = frozenset(
    {
        "base64",
        "hex",
        "quopri",
        "uu",
        "zlib",
        "bz2",
        "rot13",
        "idna",
        "punycode",
        "undefined",
        "unicode-escape",
        "raw-unicode-escape",
    }
)


def canonical_charset(declared: str) -> str:
    """Python's codec for a declared charset, or an empty string when the name says nothing."""
    name = declared.strip().strip("\"'<>;, ").lower().replace(" ", "")
    name = re.sub(r"^(charset=|x-charset-)", "", name)
    if name in _UNKNOWN:
        return ""
    name = _ALIASES.get(name, _ALIASES.get(name.replace("_", "-"), name))
    name = re.sub(r"^(?:windows|cp|win)[-_]?(\d{3,4})$", r"cp\1", name)
    name = _ALIASES.get(name, name)
    if name in _TEXT_CODECS_ONLY or name.replace("_", "-").removesuffix("-codec") in _TEXT_CODECS_ONLY:
        return ""
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError, UnicodeError):
        return ""


def decode_text(data: bytes, declared: str = "", hint: str = "") -> str:
    """Text of bytes, whatever they are; the declared charset wins unless the bytes disprove it.

    ``hint`` is a charset that another part of the same mail declares. The result holds U+FFFD only
    if the bytes themselves do.
    """
    if not data:
        return ""
    codec = canonical_charset(declared)
    if data.isascii() and codec not in {"utf-7", "hz", "utf-16", "utf-32"} and b"\x1b" not in data:
        return data.decode("ascii")
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not codec.startswith("utf-16"):
        codec = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-16"
    if (text := _by_declaration(data, codec)) is not None:
        return text
    return guess_text(data, canonical_charset(hint), claimed=codec)


def _by_declaration(data: bytes, codec: str) -> str | None:
    if not codec:
        return None
    if not codec.startswith(("iso2022", "hz", "utf-16", "utf_16")) and (text := by_escapes(data)) is not None:
        return text
    if (
        not codec.startswith(("utf", "iso2022", "hz"))
        and (text := strict(data, "utf-8")) is not None
        and not data.isascii()
        and not is_utf8_by_chance(data, text, codec)
    ):
        return text  # valid UTF-8 does not happen by chance
    text = strict(data, codec)
    if text is None and codec.startswith("cp125"):
        text = "".join(chr(byte) if byte in C1_HOLES else bytes([byte]).decode(codec, "ignore") for byte in data)
    if text is None or (codec in MULTIBYTE and _has_private_use(text)):
        return None
    return None if is_misdeclared(data, codec, text) else text


def _has_private_use(text: str) -> bool:
    return sum("\ue000" <= char <= "\uf8ff" for char in text) * 10 > len(text)
