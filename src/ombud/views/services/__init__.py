"""Verbs of views and of jobs over many tickets."""

from ombud.views.fields import places_of

__all__ = ["places_of"]
