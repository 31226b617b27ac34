"""The source tree around the program, for commands that need more than the installed package."""

from pathlib import Path

import ombud
from ombud.shared.installation import InstallationError


def checkout_root() -> Path:
    """Find the root of the source tree.

    Raises:
        InstallationError: the program was installed without it.
    """
    for folder in Path(ombud.__file__).resolve().parents:
        if (folder / "pyproject.toml").exists():
            return folder
    msg = "This command works in a checkout of the source only: git clone it, then ./ombud …"
    raise InstallationError(msg)
