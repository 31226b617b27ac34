"""Ombud: the customer-service system that a customer-service manager would design."""

__version__ = "0.1.0"
