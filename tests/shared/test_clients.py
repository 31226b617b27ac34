"""From which address a request comes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Request

from ombud.shared.clients import client_address, client_ip, limit_address


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("203.0.113.5", "", [], "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", [], "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", ["10.0.0.0/8"], "203.0.113.5"),
        ("10.0.0.2", "198.51.100.1", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.1", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.1, 10.0.0.9", ["10.0.0.0/8"], "198.51.100.1"),
        ("10.0.0.2", "10.0.0.7, 10.0.0.9", ["10.0.0.0/8"], "10.0.0.7"),
        ("10.0.0.2", "", ["10.0.0.0/8"], "10.0.0.2"),
        ("10.0.0.2", "<script>", ["10.0.0.0/8"], "10.0.0.2"),
        ("10.0.0.2", " , ,", ["10.0.0.0/8"], "10.0.0.2"),
        ("::1", "2001:db8::5", ["::1/128"], "2001:db8::5"),
        ("::ffff:10.0.0.2", "198.51.100.1", ["10.0.0.0/8"], "198.51.100.1"),
        ("::ffff:203.0.113.5", "", [], "203.0.113.5"),
        ("", "198.51.100.1", ["10.0.0.0/8"], ""),
        ("a socket", "198.51.100.1", ["10.0.0.0/8"], "a socket"),
    ],
)
def test_client_address_believes_trusted_proxies_only(
    peer: str, forwarded: str, proxies: list[str], address: str
) -> None:
    assert client_address(peer, forwarded, proxies) == address


@given(st.text(max_size=200))
def test_client_address_never_fails_on_what_clients_write(forwarded: str) -> None:
    assert client_address("10.0.0.2", forwarded, ["10.0.0.0/8"])


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.1", "198.51.100.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.1", "::ffff:198.51.100.1"),
        ("", ""),
    ],
)
def test_limit_address_counts_a_subscriber_as_one(address: str, counted: str) -> None:
    assert limit_address(address) == counted


class Surroundings:
    proxies = ("10.0.0.0/8",)


def request_of(client: tuple[str, int] | None, lines: list[str]) -> Request[Any, Any, Any]:
    scope: Any = {"type": "http", "client": client, "headers": [(b"x-forwarded-for", line.encode()) for line in lines]}
    return Request(scope)


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        ([], "10.0.0.2"),
        (["198.51.100.1"], "198.51.100.1"),
        (["6.6.6.6", "198.51.100.1"], "198.51.100.1"),
        (["6.6.6.6, 198.51.100.1", "10.0.0.9"], "198.51.100.1"),
    ],
)
def test_client_ip_reads_all_lines_as_one_way(lines: list[str], address: str) -> None:
    assert client_ip(request_of(("10.0.0.2", 4000), lines), Surroundings()) == address


def test_client_ip_without_a_peer_is_empty() -> None:
    assert client_ip(request_of(None, []), Surroundings()) == ""
