"""Endpoints of the floor."""

from litestar import Router

from ombud.routing.floor.api import alarms, duty, hands, states

routers = [
    Router(
        "/api/v1",
        route_handlers=[*states.handlers, *hands.handlers, *alarms.handlers, *duty.handlers],
        tags=["floor"],
    )
]
