"""What every room stands on: ids, clock, errors, database, event log, files, keys, words.

It knows no customer, no ticket and no agent. Nothing here may import another room.
"""
