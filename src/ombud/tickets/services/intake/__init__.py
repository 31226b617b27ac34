"""The way in: a durable door, and one worker that threads batches of messages to tickets.

A message is acknowledged when it stands in ``inbox``; whatever happens afterwards, it is not lost. Intake runs in one
process at a time (an advisory lock), in the order of arrival, a whole batch in one transaction: a batch of one is
the simple case of the same code.
"""
