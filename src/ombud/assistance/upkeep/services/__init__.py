"""Verbs of upkeep."""
