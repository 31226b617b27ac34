"""Verbs of what becomes of knowledge; whoever shows articles notes searches, uses and feedback here."""

from ombud.knowledge.reports.services.noting import note_feedback, note_search, note_use

__all__ = ["note_feedback", "note_search", "note_use"]
