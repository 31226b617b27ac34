"""Finding what answers a question: articles cut into passages, kept with their words and vectors, ranked together.

A *passage* is a piece of one published version in one language, short enough to be read as an answer, under its
headings. The index lies in each process and follows the tables by their revision, so that what is found is what is
published now.
"""
