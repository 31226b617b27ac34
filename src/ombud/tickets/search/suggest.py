"""Suggestions while typing: people, tags, reusable texts and operators by their beginning, pinyin or its initials."""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from ombud.shared.actor import Actor, seen
from ombud.shared.database import Transaction, rows
from ombud.tickets.search import operators
from ombud.tickets.search.conditions import MAX_NAMES, ORGANISATIONS
from ombud.tickets.search.names import ranked_items
from ombud.tickets.services.scopes import VISIBLE, seen_by

SuggestionKind = Literal["people", "tags", "canned_replies", "macros", "ticket_templates", "organisations", "operators"]
MOST = 50
FIXED = {
    "priority": operators.PRIORITIES,
    "channel": operators.CHANNELS,
    "has": operators.HAS,
    "is": operators.STATES,
}
MOMENTS = {"<7d": ("<7天",), ">30d": (">30天",), "today": ("今天",), "yesterday": ("昨天",)}


class Suggestion(Struct):
    """What may be meant: ``value`` is what to put in, ``label`` what to show; ``id`` of all but tags and operators."""

    kind: SuggestionKind
    value: str
    label: str
    hint: str = ""
    id: int | None = None


class Named(Struct):
    """Something with its names, the first to show."""

    id: int
    names: list[str]


PEOPLE = """
    select id, array[name, display_name, staff_number, split_part(email, '@', 1)] as names
    from person where deactivated_at is null order by name"""
TAGS = f"""
    select 0 as id, array[g.name] as names from tag g
    where (%(teams)s::bigint[] is null and %(brands)s::bigint[] is null)
        or exists (select from tag_place p where p.name = g.name and {seen("p")})
    order by g.name limit {MAX_NAMES}"""
SCOPED = f"""
    select id, {{names}} as names from {{table}} where {VISIBLE} order by uses desc, title limit {MAX_NAMES}"""
STATUSES = "select id, array[{first}, {second}] as names from status where archived_at is null order by position"
TEAMS = "select id, array[name] as names from team where archived_at is null order by name"
TYPES = "select id, array[{first}, {second}] as names from ticket_type where archived_at is null order by position"


async def suggest(tx: Transaction, typed: str, kind: SuggestionKind, *, by: Actor) -> list[Suggestion]:
    """What fits best with what was typed, the best first; with nothing typed, what there is."""
    if kind == "operators":
        return await _operators(tx, typed, by)
    if kind == "organisations" and not by.may("customers.read"):
        return []
    sources = {
        "people": PEOPLE,
        "tags": TAGS,
        "canned_replies": SCOPED.format(names="array[title, shortcut]", table="canned_reply"),
        "macros": SCOPED.format(names="array[title]", table="macro"),
        "ticket_templates": SCOPED.format(names="array[title]", table="ticket_template"),
        "organisations": ORGANISATIONS,
    }
    known = await rows(tx, Named, sources[kind], seen_by(by) | by.sight())
    found = [one for _, one in ranked_items(known, typed, lambda one: one.names)][:MOST]
    return [
        Suggestion(kind, one.names[0], one.names[0], next(filter(None, one.names[1:]), ""), one.id or None)
        for one in found
    ]


async def _operators(tx: Transaction, typed: str, by: Actor) -> list[Suggestion]:
    sign = next((sign for sign in (":", "：") if sign in typed), None)
    if sign is None:
        return _operator_names(typed, by)
    name, _, value = typed.partition(sign)
    operator = operators.operator_named(name.lstrip("-"))
    if operator is None:
        return []
    values = [one for _, one in ranked_items(await _values(tx, operator, by), value, lambda one: one)][:MOST]
    return [Suggestion("operators", f"{name}:{_quoted(one[0])}", one[0], " ".join(one[1:3])) for one in values]


def _operator_names(typed: str, by: Actor) -> list[Suggestion]:
    shown = [_in_language(by, name, aliases) for name, aliases in operators.OPERATORS.items()]
    found = [one for _, one in ranked_items(shown, typed, lambda one: one)]
    return [Suggestion("operators", f"{one[0]}:", one[0], one[1] if len(one) > 1 else "") for one in found]


async def _values(tx: Transaction, operator: str, by: Actor) -> list[list[str]]:
    if operator in FIXED:
        return [_in_language(by, name, aliases) for name, aliases in FIXED[operator].items()]
    if operator in {"created", "updated"}:
        return [_in_language(by, name, aliases) for name, aliases in MOMENTS.items()]
    order = ("name_zh", "name_en") if _is_chinese(by) else ("name_en", "name_zh")
    first, second = order
    sources = {
        "status": STATUSES.format(first=first, second=second),
        "type": TYPES.format(first=first, second=second),
        "team": TEAMS,
        "tag": TAGS,
        "assignee": PEOPLE,
        "from": PEOPLE,
        "organisation": ORGANISATIONS,
    }
    if operator not in sources or (operator == "organisation" and not by.may("customers.read")):
        return []
    known = [one.names for one in await rows(tx, Named, sources[operator], by.sight())]
    own = {"assignee": [["我", "me"], ["无", "none"]], "status": [["未完结", "open"]]}.get(operator, [])
    return [*(one if _is_chinese(by) else one[::-1] for one in own), *_filled(known)]


def _filled(known: Iterable[Sequence[str]]) -> list[list[str]]:
    return [[name for name in names if name] for names in known]


def _in_language(by: Actor, name: str, aliases: Sequence[str]) -> list[str]:
    """All names of something, that of the reader's language first."""
    chinese = [one for one in aliases if not one.isascii()]
    if _is_chinese(by) and chinese:
        return [chinese[0], name, *aliases]
    return [name, *chinese, *(one for one in aliases if one.isascii())]


def _is_chinese(by: Actor) -> bool:
    return by.locale == "zh-CN"


def _quoted(value: str) -> str:
    return f'"{value}"' if any(sign in value for sign in " ,，、") else value
