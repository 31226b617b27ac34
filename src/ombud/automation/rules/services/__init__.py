"""Verbs of rules, and rules at work."""
