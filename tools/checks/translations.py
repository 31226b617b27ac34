"""Chinese and English say the same: every catalogue has the same keys, none is empty, none that is used is missing."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.checks.report import Report, package_folder
from tools.checks.shape import WEB_TESTS, web_files

LOCALES = ("en", "zh-CN")
USED_KEY = re.compile(r"""(?:\bt|\$t|\bte|\$te)\(\s*(['"`])([\w.-]+)\1\s*[,)]|keypath=(["'])([\w.-]+)\3""")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
SKIPPED = frozenset({"node_modules", "dist", "web_dist"})


def check(root: Path) -> Report:
    """All catalogues are complete in both languages."""
    report = Report()
    known: set[str] = set()
    for folder in sorted({*_catalogues(root / "web"), *_catalogues(package_folder(root))}):
        texts = {locale: read_catalogue(folder, locale) for locale in LOCALES}
        known |= {key for catalogue in texts.values() for key in catalogue}
        name = str(folder.relative_to(root))
        report.figures.append(f"{name}: " + ", ".join(f"{locale} {len(texts[locale])}" for locale in LOCALES))
        report.faults += [f"{name}: {fault}" for fault in compare(texts)]
    report.faults += [
        f"{place} uses {key}, which no catalogue has" for key, place in used_keys(root) if key not in known
    ]
    return report


def read_catalogue(folder: Path, locale: str) -> dict[str, str]:
    """Read one language: ``<locale>.json``, or a folder of files whose names are the first part of the keys."""
    texts: dict[str, str] = {}
    single = folder / f"{locale}.json"
    if single.exists():
        texts.update(_flatten(json.loads(single.read_text())))
    for path in sorted((folder / locale).glob("*.json")):
        content = json.loads(path.read_text())
        texts.update(_flatten(content if list(content) == [path.stem] else {path.stem: content}))
    return texts


def compare(texts: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Find keys that one language lacks, empty texts, and placeholders that differ."""
    every = {key for catalogue in texts.values() for key in catalogue}
    for key in sorted(every):
        found = {locale: catalogue.get(key) for locale, catalogue in texts.items()}
        for locale, text in found.items():
            if text is None or not text.strip():
                yield f"{locale} has no text for {key}"
        if len({frozenset(PLACEHOLDER.findall(text)) for text in found.values() if text}) > 1:
            yield f"the placeholders of {key} differ"


def used_keys(root: Path) -> Iterator[tuple[str, str]]:
    """Find the keys that the front end asks for by name, and where."""
    for path in web_files(root):
        if not path.name.endswith(WEB_TESTS):
            for match in USED_KEY.finditer(path.read_text()):
                yield match.group(2) or match.group(4), str(path.relative_to(root))


def _catalogues(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("locales"):
        if path.is_dir() and not SKIPPED & set(path.parts):
            yield path


def _flatten(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in content.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)
