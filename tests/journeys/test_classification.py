"""What a machine takes a customer's message for is seen with how sure it is, corrected by an agent, and stays so."""

import pytest
from playwright.async_api import Browser, expect

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.screen import sign_in
from tests.journeys.served import Served, until
from tests.journeys.spoken import BOTH, Speech

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]
# By words alone: the journey needs no model.
SETTINGS = {"meaning": False}
ANGRY = {"en": "Terrible service, what a scam. I want my money back!", "zh-CN": "垃圾服务，骗子公司，还我钱！"}


async def stock(served: Served) -> None:
    """A channel whose tickets wait until somebody takes them by hand."""
    await served.channel("api", "Shop")
    await served.do(lambda tx: tx.execute("update team set routing = 'manual'"))


async def bring(served: Served, text: str, who: str) -> int:
    """A customer's message as a new ticket that the machine has looked at."""
    message = InboundMessage(Sender("external", who, name=who), text, utc_now(), conversation=who, subject=text)
    [channel] = await served.values("select id from channel where kind = 'api'")
    await served.do(lambda tx: receive(tx, [Arrival(channel, who, message)], now=utc_now()))
    sql = "select ticket_id from ticket_label join entry using (ticket_id) where text = %(text)s"
    await until(lambda: served.values(sql, text=text), 60)
    return int((await served.values(sql, text=text))[0])


@BOTH
async def test_agent_sees_what_the_machine_takes_a_message_for_and_has_the_last_word(
    served: Served, browser: Browser, say: Speech
) -> None:
    ticket = await bring(served, ANGRY[say.locale], f"Rosa {say.short}")
    name = f"Lin{say.short}"
    agent = await served.person(name, locale=say.locale)
    screen = await sign_in(browser, served, agent, locale=say.browser)
    await screen.page.goto(f"{served.url}/tickets/all/{ticket}")
    block = screen.page.get_by_role("region", name=say("classification.title"))
    aspect = say("classification.aspect.sentiment")
    row = block.get_by_role("listitem").filter(has_text=aspect)
    chosen = row.get_by_label(say("classification.change", aspect=aspect))
    await expect(chosen).to_have_value("negative")
    # the machine says that it was a machine, and how sure it is
    [confidence] = await served.values(
        "select round(confidence::numeric * 100) from ticket_label where ticket_id = %(id)s and aspect = 'sentiment'",
        id=ticket,
    )
    [state] = await served.values(
        "select state from ticket_label where ticket_id = %(id)s and aspect = 'sentiment'", id=ticket
    )
    await expect(row).to_contain_text(say(f"classification.state.{state}", percent=f"{int(confidence)}%"))
    await screen.picture(f"classification-machine-{say.short}-1440")

    await chosen.select_option("neutral")
    corrected = say("classification.state.corrected", name=name)
    await expect(row).to_contain_text(corrected)
    await screen.page.reload()
    await expect(row).to_contain_text(corrected)
    await expect(chosen).to_have_value("neutral")
    # there is nothing left to confirm
    confirm = say("classification.confirm", aspect=aspect, label=say("classification.sentiment.neutral"))
    await expect(row.get_by_role("button", name=confirm)).to_have_count(0)
    await screen.picture(f"classification-corrected-{say.short}-1440")
    assert screen.complaints == []
