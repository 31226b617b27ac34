"""Commands: one module per area, each adding its own sub-commands to ``ombud``."""
