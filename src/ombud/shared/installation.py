"""What goes wrong with an installation, not with a request: a missing program, a locked folder, a wrong setting."""


class InstallationError(Exception):
    """Something around the program is not as it must be; the message says what, and how to mend it."""
