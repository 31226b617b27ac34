"""Verbs of skills: each one transaction, each told in the log."""
