"""Who is woken by a request: nobody for nothing, and the sequencer where an event was emitted."""

import pytest

from tests.site import Site, client_key


@pytest.fixture
def woken(site: Site) -> list[str]:
    """Topics in the order in which they were woken."""
    heard: list[str] = []
    for topic in ("sequence", "intake"):
        site.desk.parts.bus.listen(topic, lambda signal: heard.append(signal.topic))
    return heard


async def test_visitors_message_wakes_intake_and_not_the_sequencer(site: Site, woken: list[str]) -> None:
    channel = await site.desk.channel("chat")
    key = await site.desk.sql("select public_key from channel where id = %(id)s", id=channel)
    visitor = site.stranger().client
    begun = await visitor.post(f"/widget/v1/{key}/visitors", json={})
    assert begun.status_code == 201, begun.text
    token = {"Authorization": f"Bearer {begun.json()['visitor_token']}"}
    woken.clear()
    for path, data in (("messages", {"text": "It leaks", "client_key": client_key()}), ("typing", {"text_length": 3})):
        answer = await visitor.post(f"/widget/v1/{path}", json=data, headers=token)
        assert answer.is_success, answer.text
    assert woken == ["intake"]


async def test_note_wakes_the_sequencer_and_a_read_nobody(site: Site, woken: list[str]) -> None:
    browser = await site.browser(await site.desk.person("Lu"))
    ticket = await site.ticket()
    woken.clear()
    assert (await browser.get(f"/tickets/{ticket}")).is_success
    assert woken == []
    note = {"text": "Look", "client_key": client_key()}
    assert (await browser.post(f"/tickets/{ticket}/notes", note)).is_success
    assert set(woken) == {"sequence"}
