"""Verbs that keep clocks, and those that define calendars and policies."""
