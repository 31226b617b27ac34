"""Answering simple questions by itself, from approved articles alone and with their source.

A *talk* is what the machine and one customer have on a ticket, a *turn* a message that it looks at. It never words an
answer without a source, promises nothing, moves no money, and hands over to a person at a word, at a risk, when it
does not know, or when it has said enough.
"""
