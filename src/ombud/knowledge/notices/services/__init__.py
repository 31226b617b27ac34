"""Verbs of notices."""
