"""The verbs of processes."""
