"""The evaluations, one module each: loaded when one is run, because what learns takes seconds to load."""
