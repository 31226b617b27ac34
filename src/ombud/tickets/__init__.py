"""Tickets: the record that carries a customer's problem to its end, whatever channel it came by.

A ticket has a *timeline* of entries: messages, internal notes, changes. Messages come in by the durable *inbox* and go
out by the *outbox*; a note or a change can never be queued for the outside (the database refuses it).
Knows nothing of how a channel speaks, nor of who should take the work: channels and routing stand above.
"""
