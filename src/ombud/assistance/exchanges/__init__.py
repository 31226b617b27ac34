"""Exchanges with language models as the auditor reads them: what left, what came back, and what became of it.

An exchange about a ticket is seen by whoever may see the ticket at this moment, and holds placeholders where personal
data was.
"""
