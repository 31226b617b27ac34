"""A real NATS server on a port of its own, which can die and come back."""

import contextlib
import os
import shutil
import socket
import subprocess
from pathlib import Path

PROGRAM_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin:/usr/bin"


class NatsServer:
    """Listens on loopback, and asks for a name and a password."""

    def __init__(self, log: Path) -> None:
        self._log = log
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self._port = probe.getsockname()[1]
        self.address = f"nats://someone:secret@127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        """Start, and go on when it listens."""
        program = shutil.which("nats-server", path=PROGRAM_PATH) or "nats-server"
        options = ["-a", "127.0.0.1", "-p", str(self._port), "--user", "someone", "--pass", "secret"]
        self._process = subprocess.Popen([program, *options, "-l", str(self._log)])
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port)):
                return

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
