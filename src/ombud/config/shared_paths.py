"""Paths that two rooms answer: one router must hold all verbs of a path. Tickets opens one, views lists them."""

from litestar import Router

from ombud.tickets.api.tickets import post_ticket
from ombud.views.api import get_tickets

routers = [Router("/api/v1", route_handlers=[get_tickets, post_ticket], tags=["tickets"])]
