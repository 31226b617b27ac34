"""Rules: what the desk does by itself, on events and on time.

Words: a *rule* says when, if and then; a *version* is the rule as it was; a *run* is one rule at work on one ticket,
told on its timeline with the reason; a *dry run* says what it would do, and does nothing. A rule never answers mails
that machines wrote, is never woken by its own doing, and stops where rules wake each other again and again.
"""
