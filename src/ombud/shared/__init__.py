"""What every room stands on: ids, clock, errors, database, event log, files, crypto, words.

Knows nothing of customer service. Nothing here may import another room.
"""
