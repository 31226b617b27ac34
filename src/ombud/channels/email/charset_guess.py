"""What bytes without a usable declaration say: the decoding that looks most like language wins."""

import codecs
import re

MULTIBYTE = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")
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
C1_HOLES = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})
_ENOUGH_BYTES = 8
_SENSIBLE = 0.25
_CLEARLY_BETTER = 0.3
# Accented letters stand among plain ones, in every language that writes so.
_WESTERN_RUN = re.compile("[\u0080-\u00ff\u0152-\u0178\u0192\u02c6-\u02dc\u2010-\u2122]{3,}")


def strict(data: bytes, codec: str) -> str | None:
    """Text in a codec, or None; a half character at the end of a cut-off mail is left out."""
    try:
        text = data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        # A trailing half character (a cut-off mail) must not spoil the rest.
        try:
            text = data[:-1].decode(codec) if len(data) > 8 else ""  # noqa: PLR2004 -- a few characters prove nothing
        except (UnicodeError, LookupError, ValueError):
            return None
    return None if not text or _SURROGATE.search(text) else text


def guess_text(data: bytes, hint: str = "", claimed: str = "") -> str:
    """Text of bytes with no usable declaration, by evidence: the decoding that looks most like language wins."""
    if (text := by_escapes(data)) is not None:
        return text
    text = strict(data, "utf-8")
    is_chance = text is not None and is_utf8_by_chance(data, text, hint or claimed)
    if text is not None and not is_chance:
        return text
    if _is_mostly_utf8(data) and not is_chance:
        return _patch_utf8(data)
    best = _best_codec(data, [name for name in (hint, claimed) if name])
    return _lenient(data, best)


def by_escapes(data: bytes) -> str | None:
    """Seven-bit Japanese and Korean announce themselves by escape sequences."""
    names = [name for escape, names in _ESCAPES if escape in data for name in names]
    return next((text for name in names if (text := strict(data, name)) is not None), None)


def _best_codec(data: bytes, favoured: list[str]) -> str:
    sample = data[:_SAMPLE_BYTES]
    scores: dict[str, float] = {}
    # A letter or two prove little: then what the rest of the mail is written in counts more.
    bonus = 0.15 if sum(byte > 0x7F for byte in sample) >= _ENOUGH_BYTES else 0.35  # noqa: PLR2004 -- beyond ASCII
    for codec in dict.fromkeys([*favoured, *MULTIBYTE, *_SINGLE]):
        text = sample.decode(codec, "replace")
        score = score_text(text, sample) + (bonus if codec in favoured else 0)
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
    (0x0100, 0x017F, 0.35),
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
    return bad.decode("latin-1") if any(byte in C1_HOLES for byte in bad) else bad.decode("cp1252"), error.end


codecs.register_error("ombud_western", _western_errors)


def _lenient(data: bytes, codec: str) -> str:
    if codec == "cp1252":
        return data.decode("cp1252", "ombud_western")
    return data.decode(codec, "ombud_western")


def is_utf8_by_chance(data: bytes, text: str, codec: str) -> bool:
    """Whether a few bytes make UTF-8, and more sense in the charset that was named: 漏水 in GBK is "©ˮ" in UTF-8."""
    if codec not in MULTIBYTE or len(data) > _FEW_BYTES or any(char > "\u07ff" for char in text):
        return False
    other = strict(data, codec)
    return other is not None and score_text(other, data) > score_text(text, data)


_FEW_BYTES = 40


def is_misdeclared(data: bytes, codec: str, text: str) -> bool:
    """Whether bytes that can be read as declared make no sense so, and much sense in another charset.

    Programs that know nothing of charsets declare Western; an East Asian one is mistaken for another.
    """
    sample, shown = data[:_SAMPLE_BYTES], text[:_SAMPLE_BYTES]
    if sum(byte > 0x7F for byte in sample) < _ENOUGH_BYTES:  # noqa: PLR2004 -- beyond ASCII
        return False
    if codec == "cp1252":
        foreign = sum(char > "\x7f" for char in shown)
        runs = sum(len(run) for run in _WESTERN_RUN.findall(shown))
        if runs * 2 < foreign and sum(byte in C1_HOLES for byte in sample) * 20 < foreign:
            return False
    elif codec not in MULTIBYTE:
        return False
    own = score_text(shown, sample)
    if codec in MULTIBYTE and own > _SENSIBLE:
        return False
    best = _best_codec(data, [])
    return best != codec and score_text(sample.decode(best, "ignore"), sample) > own + _CLEARLY_BETTER
