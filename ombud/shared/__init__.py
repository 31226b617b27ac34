"""The ground that every room stands on: ids, clock, errors, database, event log, files, keys.

It knows no customer, no ticket and no agent. It never imports another room.
"""
