"""From the event log to open screens: each changed row is loaded once a process and sent to whoever may see it now.

The log, not the connection, is the truth: a stream resumes after its last number and misses nothing. Knows
nothing of tickets: rooms above give it loaders that turn events into frames.
"""
