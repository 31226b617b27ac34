"""Summaries, with a model and without, and next steps."""

from tests.assistance.copilot.desk import Copilot
from tests.processes.desk import flow_on
from tests.site import Site, note_of, reply_of

LONG = (
    "Hello. I bought the machine in May. The sun is shining here today. It leaks at the filter holder every morning."
    " My neighbour says hello. I want a new seal. We had lovely holidays. Thanks and regards, Rosa"
)


async def test_summarises_by_telling_sentences_with_their_entries(copilot: Copilot) -> None:
    ticket = await copilot.site.ticket(LONG)
    browser = await copilot.site.browser(copilot.agent)
    await browser.post(f"/tickets/{ticket}/notes", note_of("The seal of batch 77 is known to be faulty."))
    await browser.post(f"/tickets/{ticket}/replies", reply_of("Dear Rosa,\nPlease tighten the holder first.\nRegards"))
    found = await copilot.get(f"/tickets/{ticket}/copilot/summary")
    points = {one["kind"]: one for one in found["points"]}
    assert "It leaks at the filter holder every morning." in points["problem"]["text"]
    assert "holidays" not in points["problem"]["text"]
    assert points["reply"]["text"] == "Please tighten the holder first."
    assert "batch 77" in points["note"]["text"]
    entries = {one.id for one in await copilot.site.desk.timeline(ticket)}
    assert all(one["entry_id"] in entries for one in found["points"])
    assert (found["made_by"], found["messages"]) == ("product", 2)


async def test_summarises_customers_past_as_far_as_seen(copilot: Copilot) -> None:
    await copilot.solved("The first one leaked.", "We told you to change the seal. It worked.", who="rosa")
    await copilot.solved("Secret.", "Nobody may know this of repair.", team=copilot.library.other_team, who="rosa")
    ticket = await copilot.site.ticket(LONG, who="rosa")
    rosa = await copilot.site.desk.column(ticket, "customer_id")
    await copilot.site.desk.run("update ticket set customer_id = %(id)s", id=rosa)
    history = (await copilot.get(f"/tickets/{ticket}/copilot/summary"))["history"]
    assert (history["tickets"], history["open_tickets"]) == (1, 0)
    assert "change the seal" in history["items"][0]["answer"]
    assert "repair" not in str(history)


async def test_summarises_by_model_with_quotes(copilot: Copilot) -> None:
    await copilot.model("summary")
    ticket = await copilot.site.ticket(LONG)
    entry = (await copilot.site.desk.timeline(ticket))[0].id
    copilot.say({"points": [{"entry": entry, "text": "It leaks every morning.", "quote": "It leaks at the filter"}]})
    found = await copilot.post(ticket, "summary")
    assert (found["made_by"], found["problem"]) == ("model", None)
    assert [(one["text"], one["entry_id"]) for one in found["points"]] == [("It leaks every morning.", entry)]


async def test_refuses_summary_whose_quotes_are_made_up(copilot: Copilot) -> None:
    await copilot.model("summary")
    ticket = await copilot.site.ticket(LONG)
    entry = (await copilot.site.desk.timeline(ticket))[0].id
    copilot.say(
        {"points": [{"entry": entry, "text": "It burnt.", "quote": "the machine burnt down"}]},
        {"points": [{"entry": entry + 999, "text": "It leaks.", "quote": "It leaks"}]},
    )
    found = await copilot.post(ticket, "summary")
    assert (found["made_by"], found["problem"]) == ("product", "refused")
    assert found["points"]


async def test_says_why_no_model_summarised(copilot: Copilot) -> None:
    ticket = await copilot.site.ticket(LONG)
    found = await copilot.post(ticket, "summary")
    assert (found["made_by"], found["problem"]) == ("product", "no_model")


async def test_steps_without_process_begin_with_waiting_customer(copilot: Copilot) -> None:
    ticket = await copilot.site.ticket(LONG)
    kinds = [one["kind"] for one in (await copilot.get(f"/tickets/{ticket}/copilot/steps"))["items"]]
    assert kinds == ["reply", "assign", "type"]
    browser = await copilot.site.browser(copilot.agent)
    await browser.post(f"/tickets/{ticket}/replies", reply_of("Tighten it.", solve=True))
    assert (await copilot.get(f"/tickets/{ticket}/copilot/steps"))["items"] == []


async def test_steps_follow_process(site: Site) -> None:
    flow = await flow_on(site)
    question = {"key": "order", "name_en": "Order number", "name_zh": "订单号", "kind": "text"}
    await flow.make(
        {"key": "look", "name_en": "Look into it", "name_zh": "核实", "questions": [question]}, stage("end")
    )
    ticket = await flow.ticket()
    path = f"/tickets/{ticket}/copilot/steps"
    found = (await flow.floor.wu.get(path)).json()
    asked = next(one for one in found["items"] if one["kind"] == "questions")
    assert (found["stage_en"], found["stage_zh"]) == ("Look into it", "核实")
    assert (asked["names_en"], asked["names_zh"]) == (["Order number"], ["订单号"])
    await flow.answer(ticket, order="AB-1")
    assert "advance" in [one["kind"] for one in (await flow.floor.wu.get(path)).json()["items"]]


def stage(key: str) -> dict[str, str]:
    """A stage without anything to do."""
    return {"key": key, "name_en": key, "name_zh": key}
