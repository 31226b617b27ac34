"""Teamwork across departments: work orders go out, are accepted, returned, urged, supervised and withdrawn.

Words: a *dispatch* (派单) gives a ticket to a department; to *accept* it (签收) starts its clock; an *urge* (催办)
is the customer's asking again; a *task* (协办单) asks a department for one thing.
Never shows the conversation to whoever was only asked for a task.
"""
