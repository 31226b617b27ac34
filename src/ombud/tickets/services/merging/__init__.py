"""Merging tickets, taking that back, splitting and linking.

Whatever moves entries goes through ``moving``: an entry keeps where it was written, and comes back as it was. All verbs
here first take the one lock of redirects, then tickets by ascending id, then the rest.
"""
