"""Questions to 50,000 passages of 10,000 articles: how long an answer takes, and how much memory the index."""

import argparse
import asyncio
import os
import random
import shutil
import time
from collections import Counter

import numpy as np

from benchmarks._desk import bench_folder, bench_settings, connected, database
from benchmarks._figures import Report, memory_kib, percentile, spread
from benchmarks._texts import pool
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.intelligence.embedding.schemas import of_length_one, packed
from ombud.intelligence.embedding.shipped import DIMENSIONS, NAME
from ombud.intelligence.retrieval.terms import counted_terms, packed_terms
from ombud.knowledge.articles.schemas import Reader
from ombud.knowledge.retrieval.queries import find_passages
from ombud.knowledge.retrieval.schemas import Ask, Meant
from ombud.shared.clock import utc_now

ARTICLES, EACH = 10_000, 5
TEXTS, TOGETHER = 3_000, 2
QUESTIONS = {"quick": 200, "full": 1_000}
REACH_MS, REACH_MB = 80.0, 600.0
WRITTEN_AT_ONCE = 2_000
READER = Reader("public", brand_ids=None)
ARTICLE = """
    insert into article (id, kind, audience, slug, default_locale, made_at, changed_at)
    overriding system value select n, 'article', case when n %% 4 = 0 then 'agents' else 'public' end, 'a' || n, 'en',
        %(at)s, %(at)s from generate_series(1, %(articles)s::bigint) n"""
VERSION = """
    insert into article_version (id, article_id, locale, number, state, title, body, plain, written_at, published_at)
    overriding system value select n, n, 'en', 1, 'published', 'Article ' || n, '', '', %(at)s, %(at)s
    from generate_series(1, %(articles)s::bigint) n"""
SOURCE = """
    insert into passage_source (article_id, locale, version_id, revision)
    select n, 'en', n, 1 from generate_series(1, %(articles)s::bigint) n"""
PASSAGE = """
    insert into passage (article_id, version_id, locale, position, heading, text, terms, vector, embedded_by)
    select u.article_id, u.article_id, 'en', u.position, 'Heading', u.text, u.terms, u.vector, %(maker)s
    from unnest(%(articles)s::bigint[], %(positions)s::int[], %(texts)s::text[], %(terms)s::bytea[],
        %(vectors)s::bytea[]) as u (article_id, position, text, terms, vector)"""


def main(arguments: argparse.Namespace) -> int:
    """Measure on a desk of its own, which is thrown away."""
    report = Report("retrieval", arguments)
    shutil.rmtree(bench_folder("retrieval"), ignore_errors=True)
    folder = bench_folder("retrieval")
    with database(folder) as url:
        asyncio.run(_measure(report, bench_settings(folder, url)))
    shutil.rmtree(folder, ignore_errors=True)
    return report.end()


async def _measure(report: Report, settings: Settings) -> None:
    dice = random.Random(4)
    texts = pool(TEXTS)
    async with connected(settings, max_connections=2) as parts:
        await _fill(parts, dice, texts)
        before = memory_kib(os.getpid()) / 1024
        started = time.perf_counter()
        async with parts.database.transaction() as tx:
            index = await parts.passages.current(tx)
            embedder = await parts.passages.meaning.embedder(tx)
        loaded = time.perf_counter() - started
        after = memory_kib(os.getpid()) / 1024
        questions = [" ".join(dice.choice(texts).split()[:8])[:40] for _ in range(QUESTIONS[report.scale])]
        times, alone = [], []
        for number, question in enumerate(questions):
            asked = f"{question} {number}"
            started = time.perf_counter()
            meant = Meant(await embedder.query(asked), embedder.name) if embedder is not None else None
            alone.append(time.perf_counter() - started)
            started = time.perf_counter()
            async with parts.database.transaction() as tx:
                found = await find_passages(tx, parts.passages, Ask(text=asked, reader=READER, meant=meant))
            times.append(time.perf_counter() - started + alone[-1])
            assert found
    p95 = percentile(times, 0.95) * 1000
    p50, told = percentile(times, 0.5), percentile(alone, 0.5)
    report.say(f"{len(index):,} passages: p50 {p50 * 1000:.1f} ms, p95 {p95:.1f} ms (to reach {REACH_MS:.0f})")
    report.say(f"of it the question's vector: p50 {told * 1000:.1f} ms, p95 {percentile(alone, 0.95) * 1000:.1f} ms")
    report.say(f"memory: {after:,.0f} MB (to reach {REACH_MB:.0f}), of it the index {after - before:,.0f} MB")
    report.say(f"the index was loaded in {loaded:.1f} s")
    limit = told if embedder else p50
    share = report.beside("questions on one connection", 1 / p50, 1 / limit, "the vector of a question alone")
    figures = {"passages": len(index), "memory_mb": round(after), "index_mb": round(after - before)}
    limits = {"loaded_s": round(loaded, 1), "limit_per_s": round(1 / limit), "ratio": share}
    report.keep({**spread(times), **figures, **limits})


async def _fill(parts: Parts, dice: random.Random, texts: list[str]) -> None:
    """Articles of texts as people write them; their vectors are made up, since real ones would take hours."""
    words = [counted_terms(text) for text in texts]
    numbers = np.random.default_rng(4)
    centres = numbers.normal(size=(200, DIMENSIONS)).astype(np.float32)
    async with parts.database.transaction() as tx:
        for sql in (ARTICLE, VERSION, SOURCE):
            await tx.execute(sql, {"at": utc_now(), "articles": ARTICLES})
        await tx.execute("update passage_revision set revision = 1")
        for first in range(0, ARTICLES * EACH, WRITTEN_AT_ONCE):
            places = range(first, first + WRITTEN_AT_ONCE)
            chosen = [[dice.randrange(TEXTS) for _ in range(TOGETHER)] for _ in places]
            near = centres[numbers.integers(0, len(centres), size=len(chosen))]
            vectors = of_length_one(near + numbers.normal(size=near.shape).astype(np.float32))
            counts = [sum((words[one] for one in of), start=Counter[int]()) for of in chosen]
            params = {
                "maker": NAME,
                "articles": [1 + place // EACH for place in places],
                "positions": [place % EACH for place in places],
                "texts": ["\n".join(texts[one] for one in of) for of in chosen],
                "terms": [packed_terms(one) for one in counts],
                "vectors": packed(vectors),
            }
            await tx.execute(PASSAGE, params)
    async with parts.database.transaction() as tx:
        await tx.execute("analyze")
