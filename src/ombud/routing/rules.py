"""Pure choice of agents: given waiting tickets and free agents, who takes what. No database, no clock."""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from ombud.routing.schemas import Candidate, Decision, WaitingTicket


def decide(waiting: Sequence[WaitingTicket], candidates: Sequence[Candidate], *, now: datetime) -> list[Decision]:
    """Give waiting tickets, in their order, to the least loaded candidate of their team, then the longest idle one.

    Load is relative to capacity, so that somebody with twice the capacity carries twice the work. Each team keeps
    a heap of its candidates; entries made stale by a decision are put right when they come up, so a batch costs
    (tickets + candidates) x log(candidates).
    """
    heaps: dict[int, list[tuple[float, datetime, int]]] = defaultdict(list)
    people = {one.person_id: one for one in candidates if one.load_points < one.capacity_points}
    for one in people.values():
        for team_id in one.team_ids:
            heaps[team_id].append(_rank(one))
    for heap in heaps.values():
        heapq.heapify(heap)
    decisions = []
    for ticket in waiting:
        chosen = _take(heaps.get(ticket.team_id, []), people, ticket)
        if chosen is None:
            continue
        decisions.append(
            Decision(
                ticket.id,
                ticket.team_id,
                chosen.person_id,
                # with the chosen one, whose place in the heap is empty for the moment
                len(heaps[ticket.team_id]) + 1,
                chosen.load_points,
                chosen.capacity_points,
                chosen.idle_since,
            )
        )
        chosen.load_points += ticket.load_points
        chosen.idle_since = now
        heapq.heappush(heaps[ticket.team_id], _rank(chosen))
    return decisions


def _rank(one: Candidate) -> tuple[float, datetime, int]:
    return (one.load_points / max(one.capacity_points, 1), one.idle_since, one.person_id)


def _take(
    heap: list[tuple[float, datetime, int]], people: dict[int, Candidate], ticket: WaitingTicket
) -> Candidate | None:
    set_aside = []
    chosen = None
    while heap and chosen is None:
        rank = heapq.heappop(heap)
        one = people[rank[2]]
        if rank != _rank(one):
            # Another team's ticket went to them meanwhile: their place in this heap is an old one.
            heapq.heappush(heap, _rank(one))
        elif one.takes(ticket):
            chosen = one
        elif one.load_points < one.capacity_points:
            set_aside.append(rank)
    for rank in set_aside:
        heapq.heappush(heap, rank)
    return chosen
