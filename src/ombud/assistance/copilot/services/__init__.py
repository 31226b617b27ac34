"""Verbs of the copilot."""
