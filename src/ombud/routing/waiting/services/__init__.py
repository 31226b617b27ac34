"""Verbs of waiting; those named here are what the chat asks for."""

from ombud.routing.waiting.queries import callback_of, told_of
from ombud.routing.waiting.services.callbacks import ask_callback, withdraw_callback
from ombud.routing.waiting.services.telling import newcomer

__all__ = ["ask_callback", "callback_of", "newcomer", "told_of", "withdraw_callback"]
