"""Verbs of release notes."""
