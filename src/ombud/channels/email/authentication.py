"""Who vouches for a mail: our own server's Authentication-Results (RFC 8601), else our own check of its signatures.

SPF is not checked here: it needs the address that connected to the mailbox's provider, which only that provider knows.
"""

import re
from collections.abc import Sequence

import dkim

from ombud.channels.email.headers import Headers, split_headers
from ombud.channels.email.resolver import MAX_SIGNATURES, Records, author_domain, policy_names
from ombud.channels.email.schemas import MailAddress, MailAuthentication

_RESULT = re.compile(r"^\s*(spf|dkim|dmarc)\s*=\s*(\w+)", re.IGNORECASE)
_SIGNER = re.compile(rb"(?:^|;)\s*d\s*=\s*([\w.-]+)")
# A signature of the body's beginning only: whatever was appended would pass with it.
_PARTIAL = re.compile(rb"(?:^|;)\s*l\s*=")
_STRICT = re.compile(rb"(?:^|;)\s*adkim\s*=\s*s\s*(?:;|$)", re.IGNORECASE)
_HEADER_BYTES = 1_000_000
_MINIMUM_KEY = 1024
# Hashing more than this for each signature would keep a mail waiting.
_CHECKED_BYTES = 30_000_000


class _Unknown(LookupError):
    """A record could not be looked up."""


def read_headers(raw: bytes) -> Headers:
    """The head of a mail as it was received, bytes untouched."""
    return split_headers(raw, 0, len(raw), _HEADER_BYTES)[0]


def check_authentication(
    raw: bytes, *, from_: Sequence[MailAddress], authserv_id: str, records: Records | None
) -> MailAuthentication:
    """Results for one mail as it was received, bytes untouched.

    Our own server's results are believed and nothing else is done; without them, and with ``records``, the DKIM
    signatures are verified here.
    """
    headers = read_headers(raw)
    author = author_domain(from_) if len(headers.all_raw("from")) == 1 else ""
    results = trusted_results(headers, authserv_id)
    if results or records is None:
        return MailAuthentication(
            spf=results.get("spf", ""),
            dkim=results.get("dkim", ""),
            dmarc=results.get("dmarc", ""),
            is_aligned=bool(author) and results.get("dmarc") == "pass",
        )
    return _own_check(raw, headers, author, records)


def trusted_results(headers: Headers, authserv_id: str) -> dict[str, str]:
    """Only the topmost header under our own name counts: those below may have come with the mail."""
    if not authserv_id:
        return {}
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


def _own_check(raw: bytes, headers: Headers, author: str, records: Records) -> MailAuthentication:
    signatures = headers.all_raw("dkim-signature")[:MAX_SIGNATURES]
    if not signatures:
        return MailAuthentication(dkim="none")
    if len(raw) > _CHECKED_BYTES:
        return MailAuthentication()
    domains, unknown = _verified_domains(raw, signatures, records)
    is_aligned = bool(author) and any(_covers(domain, author) for domain in domains)
    return MailAuthentication(
        dkim="pass" if domains else "temperror" if unknown else "fail",
        dmarc=_policy_result(author, domains, records),
        dkim_domains=domains,
        is_aligned=is_aligned,
    )


def _policy_result(author: str, domains: Sequence[str], records: Records) -> str:
    """``pass`` by an aligned signature, ``none`` without a policy; a fail cannot be told, since SPF may have passed."""
    names = policy_names(author)
    if not names or any(name not in records for name in names):
        return ""
    policy = next((records[name] for name in names if records[name]), None)
    if policy is None:
        return "none"
    if _STRICT.search(policy):
        return "pass" if author in domains else ""
    return "pass" if any(_covers(domain, author) for domain in domains) else ""


def _covers(signer: str, author: str) -> bool:
    return author == signer or (author.endswith("." + signer) and "." in signer)


def _verified_domains(raw: bytes, signatures: Sequence[bytes], records: Records) -> tuple[list[str], bool]:
    """Domains whose signature is good, and whether another could not be checked for want of its key."""
    found: dict[str, None] = {}
    unknown = False
    for index, signature in enumerate(signatures):
        match = _SIGNER.search(signature)
        if not match or _PARTIAL.search(signature):
            continue
        try:
            if _is_verified(raw, index, records):
                found[match[1].decode("ascii", "replace").lower()] = None
        except _Unknown:
            unknown = True
    return list(found), unknown


def _is_verified(raw: bytes, index: int, records: Records) -> bool:
    def key_of(name: bytes, timeout: int = 5) -> bytes | None:
        del timeout
        wanted = name.decode("latin-1").lower().rstrip(".")
        if wanted not in records:
            raise _Unknown(wanted)
        return records[wanted]

    try:
        return bool(dkim.DKIM(raw, minkey=_MINIMUM_KEY).verify(idx=index, dnsfunc=key_of))
    except _Unknown:
        raise
    except Exception:  # noqa: BLE001 -- a boundary: dkimpy raises many kinds on hostile signatures, all mean "not verified"
        return False
