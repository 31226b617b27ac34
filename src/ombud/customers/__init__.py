"""People who write to us: who they are, how they reach us, what we may believe of it.

An *identity* is an address on a channel through which messages really came; a typed address is only a contact
detail: it neither reveals nor joins another's history. Never decides what happens to a ticket.
"""
