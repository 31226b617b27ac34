"""Reads of this room: one function, one statement."""

from ombud.customers.queries.customers import (
    find_customers,
    get_customer,
    is_customer_visible,
    list_customers,
    live_customer_id,
    load_customer,
    load_shown,
    match_customers,
)
from ombud.customers.queries.organisations import match_organisations

__all__ = [
    "find_customers",
    "get_customer",
    "is_customer_visible",
    "list_customers",
    "live_customer_id",
    "load_customer",
    "load_shown",
    "match_customers",
    "match_organisations",
]
