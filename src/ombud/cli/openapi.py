"""``ombud openapi``: the description of the API, without a running desk."""

import argparse
import importlib
import sys

from ombud.cli.commands import Commands

# Named, not imported: it loads the whole application.
DESCRIPTION = "ombud.config.openapi"


def add_commands(commands: Commands) -> None:
    """Add ``openapi``."""
    parser = commands.add_parser("openapi", help="print the OpenAPI document of this version")
    parser.set_defaults(run=run_openapi)


def run_openapi(_: argparse.Namespace) -> int:
    """Print the document."""
    sys.stdout.write(importlib.import_module(DESCRIPTION).describe_api().decode())
    return 0
