"""Verbs of the search for rooms above: words are written from what texts are at this moment."""

from ombud.tickets.search.index import index_attachments, index_entries, index_tickets

__all__ = ["index_attachments", "index_entries", "index_tickets"]
