"""Verbs of the floor."""
