"""What guesses in this process: learnt heads, heads from the examples that come along, and prototypes of names."""

import logging
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from ombud.assistance.classification import queries
from ombud.assistance.classification.queries import Read
from ombud.assistance.classification.schemas import Aspect, AspectSetting, LabelChoice
from ombud.intelligence.classification.schemas import Guess
from ombud.intelligence.classification.services import (
    Head,
    Prototypes,
    examples_of,
    language_of,
    learn_small,
    prototypes_of,
    unpacked_head,
)
from ombud.intelligence.embedding.schemas import Embedder, Vectors
from ombud.intelligence.retrieval.services import query_of
from ombud.knowledge.retrieval.services import PassageIndex
from ombud.shared.database import Transaction, values

log = logging.getLogger(__name__)
Guesses = dict[Aspect, tuple[Guess, int | None]]
SEEDED: Final[tuple[Aspect, ...]] = ("sentiment", "emotion", "spam", "severity")
# What the model reads of a ticket: its time grows with the text.
TOPIC_LETTERS: Final = 240
FEELING_LETTERS: Final = 160
# An article goes with a name that makes up so much of what it says.
ARTICLES_PER_NAME: Final = 2
NAMED: Final = 0.3
OF_MEANING: Final = frozenset[Aspect]({"sentiment", "emotion"})


class Mind(Struct):
    """What guesses one aspect; ``version_id`` None: nothing was learnt at this desk yet."""

    head: Head | None = None
    prototypes: Prototypes | None = None
    version_id: int | None = None
    embedded_by: str | None = None


class Minds:
    """All minds of a process, made when they are first needed and made anew when the desk is another one."""

    def __init__(self, index: PassageIndex) -> None:
        self._index = index
        self._seeded: dict[Aspect, Mind] = {}
        self._seeded_by: str | None = None
        self._learnt: dict[Aspect, Mind] = {}
        self._named: dict[Aspect, tuple[object, Mind]] = {}

    async def prepare(
        self,
        tx: Transaction,
        settings: Mapping[Aspect, AspectSetting],
        choices: Mapping[str, Sequence[LabelChoice]],
        embedder: Embedder | None,
    ) -> dict[Aspect, Mind]:
        """The mind of each aspect that is looked at and has something to choose from."""
        await self._load_learnt(tx)
        await self._learn_seeds(embedder)
        found: dict[Aspect, Mind] = {}
        for aspect, setting in settings.items():
            learnt = self._learnt.get(aspect)
            if not setting.is_on:
                continue
            if learnt is not None and learnt.embedded_by in {None, embedder.name if embedder else None}:
                found[aspect] = learnt
            elif aspect in SEEDED:
                found[aspect] = self._seeded[aspect]
            elif choices.get(aspect):
                found[aspect] = await self._by_names(tx, aspect, choices[aspect], embedder)
        return found

    async def _load_learnt(self, tx: Transaction) -> None:
        working = {aspect: version_id for version_id, aspect in await queries.heads_at_work(tx)}
        self._learnt = {aspect: one for aspect, one in self._learnt.items() if working.get(aspect) == one.version_id}
        for aspect in working.keys() - self._learnt.keys():
            kept = await queries.load_head(tx, working[aspect])
            if kept is None:
                continue
            try:
                head = unpacked_head(kept.head)
            except (ValueError, KeyError, OSError) as problem:
                log.warning("The head %s cannot be read, names have to do: %s", kept.id, problem)
                continue
            self._learnt[kept.aspect] = Mind(head=head, version_id=kept.id, embedded_by=kept.embedded_by)

    async def _learn_seeds(self, embedder: Embedder | None) -> None:
        maker = embedder.name if embedder else "words"
        if maker == self._seeded_by:
            return
        for aspect in SEEDED:
            texts, labels = examples_of(aspect)
            vectors = np.stack([await embedder.query(text) for text in texts]) if embedder else None
            self._seeded[aspect] = Mind(head=learn_small(texts, labels, vectors), embedded_by=maker)
        self._seeded_by = maker

    async def _by_names(
        self, tx: Transaction, aspect: Aspect, choices: Sequence[LabelChoice], embedder: Embedder | None
    ) -> Mind:
        index = await self._index.current(tx)
        key = (tuple((one.value, one.name_en, one.name_zh) for one in choices), len(index), embedder and embedder.name)
        known = self._named.get(aspect)
        if known is not None and known[0] == key:
            return known[1]
        texts = {one.value: await self._texts_of(tx, one) for one in choices}
        flat = [text for of_label in texts.values() for text in of_label]
        vectors = np.stack([await embedder.query(text) for text in flat]) if embedder else None
        mind = Mind(prototypes=prototypes_of(texts, vectors), embedded_by=embedder.name if embedder else None)
        self._named[aspect] = (key, mind)
        return mind

    async def _texts_of(self, tx: Transaction, choice: LabelChoice) -> list[str]:
        """A label's names, and the headings of articles that are about it."""
        names = list(dict.fromkeys((choice.name_en, choice.name_zh)))
        index = await self._index.current(tx)
        hits = [hit for name in names for hit in index.best(query_of(name), ARTICLES_PER_NAME) if hit.words >= NAMED]
        sql = """
            select distinct p.heading from passage p join article a on a.id = p.article_id
            where p.id = any(%(ids)s::bigint[]) and a.archived_at is null order by p.heading"""
        return names + await values(tx, str, sql, {"ids": [hit.id for hit in hits]})


class Looked(Struct):
    """A ticket as minds see it: its texts and their vectors."""

    topic: str
    feeling: str
    topic_vector: Vectors | None = None
    feeling_vector: Vectors | None = None


async def look_at(read: Read, embedder: Embedder | None) -> Looked:
    """The texts of a ticket and what they mean: what it is about stands in front, how they feel in the end."""
    said = [text for text in read.texts if text.strip()]
    found = Looked(topic="\n".join([read.subject, *said]), feeling=said[-1] if said else read.subject)
    if embedder is not None:
        found.topic_vector = await embedder.query(found.topic[:TOPIC_LETTERS])
        found.feeling_vector = await embedder.query(found.feeling[-FEELING_LETTERS:])
    return found


def guess_all(minds: Mapping[Aspect, Mind], looked: Looked, *, is_known: frozenset[Aspect] = frozenset()) -> Guesses:
    """What each mind says; ``is_known``: aspects that people decided already."""
    found: Guesses = {}
    for aspect, mind in minds.items():
        if aspect in is_known:
            continue
        is_feeling = aspect in OF_MEANING
        text = looked.feeling if is_feeling else looked.topic
        vector = looked.feeling_vector if is_feeling else looked.topic_vector
        found[aspect] = (_guess(mind, text, vector), mind.version_id)
    return found


def guess_language(looked: Looked) -> Guess:
    """The language that the customer writes in."""
    return language_of(looked.topic)


def _guess(mind: Mind, text: str, vector: Vectors | None) -> Guess:
    if mind.head is not None:
        return mind.head.guess([text], None if vector is None else vector[None, :])[0]
    if mind.prototypes is not None:
        return mind.prototypes.guess(text, vector)
    return Guess("", 0.0, is_unknown=True)
