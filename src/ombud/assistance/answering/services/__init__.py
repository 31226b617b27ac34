"""Verbs of answering; those named here are what other rooms ask for."""

from ombud.assistance.answering.queries import is_answering
from ombud.assistance.answering.services.ending import note_helped, say_helped
from ombud.assistance.answering.services.finding import Knowing
from ombud.assistance.answering.services.proposing import propose
from ombud.assistance.answering.services.wording import ModelWorder

__all__ = ["Knowing", "ModelWorder", "is_answering", "note_helped", "propose", "say_helped"]
