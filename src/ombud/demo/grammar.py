"""Texts with choices: `[a|b|]` picks one, `{fact}` puts in a fact, `<name>` speaks one of the lines of that name.

A line called `name.mood` or `name.style` stands in for `name` when the speaker is in that mood or has that style. A
line that begins with `topic~ ` sets the topic of the talk; afterwards lines of that topic are spoken before others, so
that an answer fits what was asked.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

# What is left where an empty choice met a sign: a blank before it, or a weaker sign before a stronger one.
SEAMS = re.compile(r"(?:[,，、:：]+ *| +)([。！？.!?](?!\d)|,(?= ))")
TOPIC = re.compile(r"(\w+)~ ")
TOKENS = re.compile(r"[\[\]|]|\{\w+\}|<\w+>|[^\[\]|{}<>]+|.", re.DOTALL)


class UnknownLine(LookupError):
    """A scene speaks a line that neither it nor the common lines hold. Add it to the scene's file."""


@dataclass(slots=True)
class Voice:
    """Who speaks, with which facts: all that a text needs beside its template."""

    rng: random.Random
    facts: dict[str, str]
    lexicon: "Lexicon"
    mood: str = ""
    style: str = ""
    topic: str = ""


class Part(Protocol):
    """A piece of a template."""

    def speak(self, voice: Voice, out: list[str]) -> None:
        """Append the words of this piece."""


@dataclass(frozen=True, slots=True)
class Words:
    """Fixed words."""

    text: str

    def speak(self, voice: Voice, out: list[str]) -> None:  # noqa: ARG002  # the same shape as the other parts
        """Append the fixed words."""
        out.append(self.text)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the conversation."""

    name: str

    def speak(self, voice: Voice, out: list[str]) -> None:
        """Append the fact."""
        out.append(voice.facts[self.name])


@dataclass(frozen=True, slots=True)
class Reference:
    """One of the lines of a name."""

    name: str

    def speak(self, voice: Voice, out: list[str]) -> None:
        """Append one of the lines."""
        voice.lexicon.pick(self.name, voice).speak(voice, out)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    options: tuple["Template", ...]

    def speak(self, voice: Voice, out: list[str]) -> None:
        """Append one of the options."""
        self.options[int(voice.rng.random() * len(self.options))].speak(voice, out)


@dataclass(frozen=True, slots=True)
class Template:
    """Pieces in a row."""

    parts: tuple[Part, ...]
    topic: str = ""

    def speak(self, voice: Voice, out: list[str]) -> None:
        """Append all pieces."""
        for part in self.parts:
            part.speak(voice, out)

    def text(self, voice: Voice) -> str:
        """Speak it as one text."""
        out: list[str] = []
        self.speak(voice, out)
        return SEAMS.sub(r"\1", "".join(out)).strip()


class Lexicon:
    """Lines by name in one language; a scene's own lines stand before the common ones."""

    def __init__(self, lines: dict[str, list[str]], below: "Lexicon | None" = None) -> None:
        self._lines = {name: tuple(map(read_line, texts)) for name, texts in lines.items()}
        self._below = below
        self._found: dict[tuple[str, str, str, str], tuple[Template, ...]] = {}

    def pick(self, name: str, voice: Voice) -> Template:
        """Pick one line of that name, in the speaker's mood or style if there is such a line."""
        lines = self.lines(name, voice.mood, voice.style, voice.topic)
        line = lines[int(voice.rng.random() * len(lines))]
        voice.topic = voice.topic or line.topic
        return line

    def has(self, name: str) -> bool:
        """Tell whether there is such a line, here or below."""
        return name in self._lines or (self._below is not None and self._below.has(name))

    def names(self) -> set[str]:
        """All names spoken in this lexicon itself."""
        return set(self._lines)

    def templates(self) -> list[Template]:
        """All templates of this lexicon itself."""
        return [line for lines in self._lines.values() for line in lines]

    def lines(self, name: str, mood: str, style: str, topic: str = "") -> tuple[Template, ...]:
        """All lines that this speaker may choose from."""
        key = (name, mood, style, topic)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = _on_topic(self._search(name, mood, style), topic)
        return found

    def _search(self, name: str, mood: str, style: str) -> tuple[Template, ...]:
        for candidate in (f"{name}.{mood}", f"{name}.{style}", name):
            if candidate in self._lines:
                return self._lines[candidate]
        if self._below is None:
            raise UnknownLine(name)
        return self._below.lines(name, mood, style)


def _on_topic(lines: tuple[Template, ...], topic: str) -> tuple[Template, ...]:
    if not topic:
        return lines
    fitting = tuple(line for line in lines if line.topic == topic)
    return fitting or tuple(line for line in lines if not line.topic) or lines


def read_line(text: str) -> Template:
    """Read a line with the topic that may stand before it."""
    found = TOPIC.match(text)
    if found is None:
        return read_template(text)
    return Template(read_template(text[found.end() :]).parts, found.group(1))


def read_template(text: str) -> Template:
    """Read a template from its notation."""
    options = _read_options(iter(TOKENS.findall(text)), is_nested=False)
    return options[0] if len(options) == 1 else Template((Choice(options),))


def _read_options(pieces: Iterator[str], *, is_nested: bool) -> tuple[Template, ...]:
    options: list[Template] = []
    parts: list[Part] = []
    for piece in pieces:
        if piece == "]" and is_nested:
            break
        if piece == "|":
            options.append(Template(tuple(parts)))
            parts = []
        elif piece == "[":
            parts.append(Choice(_read_options(pieces, is_nested=True)))
        else:
            parts.append(_read_part(piece))
    return (*options, Template(tuple(parts)))


def _read_part(piece: str) -> Part:
    if piece[0] == "{" and len(piece) > 1:
        return Fact(piece[1:-1])
    if piece[0] == "<" and len(piece) > 1:
        return Reference(piece[1:-1])
    return Words(piece)
