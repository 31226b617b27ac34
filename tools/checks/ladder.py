"""Imports go down the ladder, enter a room by its doors, and never turn in a circle."""

import contextlib
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
from importlinter.cli import lint_imports

from tools.checks.report import Report, source_folder

DOORS = frozenset({"services", "queries", "permissions", "events", "schemas"})
# The ground and its streams are open, and the assembly puts everything together.
OPEN_ROOMS = frozenset({"shared", "realtime"})
ASSEMBLY = frozenset({"config", "cli", "demo", "__main__"})
ROOM_DEPTH = 1


def check(root: Path) -> Report:
    """The ladder of pyproject.toml holds, rooms are entered by their doors, cycles are 0."""
    graph = build_graph(root)
    back_doors = list(find_back_doors(graph))
    cycle = find_cycle(graph)
    faults = [*check_ladder(root), *back_doors, *([f"import cycle: {' → '.join(cycle)}"] if cycle else [])]
    imports = sum(len(graph.find_modules_directly_imported_by(module)) for module in graph.modules)
    figures = [
        f"{len(graph.modules)} modules, {imports} imports, cycles {1 if cycle else 0}, back doors {len(back_doors)}"
    ]
    return Report(figures=figures, faults=faults)


def build_graph(root: Path, package: str = "ombud") -> grimp.ImportGraph:
    """Read who imports whom, type-checking imports included."""
    with importable(root):
        return grimp.build_graph(package, cache_dir=None)


@contextlib.contextmanager
def importable(root: Path) -> Iterator[None]:
    """Let the package of a source tree be found."""
    folder = str(source_folder(root))
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def check_ladder(root: Path) -> list[str]:
    """Run import-linter's contracts."""
    with contextlib.chdir(root), importable(root):
        failed = lint_imports(config_filename="pyproject.toml", no_cache=True)
    return ["the ladder of pyproject.toml is broken: see import-linter's words above"] if failed else []


def find_back_doors(graph: grimp.ImportGraph) -> Iterator[str]:
    """Find imports that enter another room by anything but its doors."""
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            if not is_allowed(importer, imported):
                yield f"{importer} enters {imported}: use the room's {', '.join(sorted(DOORS))}"


def is_allowed(importer: str, imported: str) -> bool:
    """Tell whether one module may import the other, ladder aside."""
    here, there = room_of(importer), room_of(imported)
    if not there or here == there or there in OPEN_ROOMS or here in ASSEMBLY:
        return True
    inside = imported.split(".")[ROOM_DEPTH + 1 :]
    return not inside or bool(DOORS & set(inside))


def room_of(module: str) -> str:
    """Name the room of a module: ``tickets`` of ``ombud.tickets.services``."""
    parts = module.split(".")
    return parts[ROOM_DEPTH] if len(parts) > ROOM_DEPTH else ""


def find_cycle(graph: grimp.ImportGraph) -> list[str]:
    """Find one circle of imports, or nothing."""
    needs = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []
