"""Machine-made requests for every operation of the OpenAPI document: whoever asks, never a 5xx.

Random ids would find nothing and stop at 404, so two of three requests name things that are there.
"""

import asyncio
import contextlib
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, cast
from unittest import SkipTest

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error

from tests.edge.conftest import Served
from tests.journeys.served import until
from tests.site import Site, note_of, reply_of

# Seconds for all operations together, every which of the desk's operations, and how many an asker gets through at
# least. More finds more: OMBUD_FUZZ_TIMES=20 OMBUD_FUZZ_EXAMPLES=300 asks for each of them.
ASKERS = [
    ("administrator", 25, 1, 20),
    ("agent", 12, 3, 4),
    ("read_only", 6, 4, 2),
    ("visitor", 8, 5, 3),
    ("stranger", 4, 6, 1),
]
DESK = "/api/v1/"
TIMES = float(os.environ.get("OMBUD_FUZZ_TIMES", "1"))
EXAMPLES = int(os.environ.get("OMBUD_FUZZ_EXAMPLES", "15"))
REAL_TWO_OF = 3
# They would end the very session that asks, or knock at servers outside.
LEFT_OUT = {
    ("delete", "/api/v1/session"),
    ("delete", "/api/v1/me/sessions/{session_id}"),
    ("delete", "/api/v1/people/{person_id}/sessions"),
    ("patch", "/api/v1/people/{person_id}"),
    ("put", "/api/v1/me/password"),
    ("post", "/api/v1/channels/{channel_id}/test"),
    ("post", "/api/v1/webhooks/{webhook_id}/test"),
    ("post", "/api/v1/model-endpoints/{endpoint_id}/trial"),
    # They do not end by themselves.
    ("get", "/api/v1/stream"),
    ("get", "/widget/v1/stream"),
}


@dataclass
class Fuzz:
    """Who asks, what is there, and what came back."""

    served: Served
    headers: dict[str, str]
    real: dict[str, Any]
    seconds: float
    every: int = 1
    statuses: Counter[int] = field(default_factory=Counter)
    reached: set[str] = field(default_factory=set)

    def run(self) -> list[str]:
        """Ask for every operation; what went wrong, in words."""
        document = httpx.get(f"{self.served.address}/api/openapi.json", timeout=60).json()
        schema = schemathesis.openapi.from_dict(document)
        operations: list[Any] = [cast("Any", found).ok() for found in schema.get_all_operations()]
        known = [one for one in operations if (one.method, one.path) not in LEFT_OUT]
        # What is open to everybody, and a part of what is not.
        wanted = [one for place, one in enumerate(known) if not one.path.startswith(DESK) or place % self.every == 0]
        end, failures = time.monotonic() + self.seconds, []
        for place, operation in enumerate(wanted):
            share = max((end - time.monotonic()) / (len(wanted) - place), 0.1)
            try:
                self._try(operation, until=time.monotonic() + share)
            except Exception as problem:  # noqa: BLE001 – all operations are tried, and all problems told
                failures.append(f"{operation.method} {operation.path}: {problem}"[:1_500])
        return failures

    def _try(self, operation: Any, *, until: float) -> None:
        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=TIMES == 1,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def request(case: Any) -> None:
            if time.monotonic() >= until:
                # Hypothesis ends there; else it would make up all the requests that nobody sends.
                raise SkipTest("its time is over")
            self._ask(operation, case)

        with contextlib.suppress(SkipTest):
            request()

    def _ask(self, operation: Any, case: Any) -> None:
        if sum(self.statuses.values()) % REAL_TWO_OF:
            for name in set(case.path_parameters or {}) & set(self.real):
                case.path_parameters[name] = self.real[name]
        answer = case.call_and_validate(
            base_url=self.served.address, headers=self.headers, checks=[not_a_server_error], timeout=30
        )
        self.statuses[answer.status_code] += 1
        if answer.status_code < httpx.codes.BAD_REQUEST:
            self.reached.add(f"{operation.method} {operation.path}")


async def things(site: Site) -> dict[str, Any]:
    """One of everything, by the path parameter that names it."""
    desk = site.desk
    site.desk.parts.clock.set(None)
    desk.now = desk.parts.clock.now()
    ada = await site.browser(await desk.person("Ada", role="administrator", everywhere=True))
    await desk.deliver(await desk.channel("api", 1, 1), desk.message("The machine leaks."))
    # The served worker may be the one that takes it in.
    await until(desk.tickets)
    ticket = (await desk.tickets())[-1]
    upload = {"file": ("a.txt", b"hello")}
    file = (await ada.client.post("/api/v1/files", files=upload)).json()
    sent = await ada.post(f"/tickets/{ticket}/replies", reply_of(attachment_ids=[file["id"]]))
    await ada.post(f"/tickets/{ticket}/notes", note_of())
    canned = await ada.post("/canned-replies", {"title": "t", "text": "{{customer.name}}", "scope": "all"})
    hook = {"name": "h", "url": "https://192.0.2.1/", "kinds": ["nothing_such"], "is_active": False}
    form = await desk.channel("form")
    return {
        "ticket_id": ticket,
        "customer_id": await desk.column(ticket, "customer_id"),
        "channel_id": await desk.column(ticket, "channel_id"),
        "entry_id": sent.json()["id"],
        "outbox_id": await desk.sql("select max(id) from outbox"),
        "receipt_id": await desk.sql("select max(id) from inbox"),
        "inbox_id": await desk.sql("select max(id) from inbox"),
        "reply_id": canned.json()["id"],
        "webhook_id": (await ada.post("/webhooks", hook)).json().get("id", 1),
        "public_key": await desk.sql("select public_key from channel where id = %(id)s", id=form),
        "token": file["token"],
        "team_id": 1,
        "brand_id": 1,
        "status_id": 1,
        "kind": "note",
    }


async def headers_of(site: Site, who: str) -> dict[str, str]:
    """What each asker sends along."""
    if who == "visitor":
        chat = await site.desk.channel("chat")
        key = await site.desk.sql("select public_key from channel where id = %(id)s", id=chat)
        begun = await site.stranger().client.post(f"/widget/v1/{key}/visitors", json={})
        return {"Authorization": f"Bearer {begun.json()['visitor_token']}"}
    if who == "stranger":
        return {}
    browser = await site.browser(await site.desk.person("Bo", role=who, everywhere=who == "administrator"))
    return {"Cookie": f"ombud_session={browser.token}", "X-CSRF-Token": browser.client.headers["X-CSRF-Token"]}


@pytest.mark.slow
@pytest.mark.timeout(25 * TIMES + 120)
@pytest.mark.parametrize(("who", "seconds", "every", "reaches"), ASKERS)
async def test_every_operation_survives_machine_made_requests(
    site: Site, served: Served, who: str, seconds: int, every: int, reaches: int
) -> None:
    real = await things(site)
    fuzz = Fuzz(served, await headers_of(site, who), real, seconds * TIMES, every if TIMES == 1 else 1)
    failures = await asyncio.to_thread(fuzz.run)
    assert not failures, "\n\n".join(failures)
    # Enough of them passed the first checks to mean something.
    assert len(fuzz.reached) >= reaches, (fuzz.statuses, sorted(fuzz.reached))
    inside = await site.browser(await site.desk.person("Cy", everywhere=True))
    assert (await inside.get(f"/tickets/{real['ticket_id']}/timeline")).status_code == 200
