"""Endpoints of accounts; ``routers`` is what the application mounts."""

from litestar import Router
from litestar.di import Provide

from ombud.accounts.api import api_keys, links, me, people, second_factor, session, teams
from ombud.accounts.api.edge import provide_edge
from ombud.shared.http import CACHE_PRIVATE

routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *session.handlers,
            *links.handlers,
            *me.handlers,
            *second_factor.handlers,
            *people.handlers,
            *teams.handlers,
            *api_keys.handlers,
        ],
        dependencies={"edge": Provide(provide_edge, sync_to_thread=False)},
        response_headers=CACHE_PRIVATE,
    )
]

__all__ = ["routers"]
