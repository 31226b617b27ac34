"""Reads of tickets: one function, one statement. Whatever a person may see goes through ``visible``."""
