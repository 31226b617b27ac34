"""The front end's own checks: strict types, linter, unit tests, and pages that are built from these sources."""

import json
import sys
from pathlib import Path

from tools import launch
from tools.checks.report import Report


def check(root: Path) -> Report:
    """`npm run check` passes with the Node of the wheel."""
    manifest = root / "web" / "package.json"
    if not manifest.exists():
        return Report(figures=["no front end yet"])
    if "check" not in json.loads(manifest.read_text()).get("scripts", {}):
        return Report(faults=["web/package.json has no script named check"])
    environment = Path(sys.prefix)
    try:
        launch.install_web_packages(environment)
        launch.run_npm(environment, ["run", "check"], "npm run check failed")
    except launch.NotPrepared as error:
        return Report(faults=[str(error)])
    return Report(figures=["types, linter and unit tests pass"])
