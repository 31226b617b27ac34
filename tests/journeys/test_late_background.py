"""The background of a new desk comes later than its first message, and misses nothing of it."""

from pathlib import Path

import pytest

from ombud.customers.schemas import Sender
from ombud.shared.clock import utc_now
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.services.intake.door import Arrival, receive
from tests.journeys.served import served_desk, until


@pytest.mark.slow
async def test_message_that_was_numbered_before_the_background_came_is_looked_at(
    database_url: str, tmp_path: Path
) -> None:
    async with served_desk(database_url, tmp_path) as served:
        shop = await served.channel("api", "Shop")
        sender = Sender("external", "w1", name="王小明")
        message = InboundMessage(sender, "再不退款我就打12315投诉你们", utc_now(), conversation="w1")
        await served.do(lambda tx: receive(tx, [Arrival(shop.id, "w1", message)], now=utc_now()))
        await served.start("web", "work")
        await until(lambda: served.values("select seq from event where kind = 'message_received'"), 30)
        await served.start("background")
        await until(lambda: served.values("select id from risk_alert"), 30)
        assert await served.values("select ticket_id from risk_alert") == await served.values("select id from ticket")
