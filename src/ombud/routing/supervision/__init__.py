"""Supervision: the live page of queues and agents, listening in, whispering, and what a team leader changes at once.

A team leader sees the teams that they belong to; whoever sees all teams, all. What they do stands in the log of
events under their name. Nothing here is told to customers.
"""
