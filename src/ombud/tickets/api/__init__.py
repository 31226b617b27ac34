"""Endpoints of tickets."""

from litestar import Router

from ombud.tickets.api.customers import HANDLERS as CUSTOMERS
from ombud.tickets.api.desk import HANDLERS as DESK
from ombud.tickets.api.files import HANDLERS as FILES
from ombud.tickets.api.lists import HANDLERS as LISTS
from ombud.tickets.api.macros import HANDLERS as MACROS
from ombud.tickets.api.merging import HANDLERS as MERGING
from ombud.tickets.api.outgoing import HANDLERS as OUTGOING
from ombud.tickets.api.policy import HANDLERS as POLICY
from ombud.tickets.api.teams import HANDLERS as TEAMS
from ombud.tickets.api.templates import HANDLERS as TEMPLATES
from ombud.tickets.api.tickets import HANDLERS as TICKETS
from ombud.tickets.api.together import HANDLERS as TOGETHER
from ombud.tickets.api.types import HANDLERS as TYPES
from ombud.tickets.search.api import HANDLERS as SEARCH
from ombud.tickets.sides.api import HANDLERS as SIDES

HANDLERS = [
    *LISTS,
    *TICKETS,
    *OUTGOING,
    *MACROS,
    *CUSTOMERS,
    *DESK,
    *POLICY,
    *TEAMS,
    *TEMPLATES,
    *FILES,
    *TYPES,
    *SEARCH,
    *TOGETHER,
    *MERGING,
    *SIDES,
]
routers = [Router("/api/v1", route_handlers=HANDLERS, tags=["tickets"])]
