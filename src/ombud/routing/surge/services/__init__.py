"""Verbs of surge plans."""
