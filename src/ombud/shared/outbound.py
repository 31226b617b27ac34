"""Requests to addresses that people typed in: webhooks, and whatever else a user may point somewhere.

The guard looks at what a name resolves to and connects to exactly the address that it looked at, so that a name which
changes its mind in between (DNS rebinding) gains nothing. Only public addresses pass, and what ``OMBUD_OUTBOUND_ALLOW``
names. Proxies of the environment are not used: they would resolve the name again.
"""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from types import TracebackType
from typing import Self

import httpx
from msgspec import Struct

from ombud.shared.errors import Invalid, UpstreamFailed

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

MAX_URL_LENGTH = 2_000
MAX_PORT = 65_535
MAX_ADDRESSES_TRIED = 3
MAX_CONNECTIONS = 200
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Headers that belong to the first host alone.
PRIVATE_HEADERS = frozenset({"authorization", "cookie", "host"})

# What Python calls global and yet leads inside: multicast, the relay and tunnel ranges that carry another address
# within, and metadata services of clouds that live on such addresses.
REFUSED = tuple(
    ip_network(text)
    for text in (
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
    )
)
# Everything else of IPv6 (loopback, mapped IPv4, NAT64, unique local, link local, multicast) lies outside of this.
GLOBAL_UNICAST = IPv6Network("2000::/3")


class AddressRefused(Invalid):
    """This address may not be called. Use http or https and a host with public addresses."""

    code = "address_refused"


class OutboundFailed(UpstreamFailed):
    """The address did not answer."""

    code = "outbound_failed"


class Answer(Struct, frozen=True):
    """What came back. ``body`` is as it came over the wire, at most as long as was asked for."""

    status: int
    headers: dict[str, str]
    body: bytes
    is_cut: bool
    duration_ms: int


class Limits(Struct, frozen=True):
    """How long a request may take in all, redirects included, and how much of the answer is read."""

    seconds: float = 10.0
    body_bytes: int = 65_536
    redirects: int = 0


DEFAULT_LIMITS = Limits()


