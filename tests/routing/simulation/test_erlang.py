"""Exact values of queues against published ones and against each other."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.routing.simulation.rules.erlang import erlang_b, erlang_c, queue_values


@pytest.mark.parametrize(
    ("offered", "servers", "published"),
    # text-book tables of Erlang B
    [(1.0, 1, 0.5), (2.0, 3, 0.2105), (10.0, 10, 0.2146), (100.0, 100, 0.0757)],
)
def test_erlang_b_equals_the_published_table(offered: float, servers: int, published: float) -> None:
    assert erlang_b(offered, servers) == pytest.approx(published, abs=6e-5)


@pytest.mark.parametrize(("offered", "servers", "published"), [(10, 14, 0.174), (10, 15, 0.102), (3.87, 8, 0.05)])
def test_erlang_c_equals_the_published_table(offered: float, servers: int, published: float) -> None:
    assert erlang_c(offered, servers) == pytest.approx(published, abs=6e-4)


def test_erlang_c_with_more_offered_than_served_is_one() -> None:
    assert erlang_c(12, 10) == 1.0


@given(servers=st.integers(1, 60), use=st.floats(0.1, 0.95))
def test_queue_values_without_leaving_are_erlang_c(servers: int, use: float) -> None:
    offered = servers * use
    found = queue_values(offered, 1.0, servers)
    waits = erlang_c(offered, servers)
    assert found.p_wait == pytest.approx(waits, rel=1e-6)
    assert found.mean_wait == pytest.approx(waits / (servers - offered), rel=1e-6)
    assert found.occupancy == pytest.approx(use, rel=1e-6)


@given(servers=st.integers(1, 60), offered=st.floats(0.1, 80))
def test_queue_values_without_waiting_places_are_erlang_b(servers: int, offered: float) -> None:
    found = queue_values(offered, 1.0, servers, places=servers)
    assert found.p_block == pytest.approx(erlang_b(offered, servers), rel=1e-9)
    assert found.p_wait == 0


def test_queue_values_leaving_as_fast_as_served_is_a_poisson_number() -> None:
    found = queue_values(10.0, 1.0, 10, leaving_rate=1.0)
    below = sum(math.exp(-10) * 10**number / math.factorial(number) for number in range(10))
    assert found.p_wait == pytest.approx(1 - below, rel=1e-9)


def test_queue_values_of_wallace_and_whitt_equal_the_published_bound() -> None:
    found = queue_values(84 / 600, 1 / 600, 90, places=120)
    assert found.mean_wait == pytest.approx(27.0, abs=0.01)
    assert found.p_block == pytest.approx(0.00364, abs=1e-5)
