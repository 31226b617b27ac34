"""What screens hear of the engine: offers, to the one whom they are made to."""

from collections.abc import Sequence

from ombud.realtime.schemas import Frame
from ombud.routing.engine.schemas.live import OfferFrame
from ombud.shared.database import Transaction
from ombud.shared.events import Event


async def offer_frames(_: Transaction, events: Sequence[Event]) -> list[Frame]:
    """Frames of offers made and ended, for their agent alone."""
    return [
        Frame(
            "offer",
            OfferFrame(one.data["offer_id"], one.data.get("outcome", "open"), one.ticket_id),
            one.seq,
            person_id=one.data["person_id"],
        )
        for one in events
        if one.kind in {"offer_made", "offer_ended"}
    ]
