"""Verbs of saved views."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import UNSET
from psycopg.types.json import Jsonb

from ombud.fields.queries import list_named_fields
from ombud.shared.actor import Actor
from ombud.shared.conditions import Condition, check, parse
from ombud.shared.database import Transaction, row, rows, value
from ombud.shared.errors import Conflict, Invalid, NotAllowed, NotFound
from ombud.shared.events import emit
from ombud.tickets.services.gone import present_names
from ombud.views.events import SavedViewChanged
from ombud.views.fields import kinds_of
from ombud.views.schemas import SavedView, ViewIn, ViewOrder, ViewPatch
from ombud.views.services.gone import problems_of

MOST_VIEWS = 200
PREFIX = "saved:"
VIEW = "id, name_en, name_zh, scope, owner_id, team_id, condition, sort, columns, layout, position"
# Shared views first, those of teams, then one's own.
ORDER = "order by array_position(array['all', 'team', 'own'], scope), position, id"
VISIBLE = """(scope = 'all' or (scope = 'own' and owner_id = %(me)s)
    or (scope = 'team' and (%(teams)s::bigint[] is null or team_id = any(%(teams)s))))"""


class TooManyViews(Conflict):
    """There are 200 views already. Remove some that nobody opens."""

    code = "too_many_views"


def _reader(by: Actor) -> dict[str, object]:
    return {"me": by.person_id, "teams": by.visible_teams()}


async def list_views(tx: Transaction, *, by: Actor) -> list[SavedView]:
    """The views that somebody sees, in the order of the side bar, each with what of it is gone."""
    found = await rows(tx, SavedView, f"select {VIEW} from saved_view where {VISIBLE} {ORDER}", _reader(by))
    present = await present_names(tx) if found else None
    for view in found:
        view.can_change = may_change(view, by)
        view.problems = problems_of(parse(view.condition), present) if present else []
    return found


async def find_view(tx: Transaction, view_id: int, *, by: Actor) -> SavedView:
    """A view that somebody sees.

    Raises:
        NotFound: it does not exist, or they may not see it.
    """
    sql = f"select {VIEW} from saved_view where id = %(id)s and {VISIBLE}"
    found = await row(tx, SavedView, sql, _reader(by) | {"id": view_id})
    if found is None:
        raise NotFound("There is no such view.")
    return found


def may_change(view: SavedView, by: Actor) -> bool:
    """Whether somebody may change a view that they see."""
    return view.owner_id == by.person_id if view.scope == "own" else by.may("views.manage")


async def checked_condition(tx: Transaction, source: dict[str, Any]) -> Condition:
    """A condition that can be used on tickets as they are defined now.

    Raises:
        BadCondition: ``fields`` says of each field what is wrong with it.
    """
    condition = parse(source)
    check(condition, kinds_of(await list_named_fields(tx)))
    return condition


async def save_view(tx: Transaction, data: ViewIn, *, by: Actor, now: datetime) -> SavedView:
    """Save a view of one's own, of a team or of everybody.

    Raises:
        NotAllowed: a shared view without the permission ``views.manage``, or one's own without being a person.
        BadCondition: the condition cannot be used.
        TooManyViews: there are 200.

    Emits: SavedViewChanged
    """
    _check_names(data.name_en, data.name_zh)
    _check_scope(data.scope, data.team_id, by)
    await checked_condition(tx, data.condition)
    many = "select count(*) from saved_view where (scope = 'own') = %(own)s and (scope <> 'own' or owner_id = %(me)s)"
    if (await value(tx, int, many, {"own": data.scope == "own", "me": by.person_id}) or 0) >= MOST_VIEWS:
        raise TooManyViews
    sql = f"""
        insert into saved_view (name_en, name_zh, scope, owner_id, team_id, condition, sort, columns, layout, position,
            created_at)
        values (%(name_en)s, %(name_zh)s, %(scope)s, %(me)s, %(team_id)s, %(condition)s, %(sort)s, %(columns)s,
            %(layout)s, (select coalesce(max(position), 0) + 1 from saved_view), %(now)s)
        returning {VIEW}"""
    made = await row(tx, SavedView, sql, _params(msgspec.structs.asdict(data)) | {"me": by.person_id, "now": now})
    return await _told(tx, made, "made", by=by, now=now)


async def change_view(tx: Transaction, view_id: int, patch: ViewPatch, *, by: Actor, now: datetime) -> SavedView:
    """Change a view.

    A condition that stays is not held against today's fields: a view of which a part is gone can still be renamed.

    Raises:
        NotFound: it does not exist, or they may not see it.
        NotAllowed: it is shared and they do not keep shared views.
        BadCondition: the condition cannot be used.

    Emits: SavedViewChanged
    """
    before = await _changeable(tx, view_id, by=by)
    wanted = {name: new for name, new in msgspec.structs.asdict(patch).items() if new is not UNSET}
    after = msgspec.structs.replace(before, **wanted)
    _check_names(after.name_en, after.name_zh)
    if after.scope != "team":
        after.team_id = None
    if (after.scope, after.team_id) != (before.scope, before.team_id):
        _check_scope(after.scope, after.team_id, by)
    if after.condition != before.condition:
        await checked_condition(tx, after.condition)
    sql = f"""
        update saved_view set name_en = %(name_en)s, name_zh = %(name_zh)s, scope = %(scope)s, team_id = %(team_id)s,
            condition = %(condition)s, sort = %(sort)s, columns = %(columns)s, layout = %(layout)s,
            owner_id = case when %(scope)s = 'own' then %(me)s else owner_id end
        where id = %(id)s returning {VIEW}"""
    params = _params(msgspec.structs.asdict(after)) | {"me": by.person_id}
    changed = await row(tx, SavedView, sql, params)
    if before.scope != "own" and after.scope == "own":
        await _announce(tx, before, "removed", by=by, now=now)
    return await _told(tx, changed, "changed", by=by, now=now)


async def remove_view(tx: Transaction, view_id: int, *, by: Actor, now: datetime) -> None:
    """Remove a view; tickets are not touched.

    Raises:
        NotFound: it does not exist, or they may not see it.
        NotAllowed: it is shared and they do not keep shared views.

    Emits: SavedViewChanged
    """
    gone = await _changeable(tx, view_id, by=by)
    await tx.execute("delete from saved_view where id = %(id)s", {"id": view_id})
    await _announce(tx, gone, "removed", by=by, now=now)


async def order_views(tx: Transaction, data: ViewOrder, *, by: Actor, now: datetime) -> None:
    """Put views into an order; those that somebody may not change stay where they are.

    Emits: SavedViewChanged
    """
    visible = {view.id: view for view in await list_views(tx, by=by)}
    ids = [one for one in data.ids if one in visible and visible[one].can_change]
    sql = """
        update saved_view set position = o.place from unnest(%(ids)s::bigint[]) with ordinality as o (id, place)
        where saved_view.id = o.id"""
    await tx.execute(sql, {"ids": ids})
    for view in (visible[one] for one in ids):
        await _announce(tx, view, "changed", by=by, now=now)


async def _changeable(tx: Transaction, view_id: int, *, by: Actor) -> SavedView:
    found = await find_view(tx, view_id, by=by)
    if not may_change(found, by):
        raise NotAllowed("Shared views are kept by supervisors and administrators. Save a copy of your own.")
    return found


def _check_names(name_en: str, name_zh: str) -> None:
    if not name_en.strip() and not name_zh.strip():
        raise Invalid("Give the view a name.", fields={"name": "required"})


def _check_scope(scope: str, team_id: int | None, by: Actor) -> None:
    if scope == "own":
        if not by.person_id:
            raise NotAllowed("A program has no views of its own. Share it with a team or with everybody.")
    else:
        by.require("views.manage")
    if (scope == "team") != (team_id is not None) or (team_id is not None and not by.sees_team(team_id)):
        raise Invalid("Choose a team that you see for a view of a team, and none otherwise.", fields={"team_id": "bad"})


def _params(columns: dict[str, Any]) -> dict[str, Any]:
    names = {name: columns[name].strip() for name in ("name_en", "name_zh")}
    return columns | names | {"condition": Jsonb(columns["condition"])}


async def _told(
    tx: Transaction, view: SavedView | None, change: Literal["made", "changed"], *, by: Actor, now: datetime
) -> SavedView:
    if view is None:
        raise NotFound
    await _announce(tx, view, change, by=by, now=now)
    view.can_change = may_change(view, by)
    view.problems = problems_of(parse(view.condition), await present_names(tx))
    return view


async def _announce(
    tx: Transaction, view: SavedView, change: Literal["made", "changed", "removed"], *, by: Actor, now: datetime
) -> None:
    if view.scope != "own":
        fact = SavedViewChanged(view_id=view.id, team_id=view.team_id, scope=view.scope, change=change)
        await emit(tx, fact, by=by, at=now)
