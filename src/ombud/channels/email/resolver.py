"""Looks up, ahead of the check, the DNS records by which a mail's signatures are verified: bounded, and cached."""

import asyncio
import logging
import re
import time
from collections.abc import Iterable, Sequence

from dns.asyncresolver import Resolver
from dns.exception import DNSException
from dns.name import EmptyLabel, LabelTooLong, NameTooLong
from dns.rdatatype import TXT
from dns.resolver import NXDOMAIN, LRUCache, NoResolverConfiguration

from ombud.channels.email.headers import Headers
from ombud.channels.email.schemas import MailAddress

log = logging.getLogger(__name__)
# For one record with all its tries, and for all records of a batch of mails together.
LOOKUP_SECONDS = 1.5
BATCH_SECONDS = 2.0
# After a silent server nobody waits again for this long.
REST_SECONDS = 60.0
CACHED_RECORDS = 5_000
AT_ONCE = 20
MAX_SIGNATURES = 5
_LABELS = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+")
_TAG = rb"(?:^|;)\s*%b\s*=\s*([\w.-]+)"
_DOMAIN, _SELECTOR = re.compile(_TAG % b"d"), re.compile(_TAG % b"s")

# By name; None is "there is none". A name that is not here could not be looked up.
Records = dict[str, bytes | None]


def author_domain(from_: Sequence[MailAddress]) -> str:
    """The domain of the one author; '' when there is none or more than one."""
    return from_[0].address.rpartition("@")[2].lower().rstrip(".") if len(from_) == 1 else ""


def policy_names(domain: str) -> list[str]:
    """Where the DMARC policy of a domain may stand: at itself, else at what it is a part of."""
    labels = domain.split(".")[-5:]
    return ["_dmarc." + ".".join(labels[start:]) for start in range(len(labels) - 1)]


def wanted_names(headers: Headers, from_: Sequence[MailAddress]) -> list[str]:
    """The records that a check of a mail needs; none for a mail without a signature."""
    names = []
    for signature in headers.all_raw("dkim-signature")[:MAX_SIGNATURES]:
        domain, selector = _DOMAIN.search(signature), _SELECTOR.search(signature)
        if domain and selector:
            names.append(f"{selector[1].decode('latin-1')}._domainkey.{domain[1].decode('latin-1')}".lower())
    return [*names, *policy_names(author_domain(from_))] if names else []


class MailResolver:
    """Asks the machine's own name servers, or those given, for text records."""

    def __init__(self, nameservers: Sequence[str] = (), port: int = 53) -> None:
        self._given = nameservers
        self._port = port
        self._resolver: Resolver | None = None
        self._rests_until = 0.0

    async def look_up(self, names: Iterable[str]) -> Records:
        """Text records by name, within two seconds for all; what took longer or failed is left out."""
        wanted = [name for name in dict.fromkeys(names) if _LABELS.fullmatch(name)]
        resolver = self._ready() if wanted else None
        if resolver is None or time.monotonic() < self._rests_until:
            return {}
        found: Records = {}
        gate = asyncio.Semaphore(AT_ONCE)
        try:
            async with asyncio.timeout(BATCH_SECONDS):
                await asyncio.gather(*(self._look_up_one(resolver, name, found, gate) for name in wanted))
        except TimeoutError:
            self._rest()
        return found

    def _ready(self) -> Resolver | None:
        if self._resolver is None:
            try:
                self._resolver = Resolver(configure=not self._given)
            except (NoResolverConfiguration, OSError):
                self._rest()
                return None
            if self._given:
                self._resolver.nameservers = list(self._given)
                self._resolver.port = self._port
            self._resolver.lifetime, self._resolver.timeout = LOOKUP_SECONDS, LOOKUP_SECONDS / 2
            self._resolver.cache = LRUCache(CACHED_RECORDS)
        return self._resolver

    async def _look_up_one(self, resolver: Resolver, name: str, found: Records, gate: asyncio.Semaphore) -> None:
        async with gate:
            try:
                answer = await resolver.resolve(name + ".", TXT, raise_on_no_answer=False)
            except (NXDOMAIN, LabelTooLong, NameTooLong, EmptyLabel):
                found[name] = None
            except (DNSException, OSError) as problem:
                log.debug("No answer for %s: %s", name, problem)
            else:
                texts = [b"".join(record.strings) for record in answer.rrset or ()]
                found[name] = _fitting(name, texts)

    def _rest(self) -> None:
        log.warning("The name servers are silent: senders of mails are not checked for %s s", REST_SECONDS)
        self._rests_until = time.monotonic() + REST_SECONDS


def _fitting(name: str, texts: Sequence[bytes]) -> bytes | None:
    """Of several records at a name the one that is meant."""
    mark = b"v=DMARC1" if name.startswith("_dmarc.") else b"p="
    return next((text for text in texts if mark.lower() in text.lower()), None)
