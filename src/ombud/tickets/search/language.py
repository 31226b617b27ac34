"""Reads a query as people type it: words, phrases in quotes, operators in both languages, ``-`` and ``OR``.

A text that merely looks like an operator (``https://…``, ``12:30``, a colon before a space) is a text. A wrong operator
is an error that says where it stands and what there is: silently searching for something else would be worse.
"""

import difflib
import re
from typing import Literal

from msgspec import Struct, field

from ombud.shared.errors import Invalid
from ombud.tickets.search.operators import OPERATORS, TAKES_ONE, operator_named

MAX_LENGTH = 1_000
MAX_PARTS = 40
_KEY = re.compile(r"([A-Za-z_]{1,24}|[\u4e00-\u9fff]{1,8})(?P<colon>[:：])")
_QUOTES = {'"': '"', "“": "”", "”": "”", "「": "」", "『": "』"}
_SPACE = re.compile(r"\s+")
_COMMA = re.compile(r"[,，、]")
ProblemCode = Literal["unknown_operator", "unknown_value", "ends_first", "value_missing", "or_misplaced"]


class Atom(Struct, frozen=True):
    """One word, or what stands in quotes; ``is_beginning``: a star stands behind it."""

    text: str
    is_phrase: bool = False
    is_beginning: bool = False


class Clause(Struct, frozen=True):
    """Atoms of which one must be there, or none."""

    atoms: tuple[Atom, ...]
    is_negated: bool = False


class Filter(Struct, frozen=True):
    """An operator with its values, of which one must hold, or none; where it stands in the query."""

    operator: str
    values: tuple[str, ...]
    is_negated: bool
    start: int
    end: int


class QueryProblem(Struct, frozen=True):
    """What is wrong at which place (counted in characters), what there is, and what was probably meant."""

    code: ProblemCode
    start: int
    end: int
    operator: str
    value: str = ""
    known: list[str] = field(default_factory=list)
    suggestions: list[str] = field(default_factory=list)


class Query(Struct, frozen=True):
    """A query that was understood."""

    clauses: tuple[Clause, ...] = ()
    filters: tuple[Filter, ...] = ()


class QueryTooLong(Invalid):
    """The query is too long. Search for the words that matter."""

    code = "query_too_long"


class QueryInvalid(Invalid):
    """The query cannot be understood as it stands."""

    code = "query_invalid"

    def __init__(self, *problems: QueryProblem) -> None:
        super().__init__(" ".join(_sentence(one) for one in problems))
        self.problems = problems

    def extra(self) -> dict[str, object]:
        """The problems, each with its place."""
        return {"problems": list(self.problems)}


def check_length(text: str) -> None:
    """Refuse what nobody types.

    Raises:
        QueryTooLong: more than 1,000 characters.
    """
    if len(text) > MAX_LENGTH:
        raise QueryTooLong(f"The query has {len(text):,} characters; up to {MAX_LENGTH:,} can be searched for.")


def parse(text: str, *, as_text: bool = False) -> Query:
    """Understand a query; ``as_text`` takes everything but quotes as words on purpose.

    Raises:
        QueryTooLong: more than 1,000 characters, or more than 40 parts.
        QueryInvalid: an operator that does not exist or has no value, or an OR between things that it cannot join.
    """
    check_length(text)
    parser = _Parser(text, as_text=as_text)
    parser.read()
    if len(parser.clauses) + len(parser.filters) > MAX_PARTS:
        raise QueryTooLong(f"The query has more than {MAX_PARTS} parts. Search for those that matter.")
    if parser.problems:
        raise QueryInvalid(*parser.problems)
    return Query(tuple(parser.clauses), tuple(parser.filters))


def closest(typed: str, known: list[str]) -> list[str]:
    """Up to three of the known names that were probably meant."""
    names = {name.lower(): name for name in known}
    return [names[one] for one in difflib.get_close_matches(typed.lower(), names, n=3, cutoff=0.5)]


