"""From the text of a query to what the index is asked, and back to where a text matches."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from ombud.shared.personal import Personal
from ombud.shared.words import (
    STOP_WORDS,
    Piece,
    Term,
    beginning_of,
    folded,
    is_open_ended,
    phrase_of,
    pieces,
    query_of,
    terms_of,
)
from ombud.tickets.search.language import Atom, Clause, Query

SNIPPET_LENGTH = 160
LEAD = 40
MAX_MARKS = 50


class Match(Struct, frozen=True):
    """What a vector must match: ``indexed`` are tsqueries that are cheap to look up, ``checked`` is one to check or ''.

    ``terms`` are all that marks are made of; ``has_text`` is false for a query of operators only.
    """

    indexed: tuple[str, ...]
    checked: str
    terms: tuple[Term, ...]
    has_text: bool

    @property
    def whole(self) -> str:
        """All of it as one tsquery."""
        return " & ".join(part for part in (*self.indexed, self.checked) if part)


class Snippet(Struct):
    """A part of a text; marks are ranges of characters (code points) in it."""

    text: Personal
    marks: list[tuple[int, int]]


def match_of(query: Query, *, is_typing: bool = False) -> Match:
    """What the words of a query ask for; ``is_typing``: its last word may be a beginning."""
    indexed: list[str] = []
    checked: list[str] = []
    terms: list[Term] = []
    spoken = [clause for clause in query.clauses if not _is_filler(clause)] or query.clauses
    for clause in spoken:
        found = [_terms(atom, is_typing=is_typing and clause is spoken[-1]) for atom in clause.atoms]
        found = [alternative for alternative in found if alternative]
        if not found:
            continue
        text = " | ".join(f"({' & '.join(map(query_of, alternative))})" for alternative in found)
        flat = [term for alternative in found for term in alternative]
        if clause.is_negated:
            checked.append(f"!({text})")
            continue
        terms += flat
        if any(map(is_open_ended, flat)):
            checked.append(f"({text})")
        else:
            indexed += map(query_of, flat) if len(found) == 1 else [f"({text})"]
    return Match(tuple(dict.fromkeys(indexed)), " & ".join(checked), tuple(terms), bool(indexed or checked))


def snippet_of(text: str, terms: Sequence[Term]) -> Snippet:
    """The part of a text where it matches best, with marks; its beginning where nothing matches."""
    found = marks_in(text, terms)
    start = _best_start(found) if len(text) > SNIPPET_LENGTH else 0
    end = min(start + SNIPPET_LENGTH, len(text))
    part = "".join(" " if char in "\n\r\t" else char for char in text[start:end])
    inside = [(left - start, right - start) for left, right in found if left >= start and right <= end]
    lead, trail = ("…" if start else ""), ("…" if end < len(text) else "")
    return Snippet(
        f"{lead}{part}{trail}", [(left + len(lead), right + len(lead)) for left, right in inside[:MAX_MARKS]]
    )


def marks_in(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the terms stand in a text, in order, overlapping ones as one."""
    places: dict[int, list[Piece]] = {}
    for piece in pieces(text):
        places.setdefault(piece.place, []).append(piece)
    spans = sorted(span for term in terms for place in places for span in _spans(places, place, term))
    merged: list[tuple[int, int]] = []
    for left, right in spans:
        if merged and left <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return merged


def _spans(places: dict[int, list[Piece]], place: int, term: Term) -> Iterator[tuple[int, int]]:
    """What a term marks if it begins at a place: from its first word to its last."""
    found: list[tuple[int, int]] = []
    for form, offset, is_beginning in term:
        here = [
            piece
            for piece in places.get(place + offset, ())
            if form in piece.forms or (is_beginning and any(one.startswith(form) for one in piece.forms))
        ]
        if not here:
            return
        # Of several forms at one place the longest is what was written; a single character marks itself only.
        piece = max(here, key=lambda one: one.end - one.start)
        end = piece.start + 1 if is_beginning and len(form) == 1 and form > "\u3000" else piece.end
        found.append((piece.start, end))
    yield from [(found[0][0], found[-1][1])]


def _best_start(found: Sequence[tuple[int, int]]) -> int:
    if not found:
        return 0
    counts = [sum(left <= other < left + SNIPPET_LENGTH - LEAD for other, _ in found) for left, _ in found]
    return max(found[counts.index(max(counts))][0] - LEAD, 0)


def _terms(atom: Atom, *, is_typing: bool) -> list[Term]:
    if atom.is_phrase:
        phrase = phrase_of(atom.text)
        return [phrase] if phrase else []
    if atom.is_beginning:
        return beginning_of(atom.text)
    return terms_of(atom.text, is_typing=is_typing)


def _is_filler(clause: Clause) -> bool:
    return not clause.is_negated and all(
        not (atom.is_phrase or atom.is_beginning) and folded(atom.text) in STOP_WORDS for atom in clause.atoms
    )
