"""What a customer's timeline is made of: each room's sources, one line each."""

from ombud.tickets.queries.customer_timeline import OWN_SOURCES, Source

SOURCES: list[Source] = [
    *OWN_SOURCES,
]
