"""Examples that come along: sentences of ours by feeling, by how bad it is, and spam beside what looks like it."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Final, Literal

FOLDER: Final = Path(__file__).parent / "seed_texts"
SentimentLabel = Literal["negative", "neutral", "positive"]
SENTIMENT_OF: Final[dict[str, SentimentLabel]] = {
    "angry": "negative",
    "disappointed": "negative",
    "anxious": "negative",
    "calm": "neutral",
    "thankful": "positive",
}
SEVERITY_OF: Final = {"low": "1", "normal": "2", "high": "3", "urgent": "4"}


@cache
def seeds_of(name: Literal["feelings", "severity", "spam"]) -> dict[str, list[str]]:
    """Sentences by label."""
    found = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return {str(label): [str(text) for text in texts] for label, texts in found.items()}


def examples_of(aspect: str) -> tuple[list[str], list[str]]:
    """Texts and labels of an aspect that comes with examples; nothing for others."""
    if aspect in {"sentiment", "emotion"}:
        feelings = seeds_of("feelings")
        pairs = [(text, label) for label, texts in feelings.items() for text in texts]
        if aspect == "sentiment":
            pairs = [(text, SENTIMENT_OF[label]) for text, label in pairs]
    elif aspect == "severity":
        pairs = [(text, SEVERITY_OF[label]) for label, texts in seeds_of("severity").items() for text in texts]
    elif aspect == "spam":
        pairs = [(text, label) for label, texts in seeds_of("spam").items() for text in texts]
    else:
        pairs = []
    return [text for text, _ in pairs], [label for _, label in pairs]
