"""Verbs of guidance; :func:`cards_for` is for whoever shows cards."""

from ombud.assistance.guidance.services.showing import Facing, cards_for

__all__ = ["Facing", "cards_for"]
