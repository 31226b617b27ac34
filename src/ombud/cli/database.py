"""The database that a command works on: the given one, the running one, or the private one started for the while."""

import contextlib
from collections.abc import Iterator

from ombud.config.settings import Settings
from ombud.shared.postgres import running_url, start_server


@contextlib.contextmanager
def open_database(settings: Settings) -> Iterator[str]:
    """Give the address of the installation's database, started and stopped again if nothing runs."""
    known = settings.database_url or running_url(settings.postgres_home)
    if known:
        yield known
        return
    server = start_server(settings.postgres_home)
    try:
        yield server.url
    finally:
        server.stop()
