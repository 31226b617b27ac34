"""Verbs of classification: look, decide, set, learn."""
