"""The guard of outgoing requests: what leads inside is refused, whatever it is called and whenever it changes."""

import asyncio
import datetime as dt
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.outbound import AddressRefused, Guard, Limits, Outbound, OutboundFailed
from tests.receiver import Receiver, receiving

INSIDE = [
    "0.0.0.0",  # noqa: S104 – asked, not bound
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.8.8",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = ["8.8.8.8", "1.1.1.1", "114.114.114.114", "2606:4700::1111", "2400:3200::1"]


def resolving(*answers: Sequence[str]) -> tuple[list[str], Callable[[str, int], Awaitable[Sequence[str]]]]:
    """A name server that gives one answer after another, and the list of what it was asked."""
    asked: list[str] = []

    async def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return answers[min(len(asked), len(answers)) - 1]

    return asked, resolve


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving("0.0.0.0") as one:  # noqa: S104 – which address of ours was called is the question
        yield one


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    async with Outbound(Guard(["127.0.0.0/8"])) as one:
        yield one


@pytest.mark.parametrize("text", INSIDE)
def test_permits_address_inside_says_no(text: str) -> None:
    assert not Guard().permits(ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_permits_public_address_says_yes(text: str) -> None:
    assert Guard().permits(ip_address(text))


@given(st.ip_addresses())
def test_permits_never_an_address_that_python_calls_private(address: object) -> None:
    one = ip_address(str(address))
    assert not (Guard().permits(one) and (one.is_private or one.is_loopback or one.is_link_local or one.is_multicast))


def test_permits_address_in_the_allow_list_says_yes() -> None:
    guard = Guard(["10.1.0.0/16", "::1/128"])
    assert guard.permits(ip_address("10.1.2.3"))
    assert guard.permits(ip_address("::1"))
    assert not guard.permits(ip_address("10.2.0.1"))
    assert not guard.permits(ip_address("::ffff:10.1.2.3"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook",
        "//example.com",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "unix:///run/x",
        "javascript:alert(1)",
        "http://",
        "https:///path",
        "http://user:pass@example.com/",
        "http://example.com\n.evil/",
        "http://[::1/",
        "http://example.com:99999/",
        "http://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:7f00:1]/",
        "http://[fe80::1%25eth0]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://" + "a" * 3000 + ".example/",
    ],
)
def test_check_url_unfit_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        Guard().check_url(url)


@pytest.mark.parametrize("url", ["https://example.com/a?b=c#d", "http://例子.测试:8080/", "https://8.8.8.8/"])
def test_check_url_fit_is_given_back(url: str) -> None:
    assert Guard().check_url(url).host


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
async def test_request_to_loopback_in_disguise_is_refused(receiver: Receiver, host: str) -> None:
    async with Outbound(Guard()) as outbound:
        with pytest.raises((AddressRefused, OutboundFailed)):
            await outbound.request("GET", receiver.url(host=host))
    assert receiver.got == []


async def test_request_sends_method_headers_and_body(receiver: Receiver, outbound: Outbound) -> None:
    answer = await outbound.request("POST", receiver.url("/a?b=1"), headers={"X-A": "1"}, body=b"{}")
    (got,) = receiver.got
    assert (got.method, got.path, got.body, got.headers["x-a"]) == ("POST", "/a?b=1", b"{}", "1")
    assert (answer.status, answer.body, answer.is_cut) == (200, b"thanks", False)
    assert answer.duration_ms >= 0


async def test_request_connects_to_the_resolved_address_under_the_name(receiver: Receiver) -> None:
    asked, resolve = resolving(["127.0.0.5"])
    async with Outbound(Guard(["127.0.0.5/32"], resolve=resolve)) as outbound:
        await outbound.request("GET", receiver.url(host="hook.example"))
    (got,) = receiver.got
    assert got.local_address == "127.0.0.5"
    assert got.headers["host"] == f"hook.example:{receiver.port}"
    assert asked == ["hook.example"]


async def test_request_to_a_name_that_rebinds_never_reaches_the_second_address(receiver: Receiver) -> None:
    asked, resolve = resolving(["127.0.0.2"], ["127.0.0.1"])
    async with Outbound(Guard(["127.0.0.2/32"], resolve=resolve)) as outbound:
        await outbound.request("GET", receiver.url(host="rebind.example"))
        with pytest.raises(AddressRefused):
            await outbound.request("GET", receiver.url(host="rebind.example"))
    assert [got.local_address for got in receiver.got] == ["127.0.0.2"]
    # Once for each request: what was checked is what was called.
    assert len(asked) == 2


async def test_request_to_a_name_with_one_address_inside_is_refused(receiver: Receiver) -> None:
    _, resolve = resolving(["127.0.0.2", "10.0.0.1"])
    async with Outbound(Guard(["127.0.0.2/32"], resolve=resolve)) as outbound:
        with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
            await outbound.request("GET", receiver.url(host="two.example"))
    assert receiver.got == []


async def test_request_whose_first_address_is_dead_takes_the_next(receiver: Receiver) -> None:
    async with receiving("127.0.0.3") as other:
        _, resolve = resolving(["127.0.0.4", "127.0.0.3"])
        async with Outbound(Guard(["127.0.0.0/8"], resolve=resolve)) as outbound:
            answer = await outbound.request("GET", other.url(host="dead.example"))
    assert answer.status == 200
    assert receiver.got == []


async def test_request_to_an_unknown_name_fails() -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    async with Outbound(Guard(resolve=resolve)) as outbound:
        with pytest.raises(OutboundFailed, match="not known"):
            await outbound.request("GET", "http://nowhere.example/")


async def test_request_redirected_is_an_answer_by_default(receiver: Receiver, outbound: Outbound) -> None:
    receiver.status, receiver.headers = 302, {"Location": "http://127.0.0.1:1/"}
    assert (await outbound.request("POST", receiver.url())).status == 302
    assert len(receiver.got) == 1


async def test_request_redirected_inside_is_refused(receiver: Receiver) -> None:
    _, resolve = resolving(["127.0.0.2"])
    receiver.status, receiver.headers = 302, {"Location": receiver.url("/inside")}
    async with Outbound(Guard(["127.0.0.2/32"], resolve=resolve)) as outbound:
        with pytest.raises(AddressRefused):
            await outbound.request("GET", receiver.url(host="out.example"), limits=Limits(redirects=3))
    assert [got.path for got in receiver.got] == ["/hook"]


async def test_request_redirected_to_a_file_is_refused(receiver: Receiver, outbound: Outbound) -> None:
    receiver.status, receiver.headers = 302, {"Location": "file:///etc/passwd"}
    with pytest.raises(AddressRefused):
        await outbound.request("GET", receiver.url(), limits=Limits(redirects=3))


async def test_request_redirected_follows_as_far_as_allowed(receiver: Receiver, outbound: Outbound) -> None:
    receiver.status, receiver.headers = 302, {"Location": "/again"}
    answer = await outbound.request("GET", receiver.url(), limits=Limits(redirects=2))
    assert answer.status == 302
    assert [got.path for got in receiver.got] == ["/hook", "/again", "/again"]


async def test_request_redirected_elsewhere_keeps_credentials_back(receiver: Receiver, outbound: Outbound) -> None:
    receiver.statuses, receiver.headers = [307, 200], {"Location": receiver.url("/other", host="127.0.0.9")}
    secret = {"Authorization": "Bearer x", "Cookie": "a=b", "X-Kept": "1"}
    await outbound.request("POST", receiver.url(), headers=secret, body=b"hello", limits=Limits(redirects=1))
    first, second = receiver.got
    assert "authorization" in first.headers
    assert not {"authorization", "cookie"} & set(second.headers)
    assert (second.method, second.body, second.headers["x-kept"]) == ("POST", b"hello", "1")
    assert second.headers["host"] == f"127.0.0.9:{receiver.port}"


async def test_request_answered_with_see_other_goes_on_with_get(receiver: Receiver, outbound: Outbound) -> None:
    receiver.statuses, receiver.headers = [303, 200], {"Location": "/result"}
    await outbound.request("POST", receiver.url(), body=b"hello", limits=Limits(redirects=1))
    assert (receiver.got[1].method, receiver.got[1].body) == ("GET", b"")


async def test_request_without_an_answer_in_time_fails(receiver: Receiver, outbound: Outbound) -> None:
    receiver.delay_seconds = 5
    with pytest.raises(OutboundFailed, match=r"within 0\.2 s"):
        await outbound.request("GET", receiver.url(), limits=Limits(seconds=0.2))


@pytest.mark.parametrize("manner", ["reset", "silent"])
async def test_request_broken_off_fails(receiver: Receiver, outbound: Outbound, manner: str) -> None:
    receiver.manner = manner
    with pytest.raises(OutboundFailed):
        await outbound.request("GET", receiver.url())


async def test_request_answered_without_end_is_cut(receiver: Receiver, outbound: Outbound) -> None:
    receiver.manner = "pour"
    answer = await outbound.request("GET", receiver.url(), limits=Limits(body_bytes=1_000))
    assert (answer.status, len(answer.body), answer.is_cut) == (200, 1_000, True)


async def test_request_answered_in_drops_ends_in_time_with_its_status(receiver: Receiver, outbound: Outbound) -> None:
    receiver.manner, receiver.status = "dribble", 201
    async with asyncio.timeout(2):
        answer = await outbound.request("GET", receiver.url(), limits=Limits(seconds=0.4))
    assert (answer.status, answer.is_cut) == (201, True)


async def test_request_answered_with_a_zip_bomb_does_not_unpack_it(receiver: Receiver, outbound: Outbound) -> None:
    receiver.body, receiver.headers = gzip.compress(b"0" * 10_000_000), {"Content-Encoding": "gzip"}
    answer = await outbound.request("GET", receiver.url())
    assert len(answer.body) == len(receiver.body)
    assert receiver.got[0].headers["accept-encoding"] == "identity"


async def test_request_ignores_proxies_of_the_environment(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with Outbound(Guard(["127.0.0.0/8"])) as fresh:
        assert (await fresh.request("GET", receiver.url())).status == 200


async def test_request_by_https_asks_for_the_name_and_trusts_no_stranger(tmp_path: Path) -> None:
    context, asked = _server_context(tmp_path, "hook.example")
    _, resolve = resolving(["127.0.0.1"])
    async with (
        receiving(context=context) as receiver,
        Outbound(Guard(["127.0.0.1/32"], resolve=resolve)) as outbound,
    ):
        with pytest.raises(OutboundFailed, match="CERTIFICATE_VERIFY_FAILED"):
            await outbound.request("GET", receiver.url(host="hook.example", scheme="https"))
    assert asked == ["hook.example"]
    assert receiver.got == []


def _server_context(folder: Path, name: str) -> tuple[ssl.SSLContext, list[str | None]]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, wanted, _context: asked.append(wanted)
    return context, asked
