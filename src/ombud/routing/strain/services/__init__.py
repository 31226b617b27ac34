"""Verbs of strain."""
