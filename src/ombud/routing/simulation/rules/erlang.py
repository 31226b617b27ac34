"""Exact values of queues that a simulated day is measured against. No chance in it."""

from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

TAIL = 1e-17
MOST_STATES = 20_000


class QueueValues(Struct, frozen=True):
    """What a queue in balance shows; times in the unit of the rates."""

    p_wait: float
    waiting: float
    mean_wait: float
    p_abandon: float
    p_block: float
    occupancy: float


def erlang_b(offered: float, servers: int) -> float:
    """The share that finds all busy, where nobody waits.

    Source: Erlang 1917; the recursion keeps to numbers between 0 and 1.
    """
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return blocked


def erlang_c(offered: float, servers: int) -> float:
    """The share that must wait, where everybody waits as long as it takes; 1 where more is offered than served."""
    if offered >= servers:
        return 1.0
    blocked = erlang_b(offered, servers)
    return servers * blocked / (servers - offered * (1 - blocked))


def queue_values(
    arrival_rate: float, service_rate: float, servers: int, *, leaving_rate: float = 0.0, places: int | None = None
) -> QueueValues:
    """Balance of arrivals, service and leaving: Erlang B, C and A, with a waiting room of any size.

    ``places`` are those in the system, served or waiting. Rates are all in the same unit.

    Source: the birth-death equations of M/M/s/K+M.
    """
    weights = list(islice(_weights(arrival_rate, service_rate, servers, leaving_rate), (places or MOST_STATES) + 1))
    total = sum(weights)
    share = [one / total for one in weights]
    blocked = share[places] if places is not None else 0.0
    waiting = sum((number - servers) * one for number, one in enumerate(share) if number > servers)
    return QueueValues(
        p_wait=sum(share[servers:places]),
        waiting=waiting,
        mean_wait=waiting / (arrival_rate * (1 - blocked)),
        p_abandon=leaving_rate * waiting / arrival_rate,
        p_block=blocked,
        occupancy=sum(min(number, servers) * one for number, one in enumerate(share)) / servers,
    )


def _weights(arrival_rate: float, service_rate: float, servers: int, leaving_rate: float) -> Iterator[float]:
    """Weights of 0, 1, 2, … in the system, until the rest no longer counts."""
    weight = total = 1.0
    number = 0
    while number <= servers or weight > TAIL * total:
        yield weight
        number += 1
        out = min(number, servers) * service_rate + max(0, number - servers) * leaving_rate
        weight *= arrival_rate / out
        total += weight
