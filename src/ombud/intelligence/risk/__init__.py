"""Risks in what people write: threats, danger, fraud and bad language, each with the words that show it.

Rules in both languages, no model: the same text always gives the same answer, and its reason can be read.
"""
