"""Custom fields: what a desk wants to know of its tickets, customers and organisations beyond what we ship.

A *definition* says a field's key, names, kind and bounds. The values lie on the row of whatever they describe, by key;
this room checks them. Knows nothing of tickets: their forms stand in ``tickets``.
"""
