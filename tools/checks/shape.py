"""How long files and functions are, how deep they nest, and how much test there is for the code.

Lengths are lines as they stand in the file, docstring and blank ones included. The ratio counts lines that are
neither blank nor only a comment.
"""

import ast
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tools.checks.report import Report, existing, package_folder

FILE_P95, FILE_MOST = 300, 600
# A test file keeps the cases of one module together, so it may be somewhat longer.
TEST_FILE_P95 = 350
FUNCTION_MEDIAN, FUNCTION_P95, FUNCTION_MOST = 9, 35, 60
NESTING_MOST = 3
# The house rule, and the ratchet: what has been reached must not be lost. Raise it whenever more was written.
TEST_RATIO_GOAL = 1.3
TEST_RATIO_LEAST = 0.65
WEB_SUFFIXES = (".ts", ".vue")
WEB_TESTS = (".spec.ts", ".test.ts")
UNWRITTEN = frozenset({"node_modules", "dist", "coverage"})
GENERATED = ("schema.gen.ts",)

Function = ast.FunctionDef | ast.AsyncFunctionDef
Block = ast.If | ast.For | ast.AsyncFor | ast.While | ast.With | ast.AsyncWith | ast.Try | ast.TryStar | ast.Match


@dataclass(frozen=True)
class Measured:
    """One function or file and its size."""

    name: str
    lines: int
    nesting: int = 0


def check(root: Path) -> Report:
    """Lengths, nesting and the share of tests keep the limits of the house style."""
    report = Report()
    code = sorted(package_folder(root).rglob("*.py"))
    others = [path for name in existing(root, ["tools", "benchmarks"]) for path in sorted((root / name).rglob("*.py"))]
    tests = sorted((root / "tests").rglob("*.py"))
    check_files(report, "Python files", root, [*code, *others])
    check_files(report, "Python test files", root, tests, most_p95=TEST_FILE_P95)
    check_functions(report, [item for path in [*code, *others] for item in functions_of(path, root)])
    check_ratio(report, "Python", tests, code)
    check_web(report, root)
    return report


def check_files(report: Report, what: str, root: Path, paths: Sequence[Path], *, most_p95: int = FILE_P95) -> None:
    """Hold files to their limits."""
    files = [Measured(str(path.relative_to(root)), len(path.read_text().splitlines())) for path in paths]
    if not files:
        return
    sizes = [file.lines for file in files]
    spread = f"median {median(sizes):.0f}, p95 {p95(sizes)} (≤ {most_p95}), max {max(sizes)} (≤ {FILE_MOST})"
    report.figures.append(f"{what}: {len(files)}, {spread}")
    if p95(sizes) > most_p95:
        report.faults.append(f"{what}: p95 is {p95(sizes)} lines; longest: {longest(files)}")
    report.faults += [f"{file.name} has {file.lines} lines" for file in files if file.lines > FILE_MOST]


def check_functions(report: Report, functions: Sequence[Measured]) -> None:
    """Hold functions to their limits."""
    if not functions:
        return
    sizes, deepest = [item.lines for item in functions], max(item.nesting for item in functions)
    report.figures.append(
        f"functions: {len(sizes)}, median {median(sizes):.0f} (≤ {FUNCTION_MEDIAN}), "
        f"p95 {p95(sizes)} (≤ {FUNCTION_P95}), max {max(sizes)} (≤ {FUNCTION_MOST}), "
        f"nesting {deepest} (≤ {NESTING_MOST})"
    )
    if median(sizes) > FUNCTION_MEDIAN:
        report.faults.append(f"functions: the median is {median(sizes):.0f} lines")
    if p95(sizes) > FUNCTION_P95:
        report.faults.append(f"functions: p95 is {p95(sizes)} lines; longest: {longest(functions)}")
    report.faults += [f"{item.name} has {item.lines} lines" for item in functions if item.lines > FUNCTION_MOST]
    report.faults += [f"{item.name} nests {item.nesting} deep" for item in functions if item.nesting > NESTING_MOST]


def check_ratio(report: Report, what: str, tests: Iterable[Path], code: Iterable[Path]) -> None:
    """Hold the share of tests to its limit."""
    tested, written = count_lines(tests), count_lines(code)
    if not written:
        return
    share = f"{tested / written:.2f} (≥ {TEST_RATIO_LEAST}, goal {TEST_RATIO_GOAL})"
    report.figures.append(f"{what}: {tested} lines of test for {written} of code, {share}")
    if tested / written < TEST_RATIO_LEAST:
        missing = math.ceil(written * TEST_RATIO_LEAST) - tested
        report.faults.append(f"{what}: {missing} lines of test are missing")


def check_web(report: Report, root: Path) -> None:
    """Measure the front end: its files are held to the limits, its share of tests is only told."""
    written = [path for path in web_files(root) if not path.name.endswith(WEB_TESTS)]
    tests = [path for path in web_files(root) if path.name.endswith(WEB_TESTS)]
    check_files(report, "front-end files", root, written)
    if written:
        tested, code = count_lines(tests), count_lines(written)
        report.figures.append(f"front end: {tested} lines of test for {code} of code, {tested / code:.2f}")


def web_files(root: Path) -> Iterator[Path]:
    """Find what was written by hand for the front end."""
    for path in sorted((root / "web").rglob("*")):
        is_ours = not UNWRITTEN & set(path.parts) and path.name not in GENERATED and not path.name.endswith(".d.ts")
        if is_ours and path.suffix in WEB_SUFFIXES:
            yield path


def functions_of(path: Path, root: Path) -> Iterator[Measured]:
    """Measure every function of a file, methods and inner ones included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            yield Measured(f"{path.relative_to(root)}:{node.lineno} {node.name}", lines, nesting_of(node.body))


def nesting_of(statements: Iterable[ast.AST], depth: int = 0) -> int:
    """Count how many blocks stand inside one another; ``elif`` counts as its ``if``, inner functions start anew."""
    return max((_depth_of(statement, depth) for statement in statements), default=depth)


def _depth_of(node: ast.AST, depth: int) -> int:
    if isinstance(node, Function | ast.ClassDef | ast.Lambda):
        return depth
    inner = depth + isinstance(node, Block)
    deepest = nesting_of((child for child in ast.iter_child_nodes(node) if not _is_elif(node, child)), inner)
    return max(deepest, nesting_of((child for child in ast.iter_child_nodes(node) if _is_elif(node, child)), depth))


def _is_elif(node: ast.AST, child: ast.AST) -> bool:
    return isinstance(node, ast.If) and node.orelse == [child] and isinstance(child, ast.If)


def count_lines(paths: Iterable[Path]) -> int:
    """Count lines that are neither blank nor only a comment."""
    lines = (line.strip() for path in paths for line in path.read_text().splitlines())
    return sum(1 for line in lines if line and not line.startswith(("#", "//", "<!--")))


def p95(sizes: Sequence[int]) -> int:
    """Give the size that 95 % do not pass (nearest rank)."""
    return sorted(sizes)[math.ceil(len(sizes) * 0.95) - 1]


def longest(items: Sequence[Measured]) -> str:
    """Name the three longest."""
    top = sorted(items, key=lambda item: -item.lines)[:3]
    return ", ".join(f"{item.name} ({item.lines})" for item in top)
