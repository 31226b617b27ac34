"""``ombud eval knowledge``: the right paragraph for a question, among all paragraphs of a file."""

import argparse
import json
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from ombud.cli.evaluations.meaning import load_meaning
from ombud.intelligence.embedding.schemas import packed
from ombud.intelligence.retrieval.ranking import Index, query_of
from ombud.intelligence.retrieval.segments import Entry
from ombud.intelligence.retrieval.terms import counted_terms, packed_terms
from ombud.knowledge.retrieval.rules import cut_article
from ombud.shared.installation import InstallationError

AT_LEAST: Final = 10
DEPTHS: Final = (1, 3, 10)


class Paragraph(Struct):
    """A paragraph and what is asked about it."""

    text: str
    questions: list[str] = []


def run(arguments: argparse.Namespace) -> int:
    """Rank the paragraphs for every question, in the order of the file, and say how often the right one was first."""
    paragraphs = _read(arguments.data)
    asked = [(question, number) for number, one in enumerate(paragraphs) for question in one.questions]
    ranked = _rank(paragraphs, [question for question, _ in asked])
    arguments.out.write_text("".join(json.dumps({"ranked": one}) + "\n" for one in ranked), encoding="utf-8")
    right = [number for _, number in asked]
    scores: dict[str, float] = {"paragraphs": len(paragraphs), "questions": len(asked)}
    for depth in DEPTHS:
        found = sum(number in one[:depth] for number, one in zip(right, ranked, strict=True))
        scores[f"recall_at_{depth}"] = round(found / max(len(asked), 1), 4)
    print(f"{len(asked)} questions on {len(paragraphs)} paragraphs: the right one first {scores['recall_at_1']:.4f}")
    print(f"among the first three {scores['recall_at_3']:.4f}, among the first ten {scores['recall_at_10']:.4f}")
    if arguments.json:
        print(json.dumps(scores))
    return 0


def _rank(paragraphs: list[Paragraph], questions: list[str]) -> list[list[int]]:
    model = load_meaning()
    cuts = [(number, cut) for number, one in enumerate(paragraphs) for cut in cut_article("", one.text)]
    texts = [cut.text for _, cut in cuts]
    vectors = packed(model.passages(texts)) if model else [None] * len(texts)
    entries = [
        Entry(place, number, "", packed_terms(counted_terms(cut.text)), vector)
        for place, ((number, cut), vector) in enumerate(zip(cuts, vectors, strict=True))
    ]
    index = Index().changed((), entries)
    asked = model.queries(questions) if model else [None] * len(questions)
    limit = min(max(AT_LEAST, 10), len(paragraphs))
    found = []
    for question, vector in zip(questions, asked, strict=True):
        best = [hit.article_id for hit in index.best(query_of(question, vector), limit)]
        rest = [number for number in range(len(paragraphs)) if number not in set(best)]
        found.append([*best, *rest[: limit - len(best)]])
    return found


def _read(data: Path) -> list[Paragraph]:
    try:
        return msgspec.json.decode(data.read_bytes(), type=list[Paragraph])
    except (OSError, msgspec.MsgspecError) as problem:
        msg = f'{data} does not hold a list like [{{"text": …, "questions": ["…"]}}]: {problem}'
        raise InstallationError(msg) from problem
