<<<<<<< HEAD
"""The ground that every room stands on: ids, clock, errors, database, event log, files, keys.

It knows no customer, no ticket and no agent. It never imports another room.
=======
"""What every room stands on: ids, clock, errors, database, event log, files, crypto, words.

Knows nothing of customer service. Nothing here may import another room.
>>>>>>> main
"""
