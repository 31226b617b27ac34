"""A private PostgreSQL: found, made, started, stopped and mended by us, from the binaries of a wheel or of Debian.

Words: a *cluster* is one folder of databases; its *home* is our folder around it (cluster, socket, lock, log of the
start); *binaries* are the server's programs; the *account* is the operating system's user that runs them.
It never listens on a network, never runs as root, never attaches to a server that somebody else started.
"""

from ombud.shared.postgres.binaries import Binaries, find_binaries
from ombud.shared.postgres.server import Server, running_url, start_server, temporary_server, url_of

__all__ = ["Binaries", "Server", "find_binaries", "running_url", "start_server", "temporary_server", "url_of"]
