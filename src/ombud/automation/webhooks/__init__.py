"""Webhooks: events of the desk, sent to other systems.

Words: a *webhook* is a receiver's address with the kinds of events and the teams that it wants; a *delivery* is one
event for one webhook, kept with its outcome; a *ping* is a delivery for trying out, which is not kept.

A delivery is made at least once and may come twice or out of order: the event's id tells doubles and the true order.
It holds ids and enumerations only. Whatever a customer or a colleague wrote never leaves by this door; receivers fetch
what they may see through the API.
"""
