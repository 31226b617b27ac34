"""Reads of what becomes of knowledge."""
