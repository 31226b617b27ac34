"""The form of an answer: as a JSON schema, as words, and read back from whatever a model made of it."""

import re
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")
FENCED: Final = re.compile(r"^\s*```[a-z]*\s*\n(.*?)\n?\s*```\s*$", re.DOTALL | re.IGNORECASE)
THOUGHTS: Final = re.compile(r"^\s*<think>.*?</think>", re.DOTALL | re.IGNORECASE)


class WrongForm(ValueError):
    """What a model answered is not of the form that was asked for."""


def schema_of(shape: type[Any]) -> dict[str, Any]:
    """The schema of a struct, its root in place: some servers follow no reference there."""
    whole = msgspec.json.schema(shape)
    parts = whole.pop("$defs", {})
    root = whole.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = dict(parts.pop(root)) if root in parts else whole
    if parts:
        found["$defs"] = parts
    return found


def form_in_words(shape: type[Any]) -> str:
    """What to answer, for models that are told in words only."""
    schema = msgspec.json.encode(schema_of(shape)).decode()
    return f"Answer with one JSON object of this JSON schema, without anything before or behind it:\n{schema}"


def read_answer(text: str, shape: type[T]) -> T:
    """The answer as a struct; a block of code around it, and loud thinking before it, are taken away.

    Raises:
        WrongForm: it is none, with what is wrong.
    """
    bare = THOUGHTS.sub("", text)
    found = FENCED.match(bare)
    bare = (found.group(1) if found else bare).strip()
    try:
        return msgspec.json.decode(bare, type=shape)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as problem:
        raise WrongForm(str(problem)[:300]) from problem
