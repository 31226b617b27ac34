"""People who work here: who they are, how they prove it, what they may do, which teams they belong to.

Words: a *person* is a colleague, never a customer; a *role* is a named set of permissions; a *team* owns tickets, and
membership decides which are seen; a *session* is one signed-in browser; a *one-time link* signs in once (first start,
invitation, password reset); an *API key* is a program's own way in. Knows no ticket, no customer and no channel.
"""
