"""Verbs of people who work on one ticket at the same time."""
