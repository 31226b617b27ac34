"""Verbs of promises: recorded with messages or by hand, moved, kept, broken, dropped; and what a text would promise."""
