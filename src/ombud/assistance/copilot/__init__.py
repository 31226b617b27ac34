"""The copilot (智能助手): answers from articles and from solved tickets, summaries, next steps, drafts.

Without a language model it finds, and takes sentences out of what is there; with one it also writes. Whatever it shows
has its source and says who wrote it; nothing goes to a customer before an agent has put it in and sent it. What goes
into an answer never comes from internal notes.
"""
