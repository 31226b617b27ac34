"""The passages in this process: loaded when first asked, and whenever the tables hold a newer revision."""

import asyncio
import logging
from typing import Final

from msgspec import Struct

from ombud.intelligence.embedding.schemas import Vectors
from ombud.intelligence.embedding.services import Meaning
from ombud.intelligence.retrieval.services import Entry, Index
from ombud.knowledge.retrieval.schemas import Meant
from ombud.shared.database import Database, Transaction, rows, value
from ombud.shared.errors import UpstreamFailed

log = logging.getLogger(__name__)
PAGE: Final = 2_000
# What is larger is ranked beside the event loop.
LARGE: Final = 5_000


class _Source(Struct):
    article_id: int
    locale: str


class PassageIndex:
    """One for a process. ``meaning`` gives the model whose vectors are compared."""

    def __init__(self, meaning: Meaning) -> None:
        self.meaning = meaning
        self._index = Index()
        self._revision = -1
        self._maker: str | None = None
        self._lock = asyncio.Lock()

    async def current(self, tx: Transaction) -> Index:
        """The index as the tables are now."""
        embedder = await self.meaning.embedder(tx)
        maker = embedder.name if embedder else None
        revision = await value(tx, int, "select revision from passage_revision") or 0
        if revision > self._revision or maker != self._maker:
            async with self._lock:
                if revision > self._revision or maker != self._maker:
                    await self._refresh(tx, revision, maker)
        return self._index

    async def meant(self, database: Database, text: str) -> Meant | None:
        """The meaning of a question; None without a model, and while an address does not answer.

        To be asked before a transaction begins: the model may be somebody else's machine, which takes its time.
        """
        if not text.strip():
            return None
        async with database.statements() as tx:
            embedder = await self.meaning.embedder(tx)
        if embedder is None:
            return None
        try:
            return Meant(await embedder.query(text), embedder.name)
        except UpstreamFailed as problem:
            log.warning("Meaning is left out of a search: %s", problem)
            return None

    def vector_of(self, meant: Meant | None) -> Vectors | None:
        """The vector of a question, if it can be compared with those of the passages."""
        return meant.vector if meant is not None and meant.made_by == self._maker else None

    async def _refresh(self, tx: Transaction, revision: int, maker: str | None) -> None:
        since, base = self._revision, self._index
        if maker != self._maker or base.is_crowded:
            since, base = -1, Index()
        sql = """
            select article_id, locale from passage_source where revision > %(since)s and revision <= %(revision)s"""
        params: dict[str, object] = {"since": since, "revision": revision, "maker": maker}
        changed = {(one.article_id, one.locale) for one in await rows(tx, _Source, sql, params)}
        entries = await self._load(tx, params)
        # Sorting the words of many passages takes a while.
        self._index = await asyncio.to_thread(base.changed, changed, entries)
        self._revision, self._maker = revision, maker

    async def _load(self, tx: Transaction, params: dict[str, object]) -> list[Entry]:
        found: list[Entry] = []
        sql = f"""
            select p.id, p.article_id, p.locale, p.terms, p.is_question,
                case when p.embedded_by = %(maker)s then p.vector end as vector
            from passage p join passage_source s on s.article_id = p.article_id and s.locale = p.locale
            where s.revision > %(since)s and s.revision <= %(revision)s and p.id > %(after)s
            order by p.id limit {PAGE}"""
        after = 0
        while True:
            page = await rows(tx, Entry, sql, params | {"after": after})
            found += page
            if len(page) < PAGE:
                return found
            after = page[-1].id
