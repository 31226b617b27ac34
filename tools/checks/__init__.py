"""What CI asks of the source, one module each: ``python -m tools.checks [NAME…]``.

A check is a function ``check(root) -> Report``. Its figures are printed, its faults fail the run.
"""
