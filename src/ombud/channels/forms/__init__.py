"""The web form: a page that works without scripts, in both languages, and the same as JSON.

A typed address proves nothing, so each form begins with a customer of its own; agents see the address beside it.
"""