class _Parser:
    """Goes through a query once, from left to right."""

    def __init__(self, text: str, *, as_text: bool) -> None:
        self._text, self._as_text = text, as_text
        self._at = 0
        # Where an OR stands that waits for what comes behind it.
        self._or_at: int | None = None
        self._last: Clause | Filter | None = None
        self.clauses: list[Clause] = []
        self.filters: list[Filter] = []
        self.problems: list[QueryProblem] = []

    def read(self) -> None:
        while self._skip_space():
            start = self._at
            is_negated = self._text[start] == "-" and self._text[start + 1 : start + 2].strip() != ""
            self._at += is_negated
            if self._text[self._at] in _QUOTES:
                self._add_clause(Atom(self._quoted(), is_phrase=True), start, is_negated=is_negated)
            elif self._is_operator():
                self._read_operator(start, is_negated=is_negated)
            else:
                self._read_word(start, is_negated=is_negated)
        if self._or_at is not None and self._last is not None:
            self._misplaced(self._or_at)

    def _skip_space(self) -> bool:
        if found := _SPACE.match(self._text, self._at):
            self._at = found.end()
        return self._at < len(self._text)

    def _quoted(self) -> str:
        end_sign = _QUOTES[self._text[self._at]]
        end = self._text.find(end_sign, self._at + 1)
        # A quote that is still being typed goes to the end.
        found = self._text[self._at + 1 : end if end >= 0 else len(self._text)]
        self._at = end + 1 if end >= 0 else len(self._text)
        return found

    def _bare(self) -> str:
        end = _SPACE.search(self._text, self._at)
        found = self._text[self._at : end.start() if end else len(self._text)]
        self._at += len(found)
        return found

    def _is_operator(self) -> bool:
        key = None if self._as_text else _KEY.match(self._text, self._at)
        if key is None:
            return False
        if operator_named(key[1]) is not None:
            return True
        behind = self._text[key.end() :]
        # Sentences have colons, too: only a plain one with something glued to it was meant as an operator.
        return key["colon"] == ":" and behind[:1].strip() != "" and not behind.startswith("//")

    def _read_operator(self, start: int, *, is_negated: bool) -> None:
        key = _KEY.match(self._text, self._at)
        assert key is not None  # noqa: S101  # _is_operator saw it
        self._at = key.end()
        is_quoted = self._text[self._at : self._at + 1] in _QUOTES and self._at < len(self._text)
        value = self._quoted() if is_quoted else self._bare()
        name = operator_named(key[1])
        if name is None:
            known = sorted(OPERATORS)
            every = [*known, *(alias for names in OPERATORS.values() for alias in names)]
            problem = QueryProblem("unknown_operator", start, self._at, key[1], value, known, closest(key[1], every))
            self.problems.append(problem)
            return
        is_list = not is_quoted and name not in TAKES_ONE
        parts = [part.strip() for part in (_COMMA.split(value) if is_list else [value])]
        values = tuple(part for part in parts if part)
        if not values:
            self.problems.append(QueryProblem("value_missing", start, self._at, name))
            return
        self._add_filter(Filter(name, values, is_negated, start, self._at))

    def _read_word(self, start: int, *, is_negated: bool) -> None:
        word = self._bare()
        if not self._as_text and not is_negated and word in {"OR", "AND", "|", "或"} and word != "AND":
            self._or_at = start
            if self._last is None:
                self._misplaced(start)
            return
        if word == "AND" and not self._as_text:
            return
        is_beginning = word.endswith("*") and len(word) > 1
        self._add_clause(Atom(word.rstrip("*"), is_beginning=is_beginning), start, is_negated=is_negated)

    def _add_clause(self, atom: Atom, start: int, *, is_negated: bool) -> None:
        if not any(char.isalnum() for char in atom.text):
            return
        clause = Clause((atom,), is_negated)
        if self._or_at is not None:
            self._or_at = None
            if not isinstance(self._last, Clause) or self._last.is_negated or is_negated:
                self._misplaced(start)
                return
            clause = Clause((*self._last.atoms, atom))
            self.clauses.pop()
        self.clauses.append(clause)
        self._last = clause

    def _add_filter(self, one: Filter) -> None:
        if self._or_at is not None:
            self._or_at = None
            last = self._last
            if not isinstance(last, Filter) or last.operator != one.operator or last.is_negated or one.is_negated:
                self._misplaced(one.start)
                return
            one = Filter(one.operator, (*last.values, *one.values), is_negated=False, start=last.start, end=one.end)
            self.filters.pop()
        self.filters.append(one)
        self._last = one

    def _misplaced(self, start: int) -> None:
        self.problems.append(QueryProblem("or_misplaced", start, self._at, "OR"))
        self._or_at = None


def _sentence(problem: QueryProblem) -> str:
    there_is = f" There is: {', '.join(problem.known)}." if problem.known else ""
    match problem.code:
        case "unknown_operator":
            return f"There is no operator {problem.operator!r} (at {problem.start}).{there_is}"
        case "unknown_value":
            return f"{problem.operator} cannot be {problem.value!r} (at {problem.start}).{there_is}"
        case "ends_first":
            return f"{problem.operator}: {problem.value} ends before it begins (at {problem.start})."
        case "value_missing":
            return f"{problem.operator} needs a value right behind its colon (at {problem.start})."
        case "or_misplaced":
            return f"OR joins two words, or the same operator twice (at {problem.start})."
