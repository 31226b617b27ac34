"""What tells kinds of texts apart and learns to; other rooms take it from here."""

from ombud.intelligence.classification.heads import Head
from ombud.intelligence.classification.language import language_of
from ombud.intelligence.classification.lessons import Example, Learnt, Lesson, usable
from ombud.intelligence.classification.prototypes import Prototypes, prototypes_of
from ombud.intelligence.classification.seeds import examples_of
from ombud.intelligence.classification.small import learn_small
from ombud.intelligence.classification.stored import unpacked_head

__all__ = [
    "Example",
    "Head",
    "Learnt",
    "Lesson",
    "Prototypes",
    "examples_of",
    "language_of",
    "learn_small",
    "prototypes_of",
    "unpacked_head",
    "usable",
]
