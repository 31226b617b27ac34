"""Simulated days: arrivals, handling, patience and shifts on a clock of their own, driven by the router of the product.

A *scenario* is a readable file; a *kind* is a sort of work that arrives; a *group* is people with the same skills and
shift; a *replication* is the same day with other chance. Every policy meets the same chance, so that differences are
the policy's. Nothing here reads the clock or changes a ticket.
"""
