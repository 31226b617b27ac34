"""The written pages, taken apart for the tests: links, headings, code, and what code names."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
HEADING = re.compile(r"^(#+) +(.+)$", re.MULTILINE)
PAIRS = [
    ("README.md", "README.zh-CN.md"),
    *((f"docs/en/{path.name}", f"docs/zh/{path.name}") for path in sorted((ROOT / "docs/en").glob("*.md"))),
    ("docs/widget.md", "docs/widget.zh-CN.md"),
    ("docs/how-to/verify-a-webhook.md", "docs/how-to/verify-a-webhook.zh-CN.md"),
]


def pages() -> list[Path]:
    """All pages, the longest-standing first."""
    return [*sorted(ROOT.glob("*.md")), ROOT / "web/README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def name(path: Path) -> str:
    """A page's place in the repository."""
    return path.relative_to(ROOT).as_posix()


def blocks(text: str) -> list[tuple[str, str]]:
    """Language and content of each block of code."""
    return FENCE.findall(text)


def code(text: str) -> Iterator[str]:
    """Every line of code: those of blocks, long lines put together, and the spans within sentences."""
    for _, block in blocks(text):
        yield from block.replace("\\\n", " ").splitlines()
    yield from SPAN.findall(FENCE.sub("", text))


def headings(text: str) -> list[tuple[int, str]]:
    """Depth and words of each heading; comments in code are none."""
    return [(len(marks), words) for marks, words in HEADING.findall(FENCE.sub("", text))]


def anchor(heading: str) -> str:
    """The name under which a heading can be linked to."""
    bare = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return bare.replace(" ", "-")


def links(text: str) -> list[str]:
    """Links and pictures within the repository."""
    found = [inner or source for inner, source in LINK.findall(SPAN.sub("", FENCE.sub("", text)))]
    return [link for link in found if "://" not in link]


def unresolved(path: Path) -> Iterator[str]:
    """Links of a page that lead nowhere."""
    for link in links(path.read_text()):
        target, _, place = link.partition("#")
        aim = (path.parent / target).resolve() if target else path
        if not aim.exists() or (place and place not in {anchor(words) for _, words in headings(aim.read_text())}):
            yield link
