"""Which kind a text is of: linear heads over meaning and words that learn from examples in seconds.

A head says how sure it is, and calls unknown what is like none of its examples. Without examples prototypes made from
the names of the kinds stand in. Without a model of meaning words do. Nothing here knows tickets.
"""
