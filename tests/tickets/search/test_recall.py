"""The index against a plain scan of the demo desk's texts: what a segmenter and a stemmer see is found, all of it."""

import asyncio
import random
import re
from datetime import UTC, datetime

import pytest
import rjieba
import snowballstemmer

from ombud.demo.loader import load_demo
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Database, rows
from ombud.tickets.search.filling import begin_reindex, fill_next
from ombud.tickets.search.index import IndexedEntry
from ombud.tickets.search.queries import find, understand

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)
TICKETS = 700
QUERIES = 200
RUN = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")
STEMMER = snowballstemmer.stemmer("english")
ENTRIES = """
    select e.id, e.ticket_id, 0 as team_id, e.kind <> 'message' as is_internal, e.at, e.text
    from entry e where e.kind in ('message', 'note') and e.text <> '' order by e.id"""


def segmented(text: str) -> list[str]:
    """A text's words one after another, with a bar where neighbours do not touch: an independent reading of it."""
    found: list[str] = []
    end = 0
    for match in RUN.finditer(text):
        if found and text[end : match.start()] not in {"", " "}:
            found.append("|")
        end = match.end()
        word = match[0]
        found += rjieba.cut(word, hmm=True) if word[0] >= "\u3400" else [word.lower()]
    return found


class Scan:
    """All texts, segmented, with a way to look for words as nothing but a scan does."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.texts = asyncio.run(self._load())
        self.words = {number: segmented(text) for number, text in self.texts.items()}
        self.stems = {number: {self.form(word) for word in words} for number, words in self.words.items()}

    @staticmethod
    def form(word: str) -> str:
        return str(STEMMER.stemWord(word)) if word.isascii() else word

    async def _load(self) -> dict[int, str]:
        database = Database(self.url)
        await database.open()
        async with database.transaction() as tx:
            await load_demo(tx, now=NOW, tickets=TICKETS)
            found = await rows(tx, IndexedEntry, ENTRIES)
        await database.close()
        return {one.id: one.text for one in found if not one.is_internal}

    def with_word(self, word: str) -> set[int]:
        return {number for number, stems in self.stems.items() if self.form(word) in stems}

    def with_phrase(self, phrase: list[str]) -> set[int]:
        size = len(phrase)
        return {
            number
            for number, words in self.words.items()
            if any(words[place : place + size] == phrase for place in range(len(words) - size + 1))
        }


@pytest.fixture(scope="module")
def scan(module_database_url: str) -> Scan:
    return Scan(module_database_url)


async def found_by(database: Database, query: str) -> set[int]:
    """Everything that a search finds, page after page."""
    found: set[int] = set()
    async with database.transaction() as tx:
        search = await understand(tx, query, by=SYSTEM, now=NOW)
        cursor = None
        while True:
            page = await find(tx, search, "messages", cursor=cursor, limit=100)
            found |= {hit.id for hit in page.items}
            cursor = page.next
            if cursor is None:
                return found


def drawn(scan: Scan, dice: random.Random, *, chinese: bool, size: int) -> list[str]:
    """Words that stand side by side in a random text of a language."""
    while True:
        words = scan.words[dice.choice(list(scan.words))]
        place = dice.randrange(max(len(words) - size + 1, 1))
        chosen = words[place : place + size]
        if len(chosen) == size and all(word.isalpha() and word.isascii() != chinese for word in chosen):
            return chosen


@pytest.mark.parametrize("chinese", [True, False])
async def test_search_finds_every_word_and_phrase_that_a_scan_finds(scan: Scan, *, chinese: bool) -> None:
    dice = random.Random(7)  # noqa: S311  # the same draw each time
    database = Database(scan.url, max_connections=2)
    await database.open()
    extra = total = 0
    for number in range(QUERIES // 2):
        size = 1 if number % 2 else dice.randrange(2, 5)
        words = drawn(scan, dice, chinese=chinese, size=size)
        expected = scan.with_word(words[0]) if size == 1 else scan.with_phrase(words)
        phrase = ("" if chinese else " ").join(words)
        found = await found_by(database, f'"{phrase}"' if size > 1 else phrase)
        assert not expected - found, (words, len(expected - found), len(found))
        if len(phrase) > 1:
            # A single character is a part of many words: all of them are found.
            extra, total = extra + len(found - expected), total + len(found)
        for one in found - expected:
            # What is found beyond the segmenter's reading holds the very characters, or another form of the words.
            text, stems = scan.texts[one].lower(), scan.stems[one]
            assert all(word in text or Scan.form(word) in stems for word in ([phrase] if chinese else words)), text
    await database.close()
    assert total > QUERIES
    assert extra < total * 0.15


async def test_reindex_gives_back_the_same_words(scan: Scan) -> None:
    database = Database(scan.url, max_connections=2)
    await database.open()
    digest = "select md5(string_agg(entry_id || words::text, '' order by entry_id)) from entry_words"
    async with database.transaction() as tx:
        before = await rows(tx, dict, digest)
        await begin_reindex(tx)
    while await fill_next(database):
        pass
    async with database.transaction() as tx:
        assert await rows(tx, dict, digest) == before
    await database.close()
