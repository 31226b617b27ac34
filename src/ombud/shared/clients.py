"""From which address a request comes, and what limits count as one client."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Protocol

from litestar.connection import ASGIConnection


class Proxies(Protocol):
    """The settings that matter here."""

    @property
    def proxies(self) -> Sequence[str]:
        """Networks of trusted proxies."""
        ...


def client_ip(connection: ASGIConnection[Any, Any, Any, Any], settings: Proxies) -> str:
    """The address that a request comes from; X-Forwarded-For counts only from trusted proxies."""
    peer = connection.client.host if connection.client else ""
    # A proxy may append to the line or add one of its own: all lines together are the way that the request took.
    forwarded = ",".join(connection.headers.getall("x-forwarded-for", []))
    return client_address(peer, forwarded, settings.proxies)


def client_address(peer: str, forwarded: str, proxies: Sequence[str]) -> str:
    """The address of a client: the peer, or what trusted proxies say, read from the right until one is not trusted.

    Whatever stands further left was written by the client itself and proves nothing.
    """
    networks = [ip_network(proxy) for proxy in proxies]
    address = peer
    for hop in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
        if not _is_within(address, networks):
            break
        if _parsed(hop) is None:
            break
        address = hop
    return str(_parsed(address) or address)


def limit_address(address: str) -> str:
    """What limits count as one client: an IPv4 address, or the /64 network that one IPv6 subscriber has."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return address


def _is_within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    # A dual-stack socket shows IPv4 peers as ::ffff:192.0.2.1.
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
