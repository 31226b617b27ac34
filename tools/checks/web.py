"""The front end's own checks: strict types, linter, unit tests, and pages that are built from these sources."""

import json
import sys
from pathlib import Path

from tools import launch
from tools.checks.report import Report
from tools.client import TYPES, are_types_current


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
        if not are_types_current(root):
            return Report(faults=[f"{TYPES} is not of this code. Run: python -m tools.client"])
        launch.run_npm(environment, ["run", "check"], "npm run check failed")
    except launch.NotPrepared as error:
        return Report(faults=[str(error)])
    return Report(figures=["the generated types are current; types, linter and unit tests pass"])
