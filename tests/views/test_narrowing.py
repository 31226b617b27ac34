"""What a condition is said to imply really holds of every ticket that meets it: else lists would hide tickets."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.fields.schemas import Choice, Field, FieldKind, FieldOptions
from ombud.shared.conditions import Context, evaluate, parse
from ombud.tickets.services.facets import ticket_facets
from ombud.views.narrowing import PRIORITIES, Narrowing, narrow

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CONTEXT = Context(now=NOW, me=7, my_teams=(1, 2))
STATUSES = {1: "new", 2: "open", 3: "waiting", 4: "solved", 5: "closed"}
LATER = "2026-12-01T00:00:00+00:00"


def field(key: str, kind: FieldKind, *values: str) -> Field:
    options = FieldOptions(choices=[Choice(one, one, one) for one in values])
    return Field(1, "ticket", key, key, key, kind, options, 1, is_archived=False)


FIELDS = [
    field("product", "choice", "washer", "Dryer"),
    field("place", "tree", "home", "home/washer", "home/washer/drum", "homes"),
    field("signs", "multi_choice", "smoke", "Noise"),
    field("insured", "yes_no"),
    field("note", "text"),
    # two that differ in their letters' case alone
    field("twin", "choice", "a", "A"),
]
CHOSEN: dict[str, list[Any]] = {
    "product": ["washer", "Dryer"],
    "place": ["home", "home/washer", "home/washer/drum", "homes"],
    "insured": [True, False],
    "twin": ["a", "A"],
    "note": ["washer"],
}


def of(source: dict[str, Any]) -> Narrowing:
    return narrow(parse(source), FIELDS, STATUSES, CONTEXT)


def leaf(name: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": name, "op": op} | ({} if value is None else {"value": value})


@pytest.mark.parametrize(
    ("source", "implied"),
    [
        ({"all": []}, Narrowing()),
        (leaf("team", "is", 3), Narrowing(team_ids=(3,))),
        (leaf("team", "any_of", "my_teams"), Narrowing(team_ids=(1, 2))),
        (leaf("assignee", "any_of", ["me", 9]), Narrowing(assignee_ids=(7, 9))),
        (leaf("assignee", "is_empty"), Narrowing(is_unassigned=True)),
        (leaf("assignee", "is_not", 7), Narrowing()),
        (leaf("number", "is", 12), Narrowing(ticket_ids=(12,))),
        (leaf("snoozed", "is_set"), Narrowing(is_asleep=True)),
        (leaf("snoozed", "is_empty"), Narrowing(is_awake=True)),
        (leaf("following", "is", value=True), Narrowing(is_followed=True)),
        (leaf("following", "is", value=False), Narrowing()),
        (leaf("mentioned", "is", value=True), Narrowing(is_mentioned=True)),
        (leaf("priority", "more", 2), Narrowing(priorities=(3, 4))),
        (leaf("priority", "more", 4), Narrowing(priorities=())),
        ({"all": [leaf("priority", "more", 1), leaf("priority", "less", 3)]}, Narrowing(priorities=(2,))),
        (leaf("category", "none_of", ["solved", "closed"]), Narrowing(is_open=True)),
        (leaf("category", "none_of", ["solved"]), Narrowing()),
        (leaf("category", "any_of", ["new", "Waiting"]), Narrowing(is_open=True)),
        (leaf("category", "any_of", ["new", "solved"]), Narrowing()),
        (leaf("status", "any_of", [1, 3]), Narrowing(is_open=True)),
        (leaf("status", "is", 4), Narrowing()),
        (leaf("status", "is", 99), Narrowing()),
        (leaf("tags", "any_of", ["VIP", "退款"]), Narrowing(facets=(("tag:vip", "tag:退款"),))),
        (leaf("tags", "has_all", ["VIP", "x"]), Narrowing(facets=(("tag:vip",), ("tag:x",)))),
        (leaf("tags", "none_of", ["vip"]), Narrowing()),
        (leaf("type", "any_of", [4, 5]), Narrowing(facets=(("type:4", "type:5"),))),
        (leaf("fields.product", "is", "DRYER"), Narrowing(facets=(("f:product=Dryer",),))),
        # what the definition does not know may lie in old tickets: no index
        (leaf("fields.product", "any_of", ["washer", "gone"]), Narrowing()),
        (leaf("fields.twin", "is", "a"), Narrowing()),
        (leaf("fields.place", "under", "home"), Narrowing(facets=(("f:place=home",),))),
        (
            leaf("fields.signs", "has_all", ["smoke", "noise"]),
            Narrowing(facets=(("f:signs=smoke",), ("f:signs=Noise",))),
        ),
        (leaf("fields.insured", "is", value=False), Narrowing(facets=(("f:insured=false",),))),
        (leaf("fields.note", "is", "washer"), Narrowing()),
        (leaf("fields.nothing", "is", "x"), Narrowing()),
        # nothing is certain below an "any" or a "not"
        ({"any": [leaf("team", "is", 3)]}, Narrowing()),
        ({"not": leaf("assignee", "is_empty")}, Narrowing()),
        ({"all": [{"all": [leaf("team", "is", 3)]}, {"not": leaf("number", "is", 1)}]}, Narrowing(team_ids=(3,))),
    ],
)
def test_narrow_names_what_is_certain_and_nothing_else(source: dict[str, Any], implied: Narrowing) -> None:
    assert of(source) == implied


VALUES = st.fixed_dictionaries(
    {
        "number": st.integers(1, 3),
        "status": st.sampled_from(sorted(STATUSES)),
        "priority": st.integers(1, 4),
        "team": st.integers(1, 3),
        "assignee": st.sampled_from([None, 7, 9]),
        "tags": st.lists(st.sampled_from(["vip", "VIP", "退款"]), unique=True),
        "type": st.sampled_from([None, 4, 5]),
        "snoozed": st.sampled_from([None, LATER]),
        "following": st.booleans(),
        "mentioned": st.booleans(),
    },
    optional={f"fields.{key}": st.sampled_from(values) for key, values in CHOSEN.items()}
    | {"fields.signs": st.lists(st.sampled_from(["smoke", "Noise"]), min_size=1, unique=True)},
)
ASKED: dict[str, list[Any]] = {
    "number": [1, 2],
    "status": [1, 3, 4, 99],
    "category": ["new", "Open", "solved", "closed", "gone"],
    "team": [1, 3],
    "assignee": ["me", 7, 9],
    "type": [4, 6],
    "fields.product": ["washer", "DRYER", "gone"],
    "fields.place": ["home", "HOME/washer", "homes"],
    "fields.twin": ["a", "A"],
    "fields.note": ["washer"],
}
LISTED = {"tags": ["vip", "Vip", "退款", "gone"], "fields.signs": ["smoke", "noise", "gone"]}


def leaves_of(name: str, values: list[Any]) -> st.SearchStrategy[dict[str, Any]]:
    one, some = st.sampled_from(values), st.lists(st.sampled_from(values), min_size=1, max_size=3)
    return st.one_of(
        st.builds(leaf, st.just(name), st.sampled_from(["is", "is_not"]), one),
        st.builds(leaf, st.just(name), st.sampled_from(["any_of", "none_of"]), some),
        st.builds(leaf, st.just(name), st.sampled_from(["is_set", "is_empty"])),
    )


LEAVES = st.one_of(
    *(leaves_of(name, values) for name, values in ASKED.items()),
    *(
        st.builds(
            leaf,
            st.just(name),
            st.sampled_from(["any_of", "none_of", "has_all"]),
            st.lists(st.sampled_from(values), min_size=1, max_size=3),
        )
        for name, values in LISTED.items()
    ),
    st.builds(leaf, st.just("fields.place"), st.just("under"), st.sampled_from(["home", "Home/Washer"])),
    st.builds(leaf, st.just("priority"), st.sampled_from(["is", "is_not", "less", "more"]), st.integers(0, 5)),
    st.builds(leaf, st.sampled_from(["following", "mentioned", "fields.insured"]), st.just("is"), st.booleans()),
    st.builds(leaf, st.just("snoozed"), st.sampled_from(["is_set", "is_empty"])),
    st.just(leaf("team", "any_of", "my_teams")),
)
CONDITIONS = st.recursive(
    LEAVES,
    lambda parts: st.one_of(
        st.builds(lambda some: {"all": some}, st.lists(parts, max_size=3)),
        st.builds(lambda some: {"any": some}, st.lists(parts, max_size=3)),
        st.builds(lambda one: {"not": one}, parts),
    ),
    max_leaves=5,
)


def meets(values: dict[str, Any], implied: Narrowing) -> bool:
    """Whether a ticket has all that a narrowing says."""
    custom = {name.removeprefix("fields."): one for name, one in values.items() if name.startswith("fields.")}
    facets = set(ticket_facets(values["tags"], values["type"], FIELDS, custom))
    listed = (
        (implied.team_ids, values["team"]),
        (implied.assignee_ids, values["assignee"]),
        (implied.ticket_ids, values["number"]),
        (implied.priorities, values["priority"]),
    )
    said = (
        (implied.is_open, values["category"] not in {"solved", "closed"}),
        (implied.is_awake, values["snoozed"] is None),
        (implied.is_asleep, values["snoozed"] is not None),
        (implied.is_unassigned, values["assignee"] is None),
        (implied.is_followed, values["following"]),
        (implied.is_mentioned, values["mentioned"]),
    )
    return (
        all(ids is None or one in ids for ids, one in listed)
        and all(holds for is_said, holds in said if is_said)
        and all(facets & set(group) for group in implied.facets)
    )


@given(CONDITIONS, VALUES)
def test_narrow_of_any_condition_hides_no_ticket_that_meets_it(source: dict[str, Any], values: dict[str, Any]) -> None:
    values["category"] = STATUSES[values["status"]]
    condition = parse(source)
    implied = narrow(condition, FIELDS, STATUSES, CONTEXT)
    assert implied.priorities is None or len(implied.priorities) < len(PRIORITIES)
    if evaluate(condition, values, CONTEXT):
        assert meets(values, implied)
