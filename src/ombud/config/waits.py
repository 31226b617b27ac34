"""Who measures waits for the chat: routing, which stands beside it."""

from ombud.channels.chat.waiting import Waits
from ombud.routing.waiting import services

WAITS: Waits = services
