"""The commands of ``ombud``: one module each, found by its function ``add_commands``.

A module adds its parsers and sets ``run`` on them, a function that takes the parsed arguments and gives the exit code.
"""
