"""The one draft that everybody writes."""

import asyncio
from typing import Any

from tests.accounts.desk import Browser
from tests.site import Site


def published(site: Site, topic: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    site.desk.parts.bus.listen(topic, lambda signal: found.append(dict(signal.payload)))
    return found


async def test_shared_draft_is_written_in_turns_and_taken_over(
    site: Site, lus: Browser, mos: Browser, ticket: int
) -> None:
    path = f"/tickets/{ticket}/shared-draft"
    assert (await lus.get(path)).json() is None
    frames = published(site, "shared_draft")
    begun = (await lus.put(path, {"text": "Dear Rosa"})).json()
    on = (await lus.put(path, {"text": "Dear Rosa,", "version": begun["version"]})).json()
    refused = await mos.put(path, {"text": "Hello", "version": begun["version"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "shared_draft_changed")
    assert refused.json()["draft"]["text"] == "Dear Rosa,"
    taken = (await mos.put(path, {"text": "Dear Rosa, we", "version": on["version"]})).json()
    assert (taken["name"], [one["version"] for one in frames]) == (
        "Mo",
        [begun["version"], on["version"], taken["version"]],
    )
    assert (await lus.delete(f"{path}?version={on['version']}")).status_code == 409
    for _ in range(2):
        assert (await lus.delete(f"{path}?version={taken['version']}")).status_code == 204
    stale = await mos.put(path, {"text": "Back again", "version": taken["version"]})
    assert (stale.status_code, stale.json()["draft"]) == (409, None)
    assert (await mos.put(path, {"text": "Anew"})).json()["version"] > taken["version"]
    told = [one.data["change"] for one in await site.desk.events("shared_draft_changed")]
    assert told == ["begun", "taken_over", "removed", "begun"]


async def test_shared_draft_written_by_many_at_once_loses_nothing(lus: Browser, mos: Browser, ticket: int) -> None:
    path = f"/tickets/{ticket}/shared-draft"
    asks = [browser.put(path, {"text": f"Text {number}"}) for number, browser in enumerate((lus, mos) * 3)]
    answers = await asyncio.gather(*asks)
    assert sorted(one.status_code for one in answers) == [200] + [409] * 5
    kept = next(one for one in answers if one.status_code == 200).json()
    assert (await lus.get(path)).json()["text"] == kept["text"]
