"""Web chat: a widget on somebody's page, anonymous or signed visitors, and a line that stays open.

A *visitor* is whoever holds a visitor token; it names one identity (anonymous, or signed by the host page) on one
widget. What a visitor reads comes from the view ``public_entry`` alone. Never shows a note, never believes a typed
address.
"""
