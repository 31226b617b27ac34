"""Run all checks, or those that are named, and print what they measured."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools.checks import docs, ladder, python_style, shape, tracked, translations, web
from tools.checks.report import Report

CHECKS: Mapping[str, Callable[[Path], Report]] = {
    "format": python_style.check_format,
    "lint": python_style.check_lint,
    "types": python_style.check_types,
    "ladder": ladder.check,
    "shape": shape.check,
    "docs": docs.check,
    "translations": translations.check,
    "tracked": tracked.check,
    "web": web.check,
}
ROOT = Path(__file__).resolve().parents[2]


def main(names: Sequence[str]) -> int:
    """Run the checks; the exit code is 1 when one found a fault, 2 when there is none of that name."""
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        print(f"There is no check {unknown[0]}. There are: {', '.join(CHECKS)}")
        return 2
    failed = [name for name in names or CHECKS if not run_check(name)]
    print(f"checks: {', '.join(failed)} failed" if failed else "checks: all passed")
    return 1 if failed else 0


def run_check(name: str) -> bool:
    """Run one check and print its report; True when it found no fault."""
    started = time.monotonic()
    report = CHECKS[name](ROOT)
    print(f"{'FAIL' if report.faults else 'ok  '} {name} ({time.monotonic() - started:.1f} s)")
    for line in report.figures:
        print(f"       {line}")
    for line in report.faults:
        print(f"     ! {line}")
    return not report.faults


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
