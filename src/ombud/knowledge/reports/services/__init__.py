"""Verbs of what becomes of knowledge; whoever shows articles notes searches, uses and feedback here."""

from ombud.knowledge.reports.rules import Passage, is_telling, same_words, sentences
from ombud.knowledge.reports.services.noting import forget_uses, note_feedback, note_search, note_use

__all__ = [
    "Passage",
    "forget_uses",
    "is_telling",
    "note_feedback",
    "note_search",
    "note_use",
    "same_words",
    "sentences",
]
