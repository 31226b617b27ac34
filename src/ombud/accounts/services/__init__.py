"""Verbs of this room. Each works in its caller's transaction, save those that must keep count of failures."""
