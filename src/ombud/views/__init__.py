"""Views: lists of tickets by conditions, saved and shared, and what is done to all tickets of a list at once.

A *condition* is compiled to SQL here; a *view* keeps one with its sort and columns; a *job* changes or exports every
ticket of a selection in the background. Visibility is never a condition: it is added to every statement.
"""
