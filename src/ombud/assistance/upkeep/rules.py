"""Which places quote what: by link, by block or variable, by a sentence that is the same."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ombud.assistance.upkeep.queries import Placed
from ombud.assistance.upkeep.schemas import Quote
from ombud.knowledge.reports.schemas import How
from ombud.knowledge.reports.services import is_telling, same_words, sentences


def gone_sentences(before: str, now: str) -> list[str]:
    """Telling sentences that a text said and says no more."""
    held = same_words(now)
    return [one for one in sentences(before) if is_telling(one) and same_words(one) not in held]


def links_to(text: Placed, article_id: int, slug: str) -> bool:
    """Whether a text names an article: by its field, as ``article:slug``, or by an address that ends in its name."""
    if text.article_id == article_id:
        return True
    return (
        re.search(rf"(?:article:|/(?:knowledge|articles?|help|kb)/){re.escape(slug)}(?![a-z0-9-])", text.raw)
        is not None
    )


def says_mark(text: Placed, mark: str) -> bool:
    """Whether a text says a block (``block:name``) or a variable (``name``)."""
    return re.search(rf"\{{\{{\s*{re.escape(mark)}\s*\}}\}}", text.raw) is not None


def quotes_of(
    texts: Iterable[Placed], article_id: int, slug: str, wanted: Sequence[str], *, but: tuple[str, int] | None = None
) -> Iterator[Quote]:
    """Places that repeat one of some sentences, else that link the article; each sentence and place once."""
    keys = [(same_words(one), one) for one in wanted]
    for text in texts:
        if (text.kind, text.id) == (but or ("article", article_id)):
            continue
        own = [(same_words(one), one) for one in sentences(text.plain)]
        held = same_words(text.plain)
        said = {_sentence_of(own, key, sentence): sentence for key, sentence in keys if key in held}
        for one, sentence in said.items():
            yield _quote(text, "sentence", one, sentence)
        if not said and links_to(text, article_id, slug):
            yield _quote(text, "link", text.title)


def _quote(text: Placed, how: How, passage: str, said: str = "") -> Quote:
    return Quote(text.kind, text.id, text.title, text.locale, how, passage, said, text.script_id)


def _sentence_of(own: Sequence[tuple[str, str]], key: str, otherwise: str) -> str:
    # a number of a list is held by many a sentence
    return next((text for folded, text in own if key in folded or (folded in key and is_telling(text))), otherwise)
