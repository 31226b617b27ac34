"""Ranking of passages for a question, by words and by meaning together. Pure: no database, no clock.

Words are those of the product's search: pairs of neighbouring characters for Chinese, and each character beside them,
unaccented forms and stems elsewhere, ranked by BM25. Meaning crosses languages; without it words do.
"""
