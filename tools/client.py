"""Write the types of the pages from the description of the API: ``python -m tools.client``.

The generated file is committed, so that building the pages needs no more than Node; the check ``web`` makes it anew and
compares.
"""

import sys
import tempfile
from pathlib import Path

from ombud.config.openapi import describe_api
from tools import launch

TYPES = Path("web") / "api" / "schema.gen.ts"


def write_types(target: Path) -> None:
    """Generate the types.

    Raises:
        NotPrepared: Node or its packages are missing, or the generator failed.
    """
    environment = Path(sys.prefix)
    launch.install_web_packages(environment)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "openapi.json"
        source.write_bytes(describe_api())
        arguments = ["run", "client", "--", str(source), "--output", str(target)]
        launch.run_npm(environment, arguments, "The types of the pages could not be generated")


def are_types_current(root: Path) -> bool:
    """Tell whether the committed types are those of this code."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / TYPES.name
        write_types(fresh)
        return fresh.read_bytes() == (root / TYPES).read_bytes()


if __name__ == "__main__":
    write_types(launch.ROOT / TYPES)
