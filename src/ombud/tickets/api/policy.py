"""Endpoints of the rules of the desk."""

from litestar import get, patch
from litestar.datastructures import State
from litestar.params import JSONBody

from ombud.shared.http import By, Now, Tx, may, signed_in
from ombud.tickets.services import policy


@get("/desk", guards=[signed_in])
async def get_desk(tx: Tx, state: State) -> policy.DeskPolicy:
    """The rules of the desk: reopening solved tickets, undoing mails."""
    return await policy.desk_policy(tx, undo_seconds=state.settings.undo_seconds)


@patch("/desk", guards=[may("channels.manage")])
async def patch_desk(
    tx: Tx, actor: By, now: Now, state: State, data: JSONBody[policy.DeskPolicyPatch]
) -> policy.DeskPolicy:
    """Change rules of the desk; they hold for what happens from now on."""
    return await policy.change_desk_policy(tx, data, undo_seconds=state.settings.undo_seconds, by=actor, now=now)


HANDLERS = [get_desk, patch_desk]
