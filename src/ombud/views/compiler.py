"""Conditions as SQL. Whatever came from outside is a parameter; the text is ours alone.

Each comparison yields true or false, never null, so that ``not`` means what ``evaluate`` means.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ombud.shared.conditions import LEVEL, All, AnyOf, Condition, Context, Kind, Leaf, Not, resolved, since
from ombud.views.fields import Place

WITH_PEOPLE: frozenset[Kind] = frozenset({"person", "team"})


class Compiler:
    """Turns one condition into one boolean expression over ``ticket t`` and ``customer c``."""

    def __init__(self, places: Mapping[str, Place], context: Context) -> None:
        self._places = places
        self._context = context
        self.params: dict[str, object] = {"me": context.me or 0}

    def compile(self, condition: Condition) -> str:
        """The expression; its parameters are in ``params``. A field that is unknown counts as empty."""
        match condition:
            case All(parts):
                return self._joined(parts, " and ", "true")
            case AnyOf(parts):
                return self._joined(parts, " or ", "false")
            case Not(part):
                return f"(not {self.compile(part)})"
        return self._leaf(condition)

    def _joined(self, parts: tuple[Condition, ...], word: str, none: str) -> str:
        return f"({word.join(self.compile(part) for part in parts)})" if parts else none

    def _leaf(self, leaf: Leaf) -> str:
        place = self._places.get(leaf.field)
        if place is None:
            return "true" if leaf.op in {"is_not", "none_of", "is_empty"} else "false"
        sql = place.sql
        if place.key:
            sql = sql.replace("%(key)s", f"{self._param(place.key)}::text")
        want = resolved(leaf.value, self._context) if place.kind in WITH_PEOPLE else leaf.value
        if leaf.op in {"is_empty", "is_set"}:
            found = _is_empty(place, sql)
            return found if leaf.op == "is_empty" else f"(not {found})"
        return f"coalesce({_FORMS[leaf.op](self, place, sql, want)}, false)"

    def _param(self, given: object) -> str:
        name = f"c{len(self.params)}"
        self.params[name] = given
        return f"%({name})s"

    def _one(self, place: Place, sql: str, want: Any) -> str:
        return self._among(place, sql, [want])

    def _none(self, place: Place, sql: str, want: Any) -> str:
        return f"not coalesce({self._among(place, sql, want)}, false)"

    def _not(self, place: Place, sql: str, want: Any) -> str:
        return self._none(place, sql, [want])

    def _among(self, place: Place, sql: str, want: Any) -> str:
        given = want if isinstance(want, list) else [want]
        if place.kind == "number":
            numbers = [float(one) for one in given if _is_number(one)]
            return f"{sql} = any({self._param(numbers)}::float8[])"
        if place.is_id:
            ids = [one for one in given if isinstance(one, int) and not isinstance(one, bool) and abs(one) < 2**63]
            return f"{sql} = any({self._param(ids)}::bigint[])"
        if place.kind == "yes_no":
            return f"{sql} = any({self._param([one for one in given if isinstance(one, bool)])}::boolean[])"
        words = [one.lower() for one in given if isinstance(one, str) and one]
        if place.kind == "many":
            return f"exists (select from unnest({sql}) one where lower(one) = any({self._param(words)}::text[]))"
        return f"lower({sql}) = any({self._param(words)}::text[])"

    def _has_all(self, place: Place, sql: str, want: Any) -> str:
        each = " and ".join(self._among(place, sql, [one]) for one in want)
        return f"({each} and cardinality({sql}) > 0)"

    def _under(self, _: Place, sql: str, want: Any) -> str:
        branch = f"{str(want).lower()}{LEVEL}"
        return f"({sql} <> '' and starts_with(lower({sql}) || '{LEVEL}', {self._param(branch)}::text))"

    def _contains(self, _: Place, sql: str, want: Any) -> str:
        return f"({sql} <> '' and strpos(lower({sql}), {self._param(str(want).lower())}::text) > 0)"

    def _begins(self, _: Place, sql: str, want: Any) -> str:
        return f"({sql} <> '' and starts_with(lower({sql}), {self._param(str(want).lower())}::text))"

    def _less(self, place: Place, sql: str, want: Any) -> str:
        return f"{_ordered(place, sql)} < {self._bound(place, want)}"

    def _more(self, place: Place, sql: str, want: Any) -> str:
        return f"{_ordered(place, sql)} > {self._bound(place, want)}"

    def _between(self, place: Place, sql: str, want: Any) -> str:
        first, last = (self._bound(place, one) for one in want)
        return f"{_ordered(place, sql)} between {first} and {last}"

    def _recent(self, place: Place, sql: str, want: Any) -> str:
        first, last = self._param(since(want, self._context)), self._param(self._context.now)
        return f"{_ordered(place, sql)} between {first}::timestamptz and {last}::timestamptz"

    def _older(self, place: Place, sql: str, want: Any) -> str:
        return f"{_ordered(place, sql)} < {self._param(since(want, self._context))}::timestamptz"

    def _bound(self, place: Place, want: Any) -> str:
        if place.kind == "number":
            return f"{self._param(float(want))}::float8"
        moment = datetime.fromisoformat(want)
        return f"{self._param(moment if moment.tzinfo else moment.replace(tzinfo=UTC))}::timestamptz"


def _is_number(one: object) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool)


def _is_empty(place: Place, sql: str) -> str:
    if place.kind == "many":
        return f"(coalesce(cardinality({sql}), 0) = 0)"
    is_text = not place.is_id and place.kind in {"text", "choice", "tree", "date"}
    return f"(coalesce({sql}, '') = '')" if is_text else f"({sql} is null)"


def _ordered(place: Place, sql: str) -> str:
    return f"{sql}::timestamptz" if place.kind == "date" else sql


_FORMS: dict[str, Callable[[Compiler, Place, str, Any], str]] = {
    "is": Compiler._one,  # noqa: SLF001 – its own table
    "is_not": Compiler._not,  # noqa: SLF001
    "any_of": Compiler._among,  # noqa: SLF001
    "none_of": Compiler._none,  # noqa: SLF001
    "has_all": Compiler._has_all,  # noqa: SLF001
    "under": Compiler._under,  # noqa: SLF001
    "contains": Compiler._contains,  # noqa: SLF001
    "begins": Compiler._begins,  # noqa: SLF001
    "less": Compiler._less,  # noqa: SLF001
    "more": Compiler._more,  # noqa: SLF001
    "between": Compiler._between,  # noqa: SLF001
    "before": Compiler._less,  # noqa: SLF001
    "after": Compiler._more,  # noqa: SLF001
    "within_last": Compiler._recent,  # noqa: SLF001
    "older_than": Compiler._older,  # noqa: SLF001
}
