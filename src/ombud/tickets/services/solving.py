"""What the desk asks before a ticket changes or is done. Every way there goes through here: a test looks for others."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.children import check_children
from ombud.tickets.services.closing import check_closing
from ombud.tickets.services.forms import check_form


async def check_change(
    tx: Transaction,
    ticket: LockedTicket,
    changes: Mapping[str, Any],
    category: str,
    *,
    force_children: bool,
    by: Actor,
    now: datetime,
) -> None:
    """Hold a change, and the category that the ticket will have, against its form, checklist and children.

    Raises:
        FieldsMissing: the form asks for fields that have no value.
        ItemsOpen: the checklist holds the ticket open.
        ChildrenOpen: it would be done, and tickets below it are open.
        ClosingMissing: it would be closed, and its type asks for what it is closed with.
        ProcessOpen: it would be closed, and its process has stages left.
    """
    await check_form(tx, ticket, changes, category, by=by, now=now)
    await check_closing(tx, ticket, changes, category)
    await check_children(tx, ticket, category, force=force_children)
