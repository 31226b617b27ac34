"""Bytes to text for mail of the real world: wrong, missing and regional charset names."""

import codecs
import re

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
_MULTIBYTE = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
_SINGLE = ("koi8-r", "cp1251", "cp1253", "cp1255", "cp1256", "cp874", "iso8859_5", "cp1252")
_ESCAPES = ((b"\x1b$", ("iso2022_jp_ext", "iso2022_jp_2", "iso2022_kr")), (b"\x1b(", ("iso2022_jp_ext",)))
_SAMPLE_BYTES = 6_000
_SURROGATE = re.compile("[\ud800-\udfff]")  # UTF-7 can hide halves that no database takes

# The characters that make up about half of running text; they tell a right decoding from a wrong one.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定"
    "行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其"
    "些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建"
    "月公无系请谢您客订单货款退换收件邮品价钱号元快递已未店买卖付联系电话服务您好编码查询早晚安祝尊敬先女士测试票"
    "這個國時來們對會發動過說產種後學經進著電現實體機當點從業應開還與關間樣線內數問變條沒結請謝訂單貨換郵價錢號買賣測試函"
    "，。！？、：；（）《》“”…"
    "のにはをたがでてとしれさいるあなかもらりうすこまけよきつせそくちみえわめおろほどやだ日本語様お願致します株式会社件"
    "이다는에의을가고하지로한도기어서사리자시나인해그일보대정습니까안녕세요감"
)
_FREQUENT_LETTERS = frozenset("оеаинтсрвлαοιετσνηυίόέάיוהלארתבמשםاليمونترهสนอากรเมงว่้ิี")


def canonical_charset(declared: str) -> str:
    """Python's codec for a declared charset, or an empty string when the name says nothing."""
    name = declared.strip().strip("\"'<>;, ").lower().replace(" ", "")
    name = re.sub(r"^(charset=|x-charset-)", "", name)
    if name in _UNKNOWN:
        return ""
    name = _ALIASES.get(name, _ALIASES.get(name.replace("_", "-"), name))
    name = re.sub(r"^(?:windows|cp|win)[-_]?(\d{3,4})$", r"cp\1", name)
    if name in _TEXT_CODECS_ONLY or name.replace("_", "-").removesuffix("-codec") in _TEXT_CODECS_ONLY:
        return ""
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError, UnicodeError):
        return ""


def _strict(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        # A trailing half character (a cut-off mail) must not spoil the rest.
        try:
            text = data[:-1].decode(codec) if len(data) > 8 else ""  # noqa: PLR2004 -- a few characters prove nothing
        except (UnicodeError, LookupError, ValueError):
            return None
    return None if not text or _SURROGATE.search(text) else text


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
    if (
        not codec.startswith(("utf", "iso2022", "hz"))
        and (text := _strict(data, "utf-8")) is not None
        and not data.isascii()
    ):
        return text  # valid UTF-8 does not happen by chance
    text = _strict(data, codec)
    if text is None and codec.startswith("cp125"):
        return "".join(chr(byte) if byte in _C1_HOLES else bytes([byte]).decode(codec, "ignore") for byte in data)
    if text is None or (codec in _MULTIBYTE and _has_private_use(text)):
        return None
    return text


_C1_HOLES = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})


def _has_private_use(text: str) -> bool:
    return sum("\ue000" <= char <= "\uf8ff" for char in text) * 10 > len(text)


def guess_text(data: bytes, hint: str = "", claimed: str = "") -> str:
    """Text of bytes with no usable declaration, by evidence: the decoding that looks most like language wins."""
    if (text := _by_escapes(data)) is not None or (text := _strict(data, "utf-8")) is not None:
        return text
    if _is_mostly_utf8(data):
        return _patch_utf8(data)
    best = _best_codec(data, [name for name in (hint, claimed) if name])
    return _lenient(data, best)


def _by_escapes(data: bytes) -> str | None:
    """Seven-bit Japanese and Korean announce themselves by escape sequences."""
    names = [name for escape, names in _ESCAPES if escape in data for name in names]
    return next((text for name in names if (text := _strict(data, name)) is not None), None)


