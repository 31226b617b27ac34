"""Meaning as numbers: texts whose vectors lie near each other say alike things, in whatever language.

The model that comes along works inside the process; an address that speaks OpenAI's language can take its place. Both
may be absent: whoever asks must have a way without meaning.
"""
