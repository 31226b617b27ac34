"""From a lesson to a head that was measured on what no head has seen. Heavy to import: for a process of its own."""

from collections.abc import Sequence

import numpy as np

from ombud.intelligence.classification.heads import Head
from ombud.intelligence.classification.lessons import Example, Learnt, Lesson
from ombud.intelligence.classification.stored import packed_head, unpacked_head
from ombud.intelligence.classification.training import learn
from ombud.intelligence.embedding.schemas import Vectors
from ombud.intelligence.embedding.shipped import NAME, load_shipped

# A desk's head is small: it has few labels, and it is kept many times over.
COLUMNS = 1 << 14
# What the model reads of a text; tickets are looked at in the same length.
LETTERS = 240


def learn_lesson(lesson: Lesson) -> Learnt:
    """Learn from four fifths, measure the new head and the one before on the rest."""
    learnt = [one for one in lesson.examples if not one.is_apart]
    apart = [one for one in lesson.examples if one.is_apart]
    model = load_shipped() if lesson.with_meaning else None
    vectors = model.queries([one.text[:LETTERS] for one in learnt]) if model else None
    head = learn([one.text for one in learnt], [one.label for one in learnt], vectors, columns=COLUMNS)
    asked = model.queries([one.text[:LETTERS] for one in apart]) if model else None
    before = unpacked_head(lesson.before) if lesson.before else None
    if before is not None and before.needs_vectors and model is None:
        before = None
    return Learnt(
        head=packed_head(head),
        embedded_by=NAME if model else None,
        examples=len(learnt),
        labels=len(head.labels),
        held_out=len(apart),
        score=_score(head, apart, asked),
        score_before=None if before is None else _score(before, apart, asked),
    )


def _score(head: Head, examples: Sequence[Example], vectors: Vectors | None) -> float:
    guesses = head.guess([one.text for one in examples], vectors if head.needs_vectors else None)
    return float(np.mean([guess.label == one.label for guess, one in zip(guesses, examples, strict=True)]))
