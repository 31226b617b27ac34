"""From operators to conditions of statements: names are looked up, wrong values are errors that name what there is."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows, value
from ombud.shared.words import tsquery
from ombud.tickets.search import operators
from ombud.tickets.search.language import Filter, Query, QueryInvalid, QueryProblem, closest
from ombud.tickets.search.moments import EXAMPLES, Span, span_of, turned
from ombud.tickets.search.names import best

MAX_KNOWN = 30
MAX_NAMES = 5_000
OPEN = "t.is_open"
STATES = {
    "unassigned": "t.assignee_id is null",
    "assigned": "t.assignee_id is not null",
    "mine": "t.assignee_id = %(me)s",
    "snoozed": "t.snoozed_until is not null",
    "open": OPEN,
    "solved": "t.category = 'solved'",
    "closed": "t.category = 'closed'",
    "waiting": "t.waiting_since is not null",
    "unread": """(t.preview_by = 'customer' and t.last_message_id > coalesce(
        (select r.entry_id from ticket_read r where r.ticket_id = t.id and r.person_id = %(me)s), 0))""",
}
TICKET_HAS = {
    "attachment": "exists (select from attachment a where a.ticket_id = t.id)",
    "note": "exists (select from entry n where n.ticket_id = t.id and n.kind = 'note')",
    "tag": "t.tags <> '{}'",
}
ENTRY_HAS = "exists (select from attachment a where a.entry_id = w.entry_id)"


# Where the names of an operator's values stand, and the column that they are for.
TABLES = {
    "team": ("team_id", "select id, array[name] as names from team where archived_at is null order by name"),
    "channel": ("channel_id", "select id, array[name] as names from channel where deleted_at is null order by name"),
    "type": ("type_id", "select id, array[name_en, name_zh] as names from ticket_type order by position"),
}
# Few tickets fit these, and an index finds them.
NARROW = frozenset({"customer", "number", "organisation"})
ORGANISATIONS = f"""
    select id, array[name] as names from organisation where archived_at is null
    order by lower(name), id limit {MAX_NAMES}"""


class Named(Struct):
    """Something with names by which a query may mean it."""

    id: int
    names: list[str]


class Conditions(Struct):
    """Conditions on a ticket ``t`` and on an entry's or attachment's words ``w``, with their parameters.

    ``authors`` stands apart because it needs the entry ``e`` itself. ``is_narrow``: few tickets fit, and an index
    finds them.
    """

    ticket: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    # What is said of the found thing itself, where that is a ticket: its age, its files. Of entries ``words`` says it.
    of_tickets: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    params: dict[str, object] = field(default_factory=dict)
    is_narrow: bool = False

    def keep(self, kept: object) -> str:
        """Keep a value; gives its placeholder."""
        name = f"v{len(self.params)}"
        self.params[name] = kept
        return f"%({name})s"


async def conditions_of(tx: Transaction, query: Query, *, by: Actor, now: datetime) -> Conditions:
    """The conditions that a query's operators mean.

    Raises:
        QueryInvalid: values that do not exist, all of them at once.
    """
    compiler = _Compiler(tx, by, now)
    problems: list[QueryProblem] = []
    for one in query.filters:
        try:
            await compiler.add(one)
        except QueryInvalid as problem:
            problems += problem.problems
    if problems:
        raise QueryInvalid(*problems)
    return compiler.found


class _Compiler:
    def __init__(self, tx: Transaction, by: Actor, now: datetime) -> None:
        self._tx, self._by, self._now = tx, by, now
        self.found = Conditions()

    async def add(self, one: Filter) -> None:
        match one.operator:
            case "created" | "updated":
                await self._add_moment(one)
            case "from":
                self.found.authors.append(_signed(one, await self._authors(one)))
            case "has":
                self._add_has(one)
            case _:
                self.found.ticket.append(_signed(one, _any(await self._ticket_conditions(one))))
                self.found.is_narrow |= not one.is_negated and one.operator in NARROW

    async def _ticket_conditions(self, one: Filter) -> list[str]:
        match one.operator:
            case "is":
                self.found.params["me"] = self._by.person_id
                return [STATES[self._fixed(one, typed, operators.STATES)] for typed in one.values]
            case "priority":
                names = list(operators.PRIORITIES)
                chosen = [names.index(self._fixed(one, typed, operators.PRIORITIES)) + 1 for typed in one.values]
                return [f"t.priority = any({self.found.keep(chosen)})"]
            case "number":
                return [f"t.id = any({self.found.keep([_number(one, typed) for typed in one.values])})"]
        look_up = {
            "status": self._status,
            "assignee": self._assignee,
            "tag": self._tag,
            "customer": self._customer,
            "organisation": self._organisation,
        }
        return [await look_up.get(one.operator, self._by_table)(one, typed) for typed in one.values]

    async def _by_table(self, one: Filter, typed: str) -> str:
        column, sql = TABLES[one.operator]
        kind = operators.value_named(typed, operators.CHANNELS) if one.operator == "channel" else None
        if kind is not None:
            return f"t.channel_id in (select id from channel where kind = {self.found.keep(kind)})"
        more = list(operators.CHANNELS) if one.operator == "channel" else []
        return f"t.{column} = any({self.found.keep(await self._ids(one, typed, sql, more))})"

    async def _status(self, one: Filter, typed: str) -> str:
        if typed.lower() in {"open", "未完结"}:
            return OPEN
        category = operators.value_named(typed, operators.CATEGORIES)
        sql = "select id, array[name_en, name_zh] as names from status order by position"
        known = await rows(self._tx, Named, sql)
        exact = [it.id for it in known if typed.lower().replace("_", " ") in {name.lower() for name in it.names}]
        if exact:
            return f"t.status_id = any({self.found.keep(exact)})"
        if category is not None:
            return f"t.category = {self.found.keep('open' if category == 'in_progress' else category)}"
        ids = await self._ids(one, typed.replace("_", " "), sql, ["open", *operators.CATEGORIES])
        return f"t.status_id = any({self.found.keep(ids)})"

    async def _assignee(self, one: Filter, typed: str) -> str:
        if typed.lower() in operators.NOBODY:
            return "t.assignee_id is null"
        ids = await self._people(one, typed)
        return f"t.assignee_id = any({self.found.keep(ids)})"

    async def _people(self, one: Filter, typed: str) -> list[int]:
        if typed.lower() in operators.ME:
            return [self._by.person_id]
        sql = """
            select id, array[name, display_name, staff_number, split_part(email, '@', 1), email] as names
            from person order by deactivated_at is not null, name"""
        return await self._ids(one, typed, sql, ["me"])

    async def _tag(self, one: Filter, typed: str) -> str:
        sql = "select 0 as id, array[name] as names from tag order by name limit 5000"
        known = await rows(self._tx, Named, sql)
        fitting = [it.names[0] for it in best(known, typed, lambda it: it.names)]
        if not fitting:
            raise _unknown(one, typed, [it.names[0] for it in known])
        return f"t.tags && {self.found.keep(fitting)}::text[]"

    async def _customer(self, _: Filter, typed: str) -> str:
        if typed.lstrip("#").isdecimal() and len(typed) < 12:  # noqa: PLR2004  # numbers of customers are short, phones long
            return f"t.customer_id = {self.found.keep(int(typed.lstrip('#')))}"
        words = self.found.keep(tsquery(typed))
        return f"""t.customer_id in (select c.id from customer c where c.words @@ {words}::tsquery
            and {words} <> '' order by c.id + 0 desc limit 500)"""

    async def _organisation(self, one: Filter, typed: str) -> str:
        if not self._by.may("customers.read"):
            raise _unknown(one, typed, [])
        ids = self.found.keep(await self._ids(one, typed, ORGANISATIONS))
        return f"t.customer_id in (select c.id from customer c where c.organisation_id = any({ids}))"

    async def _authors(self, one: Filter) -> str:
        conditions = []
        for typed in one.values:
            if typed.lower() in {"customer", "客户"}:
                conditions.append("e.author_kind = 'customer'")
                continue
            if typed.lower() in {"agent", "坐席", "客服"}:
                conditions.append("e.author_kind = 'person'")
                continue
            words = self.found.keep(tsquery(typed))
            customer = f"""(e.author_kind = 'customer' and e.author_id in (select c.id from customer c
                where c.words @@ {words}::tsquery and {words} <> '' order by c.id + 0 desc limit 500))"""
            try:
                ids = self.found.keep(await self._people(one, typed))
            except QueryInvalid:
                # Nobody here is called so: it means customers only.
                conditions.append(customer)
                continue
            conditions.append(f"((e.author_kind = 'person' and e.author_id = any({ids})) or {customer})")
        return _any(conditions)

    def _add_has(self, one: Filter) -> None:
        chosen = [self._fixed(one, typed, operators.HAS) for typed in one.values]
        of_ticket = _signed(one, _any([TICKET_HAS[name] for name in chosen]))
        if set(chosen) == {"attachment"}:
            # A message has files of its own; notes and tags are the whole ticket's.
            self.found.of_tickets.append(of_ticket)
            self.found.words.append(_signed(one, ENTRY_HAS))
        else:
            self.found.ticket.append(of_ticket)

    async def _add_moment(self, one: Filter) -> None:
        sql = "select time_zone from person where id = %(me)s"
        zone = ZoneInfo(await value(self._tx, str, sql, {"me": self._by.person_id}) or "UTC")
        span = span_of(one.values[0], now=self._now, zone=zone)
        if span is None:
            raise _unknown(one, one.values[0], EXAMPLES)
        if right := turned(one.values[0]):
            raise QueryInvalid(
                QueryProblem("ends_first", one.start, one.end, one.operator, one.values[0], suggestions=[right])
            )
        if one.operator == "updated":
            self.found.ticket.append(_signed(one, self.within("t.activity_at", span)))
            return
        self.found.words.append(_signed(one, self.within("w.at", span)))
        self.found.of_tickets.append(_signed(one, self.within("t.created_at", span)))

    def within(self, column: str, span: Span) -> str:
        """A column lies in a span."""
        parts = []
        if span.since is not None:
            parts.append(f"{column} >= {self.found.keep(span.since)}")
        if span.until is not None:
            parts.append(f"{column} < {self.found.keep(span.until)}")
        return " and ".join(parts)

    async def _ids(self, one: Filter, typed: str, sql: str, more: Sequence[str] = ()) -> list[int]:
        known = await rows(self._tx, Named, sql)
        found = best(known, typed, lambda it: it.names)
        if not found:
            raise _unknown(one, typed, [*more, *(name for it in known for name in it.names[:2] if name)])
        return [it.id for it in found]

    def _fixed(self, one: Filter, typed: str, known: dict[str, tuple[str, ...]]) -> str:
        name = operators.value_named(typed, known)
        if name is None:
            raise _unknown(one, typed, [*known, *(names[0] for names in known.values())])
        return name


def _number(one: Filter, typed: str) -> int:
    bare = typed.lstrip("#")
    if not bare.isdecimal() or len(bare) > 15:  # noqa: PLR2004  # fits a bigint
        raise _unknown(one, typed, ["10001"])
    return int(bare)


def _any(conditions: Sequence[str]) -> str:
    return f"({' or '.join(conditions)})"


def _signed(one: Filter, condition: str) -> str:
    return f"not coalesce({condition}, false)" if one.is_negated else condition


def _unknown(one: Filter, typed: str, known: list[str]) -> QueryInvalid:
    names = list(dict.fromkeys(known))
    problem = QueryProblem(
        "unknown_value", one.start, one.end, one.operator, typed, names[:MAX_KNOWN], closest(typed, names)
    )
    return QueryInvalid(problem)
