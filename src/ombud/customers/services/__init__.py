"""Verbs on customers."""

from ombud.customers.services.customers import change_customer
from ombud.customers.services.making import (
    enter_customer,
    find_customers,
    find_or_make_customers,
    hold_customer,
    rewrite_customer_words,
)
from ombud.customers.services.organisations import rewrite_organisation_words

__all__ = [
    "change_customer",
    "enter_customer",
    "find_customers",
    "find_or_make_customers",
    "hold_customer",
    "rewrite_customer_words",
    "rewrite_organisation_words",
]
