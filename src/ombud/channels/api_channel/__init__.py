"""A channel of one's own by the API: a program hands messages in and fetches answers.

Every message has a key of the client's; the same key again is the same message. Answers are handed out at least once.
"""
