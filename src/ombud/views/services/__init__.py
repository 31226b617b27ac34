"""Verbs of views and of jobs over many tickets."""
