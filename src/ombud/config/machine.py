"""Who answers in the chat by itself: the room above it."""

from ombud.assistance.answering import services
from ombud.channels.chat.machine import Machine

MACHINE: Machine = services
