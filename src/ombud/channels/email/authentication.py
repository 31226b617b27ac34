"""Who vouches for a mail: our own server's Authentication-Results (RFC 8601) and our own DKIM check."""

import re
from collections.abc import Callable

import dkim

from ombud.channels.email.headers import Headers, split_headers
from ombud.channels.email.schemas import MailAddress, MailAuthentication

DnsLookup = Callable[[bytes, int], bytes | None]
_RESULT = re.compile(r"^\s*(spf|dkim|dmarc)\s*=\s*(\w+)", re.IGNORECASE)
_MAX_SIGNATURES = 5
_HEADER_BYTES = 1_000_000


def check_authentication(
    raw: bytes, *, from_: list[MailAddress], authserv_id: str, dns: DnsLookup | None
) -> MailAuthentication:
    """Results for one mail as it was received, bytes untouched."""
    headers, _ = split_headers(raw, 0, len(raw), _HEADER_BYTES)
    results = _trusted_results(headers, authserv_id) if authserv_id else {}
    domains = _verified_domains(raw, headers, dns) if dns else []
    if dns and not results.get("dkim"):
        results["dkim"] = "pass" if domains else ("fail" if headers.has("dkim-signature") else "none")
    author = from_[0].address.rpartition("@")[2].lower() if len(from_) == 1 else ""
    is_aligned = bool(author) and (results.get("dmarc") == "pass" or any(_covers(domain, author) for domain in domains))
    return MailAuthentication(
        spf=results.get("spf", ""),
        dkim=results.get("dkim", ""),
        dmarc=results.get("dmarc", ""),
        dkim_domains=domains,
        is_aligned=is_aligned,
    )


def _covers(signer: str, author: str) -> bool:
    return author == signer or (author.endswith("." + signer) and "." in signer)


def _trusted_results(headers: Headers, authserv_id: str) -> dict[str, str]:
    """Only the topmost header under our own name counts: those below may have come with the mail."""
    for raw in headers.all_raw("authentication-results"):
        value = re.sub(r"\([^()]*\)", " ", raw.decode("latin-1"))
        server, _, rest = value.partition(";")
        if (server.split() or [""])[0].lower() == authserv_id.lower():
            return _read_results(rest)
    return {}


def _read_results(value: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for clause in value.split(";"):
        match = _RESULT.match(clause)
        if match and found.get(match[1].lower()) != "pass":
            found[match[1].lower()] = match[2].lower()
    return found


def _verified_domains(raw: bytes, headers: Headers, dns: DnsLookup) -> list[str]:
    found: list[str] = []
    for index, signature in enumerate(headers.all_raw("dkim-signature")[:_MAX_SIGNATURES]):
        match = re.search(rb"(?:^|;)\s*d\s*=\s*([\w.-]+)", signature)
        if match and _is_verified(raw, index, dns):
            found.append(match[1].decode("ascii", "replace").lower())
    return list(dict.fromkeys(found))


def _is_verified(raw: bytes, index: int, dns: DnsLookup) -> bool:
    def lookup(name: bytes, timeout: int = 5) -> bytes | None:
        return dns(name, timeout)

    try:
        return bool(dkim.DKIM(raw, minkey=1024).verify(idx=index, dnsfunc=lookup))
    except Exception:  # noqa: BLE001 -- a boundary: dkimpy raises many kinds on hostile signatures, all mean "not verified"
        return False
