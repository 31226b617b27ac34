"""Verbs that define fields, and what values a definition takes."""
