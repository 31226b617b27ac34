"""Reads of the engine: agents as they are now, work that waits, and why."""
