"""Verbs on tickets: each works in the caller's transaction, checks visibility itself and announces what it did."""
