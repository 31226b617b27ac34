"""The language that a text is written in: by its script, and among Latin scripts by its small words. Some µs a text."""

import re
import unicodedata
from collections import Counter
from typing import Final

from ombud.intelligence.classification.schemas import Guess

LOOKED_AT: Final = 2_000
# A Han character says as much as three letters.
_HAN_COUNTS: Final = 3
_TRADITIONAL: Final = frozenset(
    "個們這說時會來對過還沒麼嗎請問題謝為什動開關電話訂單貨發貼錢買賣價質壞換線網頁戶帳號碼聯繫專業產標籤"
    "處實際應該點鐘氣壓體驗覺軟書館語學車輛長門間無與並給讓從後進樣種類樂機務員選擇稱顯圖層總經濟務廣東灣"
)
_SIMPLIFIED: Final = frozenset(
    "个们这说时会来对过还没么吗请问题谢为什动开关电话订单货发贴钱买卖价质坏换线网页户帐号码联系专业产标签"
    "处实际应该点钟气压体验觉软书馆语学车辆长门间无与并给让从后进样种类乐机务员选择称显图层总经济务广东湾"
)
_SCRIPTS: Final = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
)
_LATIN: Final = re.compile(r"[a-z\u00df-\u024f\u1e00-\u1eff]+")
# The commonest small words of each, and letters that it alone uses.
_SMALL: Final = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the is are you i my to and of it for not can have was this that with please do what how in on your we "
        "has been when where still hello hi thanks",
        "de": "der die das ist ich nicht und ein eine zu mit auf bitte sie mein habe wie für den dem es wir hallo "
        "danke noch wurde kann",
        "fr": "le la les je ne pas est et un une de des mon ma pour vous bonjour merci que qui avec dans sur ai suis "
        "votre être",
        "es": "el los las es no un una de que en por para mi hola gracias con está su lo me ha pedido cómo qué y muy",
        "it": "il lo gli è non un una di che per mio ciao grazie con sono ho la e come della ordine buongiorno",
        "pt": "o os as é não um uma de que em para meu olá obrigado com está você do da ainda minha e como",
        "nl": "de het een is niet en van ik mijn voor met op je hallo bedankt nog heb wat dat te",
        "pl": "nie jest to i w na się z mój dzień dobry dziękuję czy jak mam proszę zamówienie",
        "tr": "bir ve bu ne için değil merhaba teşekkürler var yok ben benim nasıl sipariş",
        "vi": "tôi không là của và có cho được xin chào cảm ơn bạn đơn hàng này",
        "id": "saya tidak yang dan di ini itu untuk dengan terima kasih pesanan belum apakah bisa",
    }.items()
}
_ENOUGH: Final = 3


def language_of(text: str) -> Guess:
    """A BCP 47 tag such as ``zh-CN``, ``zh-TW``, ``en`` or ``ja``; unknown where there is too little to tell by."""
    looked_at = unicodedata.normalize("NFC", text[:LOOKED_AT])
    latin = _LATIN.findall(looked_at.lower())
    letters = Counter({script: len(pattern.findall(looked_at)) for script, pattern in _SCRIPTS})
    letters["zh"] *= _HAN_COUNTS
    letters["ja"] *= _HAN_COUNTS
    if letters["ja"]:
        # Japanese writes Han characters, too; Chinese writes no kana.
        letters["ja"] += letters.pop("zh", 0)
    letters["latin"] = sum(map(len, latin))
    script, many = letters.most_common(1)[0]
    if not many:
        return Guess("", 0.0, is_unknown=True)
    share = many / letters.total()
    if script == "latin":
        return _latin(latin, share)
    return Guess(_chinese(looked_at) if script == "zh" else script, round(0.5 + share / 2 - 0.02, 4))


def _chinese(text: str) -> str:
    traditional = sum(char in _TRADITIONAL and char not in _SIMPLIFIED for char in text)
    simplified = sum(char in _SIMPLIFIED and char not in _TRADITIONAL for char in text)
    return "zh-TW" if traditional > simplified else "zh-CN"


def _latin(words: list[str], share: float) -> Guess:
    hits = Counter({language: sum(word in small for word in words) for language, small in _SMALL.items()})
    (best, most), (_, next_most) = hits.most_common(2)
    if not most:
        # A model number, a name, or a language that we do not know.
        return Guess("en", 0.4, is_unknown=len(words) > _ENOUGH)
    lead = (most - next_most) / most
    sure = min(1.0, most / _ENOUGH)
    return Guess(best, round(share * (0.5 + 0.25 * sure + 0.23 * lead * sure), 4))
