"""Endpoints of presence."""

from collections.abc import Sequence

from litestar import Router, put
from litestar.params import JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT

from ombud.realtime.schemas import Frame
from ombud.routing.floor.schemas import PresenceFrame, PresenceIn
from ombud.routing.floor.services.presence import choose_presence
from ombud.shared.database import Transaction
from ombud.shared.events import Event
from ombud.shared.http import By, Now, Tx, may


@put("/me/presence", guards=[may("presence.own")], status_code=HTTP_204_NO_CONTENT)
async def put_presence(tx: Tx, actor: By, now: Now, data: JSONBody[PresenceIn]) -> None:
    """Choose to be online, away or offline. An open screen keeps it; a silent one makes you offline after a minute."""
    await choose_presence(tx, data.state, by=actor, now=now)


async def presence_frames(_: Transaction, events: Sequence[Event]) -> list[Frame]:
    """Colleagues' presence for every open screen."""
    return [
        Frame("presence", PresenceFrame(event.data["person_id"], event.data["state"]), event.seq, is_for_all=True)
        for event in events
        if event.kind == "presence_changed"
    ]


routers = [Router("/api/v1", route_handlers=[put_presence], tags=["routing"])]
