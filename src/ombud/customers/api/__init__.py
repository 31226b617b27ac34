"""Endpoints of customers and organisations."""

from litestar import Router

from ombud.customers.api.customers import HANDLERS as CUSTOMERS
from ombud.customers.api.details import HANDLERS as DETAILS
from ombud.customers.api.organisations import HANDLERS as ORGANISATIONS
from ombud.customers.api.records import HANDLERS as RECORDS

routers = [Router("/api/v1", route_handlers=[*CUSTOMERS, *DETAILS, *ORGANISATIONS, *RECORDS], tags=["customers"])]