def _best_codec(data: bytes, favoured: list[str]) -> str:
    sample = data[:_SAMPLE_BYTES]
    scores: dict[str, float] = {}
    for codec in dict.fromkeys([*favoured, *_MULTIBYTE, *_SINGLE]):
        text = sample.decode(codec, "replace")
        score = score_text(text, sample) + (0.15 if codec in favoured else 0)
        scores[codec] = score - _kana_share(text) if codec in {"gb18030", "big5hkscs", "cp949"} else score
    return max(scores, key=lambda codec: scores[codec])


def _kana_share(text: str) -> float:
    """Chinese and Korean charsets hold kana too, but only Japanese writes with them."""
    foreign = [char for char in text if char > "\x7f"]
    return sum("\u3040" <= char <= "\u30ff" for char in foreign) / max(len(foreign), 1) / 2


def score_text(text: str, data: bytes) -> float:
    """How much a decoding looks like language, per character beyond ASCII: 1 is sure, below 0 is rubbish."""
    foreign = [char for char in text if char > "\x7f"]
    if not foreign:
        return 0.0
    points = sum(_points(char) for char in foreign)
    swaps = len(re.findall(r"[а-яёα-ω][А-ЯЁΑ-Ω]", text))
    high_bytes = sum(byte > 0x7F for byte in data)  # noqa: PLR2004 -- beyond ASCII
    western = _western_penalty(text, foreign, high_bytes)
    mixed = len(re.findall(r"[A-Za-z][\u0370-\u0e5b]|[\u0370-\u0e5b][A-Za-z]", text))
    return (points - 1.5 * swaps - mixed) / len(foreign) - western


def _western_penalty(text: str, foreign: list[str], high_bytes: int) -> float:
    """Latin letters with accents stand between plain ones; a run of them is another script read wrongly."""
    if not any("\u00a0" <= char <= "\u00ff" for char in foreign):
        return 0.0
    runs = sum(len(run) for run in re.findall(r"[\u0080-\u00ff\u0152-\u0178\u2010-\u2122]{3,}", text))
    return 1.5 * runs / max(high_bytes, 1)


def _points(char: str) -> float:
    if char in _COMMON:
        return 1.0
    if char in _FREQUENT_LETTERS:
        return 0.7
    code = ord(char)
    if char == "\ufffd" or code < 0xA0 or 0xE000 <= code <= 0xF8FF:  # noqa: PLR2004 -- C1 controls, private use
        return -3.0
    for low, high, points in _BLOCKS:
        if low <= code <= high:
            return points
    return -0.8


_BLOCKS = (
    (0x00C0, 0x00FF, 0.45),
    (0x2018, 0x201E, 0.4),
    (0x20AC, 0x20AC, 0.4),
    (0x00A0, 0x00BF, 0.0),
    (0x0410, 0x044F, 0.35),
    (0x0401, 0x0401, 0.2),
    (0x0451, 0x0451, 0.2),
    (0x0391, 0x03CE, 0.3),
    (0x05D0, 0x05EA, 0.3),
    (0x0621, 0x064A, 0.3),
    (0x0E01, 0x0E5B, 0.3),
    (0x3000, 0x303F, 0.2),
    (0x3040, 0x30FF, 0.6),
    (0x4E00, 0x9FA5, 0.2),
    (0xAC00, 0xD7A3, 0.35),
    (0xFF01, 0xFF5E, 0.2),
    (0xFF66, 0xFF9F, -0.8),
)


def _is_mostly_utf8(data: bytes) -> bool:
    sample = data[:_SAMPLE_BYTES]
    text = sample.decode("utf-8", "replace")
    foreign = sum(char > "\x7f" for char in text)
    return text.count("\ufffd") * 4 < foreign


def _patch_utf8(data: bytes) -> str:
    """Mostly good UTF-8 with stray bytes: read the strays as Western ones, as every browser's fallback does."""
    return data.decode("utf-8", "ombud_western")


def _western_errors(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return bad.decode("latin-1") if any(byte in _C1_HOLES for byte in bad) else bad.decode("cp1252"), error.end


codecs.register_error("ombud_western", _western_errors)


def _lenient(data: bytes, codec: str) -> str:
    if codec == "cp1252":
        return data.decode("cp1252", "ombud_western")
    return data.decode(codec, "ombud_western")
