"""Choosing agents, by properties: whatever the desk looks like, nobody is overloaded and the fairest is taken."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ombud.routing.rules import decide
from ombud.routing.schemas import Candidate, WaitingTicket

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEAMS = st.integers(1, 4)


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    people = []
    for number in range(1, draw(st.integers(0, 6)) + 1):
        capacity = draw(st.integers(0, 10))
        idle = NOW - timedelta(minutes=draw(st.integers(0, 90)))
        teams = draw(st.lists(TEAMS, min_size=1, max_size=3, unique=True))
        people.append(Candidate(number, teams, capacity, draw(st.integers(0, 10)), idle))
    return people


@st.composite
def tickets(draw: st.DrawFn) -> list[WaitingTicket]:
    wanted = draw(st.lists(st.tuples(TEAMS, st.integers(1, 4)), max_size=25))
    return [WaitingTicket(number, team, 1, points) for number, (team, points) in enumerate(wanted, 1)]


def copy(people: list[Candidate]) -> list[Candidate]:
    return [
        Candidate(one.person_id, list(one.team_ids), one.capacity_points, one.load_points, one.idle_since)
        for one in people
    ]


@given(tickets(), candidates())
@settings(max_examples=150, deadline=None)
def test_decide_never_passes_a_capacity_and_chooses_members_only(
    waiting: list[WaitingTicket], people: list[Candidate]
) -> None:
    known = {one.person_id: one for one in copy(people)}
    points = {one.id: one.load_points for one in waiting}
    for one in decide(waiting, people, now=NOW):
        person = known[one.person_id]
        assert one.team_id in person.team_ids
        person.load_points += points[one.ticket_id]
        assert person.load_points <= person.capacity_points


@given(tickets(), candidates())
@settings(max_examples=100, deadline=None)
def test_decide_gives_each_ticket_once_and_is_the_same_every_time(
    waiting: list[WaitingTicket], people: list[Candidate]
) -> None:
    first = decide(waiting, copy(people), now=NOW)
    again = decide(waiting, list(reversed(copy(people))), now=NOW)
    assert [(one.ticket_id, one.person_id) for one in first] == [(one.ticket_id, one.person_id) for one in again]
    given_away = [one.ticket_id for one in first]
    assert given_away == sorted(set(given_away))


@given(tickets(), candidates())
@settings(max_examples=150, deadline=None)
def test_decide_takes_the_least_loaded_then_longest_idle_and_leaves_nothing_that_fits(
    waiting: list[WaitingTicket], people: list[Candidate]
) -> None:
    # The plain, slow way: look at everybody for each ticket.
    now = copy(people)
    expected = []
    for ticket in waiting:
        fit = [
            one
            for one in now
            if ticket.team_id in one.team_ids and one.load_points + ticket.load_points <= one.capacity_points
        ]
        if fit:
            best = min(fit, key=lambda one: (one.load_points / one.capacity_points, one.idle_since, one.person_id))
            expected.append((ticket.id, best.person_id))
            best.load_points += ticket.load_points
            best.idle_since = NOW
    assert [(one.ticket_id, one.person_id) for one in decide(waiting, people, now=NOW)] == expected


def test_decide_twice_the_capacity_carries_twice_the_work() -> None:
    people = [Candidate(1, [1], 5, 0, NOW), Candidate(2, [1], 10, 0, NOW)]
    decisions = decide([WaitingTicket(number, 1, 1, 1) for number in range(12)], people, now=NOW)
    assert [sum(one.person_id == person for one in decisions) for person in (1, 2)] == [4, 8]


def test_decide_large_ticket_that_fits_nobody_does_not_stop_the_small_ones() -> None:
    people = [Candidate(1, [1], 3, 2, NOW)]
    decisions = decide(
        [WaitingTicket(1, 1, 1, 2), WaitingTicket(2, 1, 1, 1), WaitingTicket(3, 9, 1, 1)], people, now=NOW
    )
    assert [one.ticket_id for one in decisions] == [2]
