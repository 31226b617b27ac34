"""``ombud serve``: one process of the desk, for the web, the work behind it or the background."""

import argparse
import importlib
import logging
import os
import sys
from typing import NoReturn

from ombud.cli.commands import Commands
from ombud.config.settings import Settings

# Named, not imported: the whole application is loaded by the one command that serves it, and by no other.
APPLICATION = "ombud.config.app"


def add_commands(commands: Commands) -> None:
    """Add ``serve``."""
    parser = commands.add_parser("serve", help="run one process of the desk; `up` does it for you")
    parser.add_argument("--web", action="store_true", help="answer requests and streams")
    parser.add_argument("--work", action="store_true", help="fetch, sort, route and send")
    parser.add_argument("--background", action="store_true", help="search, answer, classify, report: what follows")
    parser.add_argument("--host", help="address to listen on, in place of OMBUD_HOST")
    parser.add_argument("--port", type=int, help="port to listen on, in place of OMBUD_PORT")
    parser.set_defaults(run=run_serve)


def run_serve(arguments: argparse.Namespace) -> NoReturn:
    """Serve until told to stop; without a choice, all in this process."""
    chosen = {"web": arguments.web, "work": arguments.work, "background": arguments.background}
    if not any(chosen.values()):
        chosen = dict.fromkeys(chosen, True)
    application = importlib.import_module(APPLICATION)
    settings = Settings.from_env().listening(host=arguments.host, port=arguments.port)
    _leave(int(application.serve(settings, **chosen)))


def _leave(code: int) -> NoReturn:
    """End the process without taking the interpreter down.

    The web server's own threads still hold Python objects of connections that just ended. Before Python 3.14, a thread
    that lets go of one while the interpreter ends is unwound by force, which Rust answers with an abort: "panic in a
    function that cannot unwind" (granian issue 693). Everything of ours is closed at this point.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