async def resolve_name(host: str, port: int) -> list[str]:
    """All addresses of a name, in the order in which they should be tried."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class Guard:
    """Decides which addresses may be called."""

    def __init__(
        self, allow: Sequence[str] = (), *, resolve: Resolve = resolve_name, setting: str = "OMBUD_OUTBOUND_ALLOW"
    ) -> None:
        self._allow: tuple[Network, ...] = tuple(ip_network(text) for text in allow)
        self._resolve = resolve
        self._setting = setting

    def permits(self, address: Address) -> bool:
        """Whether one address may be called."""
        if any(address in network for network in self._allow):
            return True
        if any(address in network for network in REFUSED):
            return False
        if isinstance(address, IPv6Address) and address not in GLOBAL_UNICAST:
            return False
        return address.is_global

    def check_url(self, text: str) -> httpx.URL:
        """An address fit to be kept, as far as it can be told without asking for the name.

        Raises:
            AddressRefused: it is none, not http or https, holds a password, or names an address that is not public.
        """
        if len(text) > MAX_URL_LENGTH:
            raise AddressRefused(f"The address is longer than {MAX_URL_LENGTH} characters.")
        try:
            url = httpx.URL(text)
        except httpx.InvalidURL as problem:
            raise AddressRefused(f"This is not an address: {problem}") from problem
        if url.scheme not in {"http", "https"} or not url.host:
            raise AddressRefused("The address must begin with http:// or https:// and name a host.")
        if url.port is not None and not 0 < url.port <= MAX_PORT:
            raise AddressRefused(f"The port must be between 1 and {MAX_PORT}.")
        if url.userinfo:
            raise AddressRefused("The address must not hold a name or a password.")
        with contextlib.suppress(ValueError):
            self._require(_parse(url.raw_host.decode()), url)
        return url

    async def addresses(self, url: httpx.URL) -> list[Address]:
        """The checked addresses of a host. One that is not public spoils the whole name.

        Raises:
            AddressRefused: the name leads inside.
            OutboundFailed: the name is not known.
        """
        self.check_url(str(url))
        host, port = url.raw_host.decode(), url.port or (443 if url.scheme == "https" else 80)
        try:
            found = [_parse(text) for text in await self._resolve(host, port)]
        except (OSError, UnicodeError) as problem:
            raise OutboundFailed(f"The name {host} is not known: {problem}") from problem
        if not found:
            raise OutboundFailed(f"The name {host} has no address.")
        for address in found:
            self._require(address, url)
        return found

    def _require(self, address: Address, url: httpx.URL) -> None:
        if not self.permits(address):
            raise AddressRefused(
                f"{url.host} leads to {address}, which is not a public address. An administrator of the machine can"
                f" allow networks by {self._setting}."
            )


@cache
def _trusted() -> ssl.SSLContext:
    # Reading all certificates takes 20 ms.
    return httpx.create_ssl_context(trust_env=False)


class PinnedTransport(httpx.AsyncBaseTransport):
    """Connects to the address that the guard has seen, under the name that the URL holds."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        # No connection is kept: one made for a host must not serve another host on the same address.
        limits = httpx.Limits(max_connections=MAX_CONNECTIONS, max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(verify=_trusted(), limits=limits, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send to the first checked address that takes a connection."""
        addresses = (await self._guard.addresses(request.url))[:MAX_ADDRESSES_TRIED]
        for address in addresses[:-1]:
            with contextlib.suppress(httpx.ConnectError, httpx.ConnectTimeout):
                return await self._inner.handle_async_request(_pinned(request, address))
        return await self._inner.handle_async_request(_pinned(request, addresses[-1]))

    async def aclose(self) -> None:
        """Close what is open."""
        await self._inner.aclose()


class Outbound:
    """Makes guarded requests; one per process is enough. Use it as an async context, or close it."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self._client = httpx.AsyncClient(transport=PinnedTransport(guard), trust_env=False, follow_redirects=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close what is open."""
        await self._client.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        limits: Limits = DEFAULT_LIMITS,
    ) -> Answer:
        """Send one request. A redirect is an answer like any other unless ``limits`` allow to follow it.

        What came in time of the body is given, even if the rest did not come.

        Raises:
            AddressRefused: the address, or one that it redirects to, may not be called.
            OutboundFailed: no answer in time.
        """
        started = time.monotonic()
        request = self._build(method, self.guard.check_url(url), headers or {}, body, limits)
        try:
            async with asyncio.timeout(limits.seconds) as deadline:
                return await self._follow(request, limits, started, deadline)
        except TimeoutError as problem:
            raise OutboundFailed(f"No answer within {limits.seconds:g} s.") from problem
        except httpx.HTTPError as problem:
            raise OutboundFailed(f"{type(problem).__name__}: {problem}") from problem

    async def _follow(
        self, request: httpx.Request, limits: Limits, started: float, deadline: asyncio.Timeout
    ) -> Answer:
        for _ in range(limits.redirects):
            answer = await self._send(request, limits, started, deadline)
            if answer.status not in REDIRECTS or "location" not in answer.headers:
                return answer
            request = self._redirected(request, answer, limits)
        return await self._send(request, limits, started, deadline)

    def _redirected(self, request: httpx.Request, answer: Answer, limits: Limits) -> httpx.Request:
        target = self.guard.check_url(str(request.url.join(answer.headers["location"])))
        private = (
            PRIVATE_HEADERS if target.host != request.url.host or target.scheme != request.url.scheme else {"host"}
        )
        headers = {name: value for name, value in request.headers.items() if name not in private}
        keeps_method = answer.status in {307, 308} or request.method in {"GET", "HEAD"}
        if keeps_method:
            return self._build(request.method, target, headers, request.content, limits)
        about_body = {"content-length", "content-type"}
        return self._build("GET", target, {k: v for k, v in headers.items() if k not in about_body}, b"", limits)

    def _build(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], body: bytes, limits: Limits
    ) -> httpx.Request:
        # Compressed answers could be bombs; nothing here needs them.
        plain = {"Accept-Encoding": "identity", "User-Agent": "Ombud", **headers}
        return self._client.build_request(method, url, headers=plain, content=body, timeout=limits.seconds)

    async def _send(self, request: httpx.Request, limits: Limits, started: float, deadline: asyncio.Timeout) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            body, is_cut = await _read(response, limits, deadline)
        finally:
            await response.aclose()
        milliseconds = round((time.monotonic() - started) * 1000)
        return Answer(response.status_code, dict(response.headers), body, is_cut, milliseconds)


async def _read(response: httpx.Response, limits: Limits, deadline: asyncio.Timeout) -> tuple[bytes, bool]:
    # The status is what counts: a body that dribbles or breaks off must not turn a success into a failure.
    left = (deadline.when() or 0.0) - asyncio.get_running_loop().time()
    body = bytearray()
    is_whole = False
    with contextlib.suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(max(0.0, left - 0.05)):
            is_whole = await _fill(body, response, limits.body_bytes)
    return bytes(body[: limits.body_bytes]), not is_whole


async def _fill(body: bytearray, response: httpx.Response, most: int) -> bool:
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > most:
            return False
    return True


def _parse(text: str) -> Address:
    return ip_address(text.partition("%")[0])


def _pinned(request: httpx.Request, address: Address) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode()},
    )
