"""The rule that open children hold their parent open."""

from ombud.shared.database import Transaction, values
from ombud.shared.errors import Conflict
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.schemas.values import DONE_CATEGORIES
from ombud.tickets.services.policy import children_hold


class ChildrenOpen(Conflict):
    """Tickets below this one are still open. Solve them first."""

    code = "children_open"

    def __init__(self, children: list[int], *, can_force: bool) -> None:
        super().__init__(f"Tickets below this one are still open: {', '.join(f'#{one}' for one in children)}.")
        self.children = children
        self.can_force = can_force

    def extra(self) -> dict[str, object]:
        """The open children, and whether the rule lets itself be passed over on purpose."""
        return {"children": self.children, "can_force": self.can_force}


async def check_children(tx: Transaction, ticket: LockedTicket, category: str, *, force: bool) -> None:
    """Refuse to be done with a ticket whose children are open, as the rule of the desk says.

    Raises:
        ChildrenOpen: some are; ``force`` passes where the rule only asks.
    """
    if category not in DONE_CATEGORIES or ticket.category in DONE_CATEGORIES:
        return
    sql = """
        select c.id from ticket_link k join ticket c on c.id = k.ticket_id
        where k.other_id = %(id)s and k.kind = 'child_of' and c.is_open order by c.id limit 50"""
    children = await values(tx, int, sql, {"id": ticket.id})
    if not children:
        return
    rule = await children_hold(tx)
    if rule == "refuse" or (rule == "ask" and not force):
        raise ChildrenOpen(children, can_force=rule == "ask")
