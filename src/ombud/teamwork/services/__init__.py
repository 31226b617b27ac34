"""The verbs of teamwork."""
