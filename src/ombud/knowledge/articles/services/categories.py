"""Categories: a tree in an order of one's choice. What a category narrows holds for all below it."""

from datetime import datetime

from ombud.knowledge.articles.events import KnowledgeCategoryChanged
from ombud.knowledge.articles.rules import narrower
from ombud.knowledge.articles.schemas import Category, CategoryIn, CategoryOrder
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit

MANAGE = "knowledge.manage"
MOST_CATEGORIES = 500
DEEPEST = 6
CATEGORY = """
    select c.id, c.parent_id, c.position, c.name_en, c.name_zh, c.audience, c.brand_id, c.shown_to,
        c.archived_at is not null as is_archived, c.is_hidden,
        (select count(*) from article a where a.category_id = c.id and a.archived_at is null) as articles
    from knowledge_category c"""


class TooDeep(Conflict):
    """Categories lie at most six deep, and none lies below itself."""

    code = "category_too_deep"


async def list_categories(tx: Transaction) -> list[Category]:
    """All categories, each level in its order; the tree is in ``parent_id``."""
    return await rows(tx, Category, f"{CATEGORY} order by c.parent_id nulls first, c.position, c.id")


async def make_category(tx: Transaction, data: CategoryIn, *, by: Actor, now: datetime) -> Category:
    """Make a category, behind those beside it.

    Raises:
        Invalid: it has no name, or the one above it is not there.
        TooDeep: six lie above it.
        Conflict: there are 500 already.

    Emits: KnowledgeCategoryChanged
    """
    by.require(MANAGE)
    await _lock(tx)
    known = await list_categories(tx)
    if len(known) >= MOST_CATEGORIES:
        raise Conflict(f"There are {MOST_CATEGORIES} categories already.")
    _check(known, data, None)
    sql = """
        insert into knowledge_category (parent_id, position, name_en, name_zh, audience, brand_id)
        select %(parent)s, coalesce(max(position), 0) + 1, %(name_en)s, %(name_zh)s, %(audience)s, %(brand)s
        from knowledge_category where parent_id is not distinct from %(parent)s returning id"""
    made = await value(tx, int, sql, _columns(data)) or 0
    return await _settle(tx, made, by=by, now=now)


async def change_category(tx: Transaction, category_id: int, data: CategoryIn, *, by: Actor, now: datetime) -> Category:
    """Change a category, move it below another one, archive it or take it back into use.

    Archiving hides its articles from readers; those who write find them still.

    Raises:
        NotFound: there is none.
        Invalid, TooDeep: as for ``make_category``.

    Emits: KnowledgeCategoryChanged
    """
    by.require(MANAGE)
    await _lock(tx)
    known = await list_categories(tx)
    before = next((one for one in known if one.id == category_id), None)
    if before is None:
        raise NotFound
    _check(known, data, category_id)
    now_is = CategoryIn(
        before.name_en, before.name_zh, before.parent_id, before.audience, before.brand_id, before.is_archived
    )
    if now_is == data:
        return before
    sql = """
        update knowledge_category c set parent_id = %(parent)s, name_en = %(name_en)s, name_zh = %(name_zh)s,
            audience = %(audience)s, brand_id = %(brand)s,
            position = case when c.parent_id is not distinct from %(parent)s then c.position
                else 1 + coalesce((select max(position) from knowledge_category o
                    where o.parent_id is not distinct from %(parent)s), 0) end,
            archived_at = case when %(archived)s then coalesce(c.archived_at, %(now)s) end
        where c.id = %(id)s"""
    await tx.execute(sql, {**_columns(data), "archived": data.is_archived, "id": category_id, "now": now})
    return await _settle(tx, category_id, by=by, now=now)


async def order_categories(tx: Transaction, data: CategoryOrder, *, by: Actor, now: datetime) -> list[Category]:
    """Set the order of the categories below one.

    Raises:
        Invalid: they are not exactly those that lie there.

    Emits: KnowledgeCategoryChanged
    """
    by.require(MANAGE)
    await _lock(tx)
    there = [one.id for one in await list_categories(tx) if one.parent_id == data.parent_id]
    if sorted(there) != sorted(data.ids):
        raise Invalid("Name each category that lies there, once.", fields={"ids": "other"})
    if there == data.ids:
        return await list_categories(tx)
    sql = """
        update knowledge_category c set position = o.place
        from unnest(%(ids)s::bigint[]) with ordinality as o (id, place) where c.id = o.id"""
    await tx.execute(sql, {"ids": data.ids})
    await emit(tx, KnowledgeCategoryChanged(category_id=data.ids[0]), by=by, at=now)
    return await list_categories(tx)


def _columns(data: CategoryIn) -> dict[str, object]:
    return {
        "parent": data.parent_id,
        "name_en": data.name_en.strip(),
        "name_zh": data.name_zh.strip(),
        "audience": data.audience,
        "brand": data.brand_id,
    }


def _check(known: list[Category], data: CategoryIn, category_id: int | None) -> None:
    if not (data.name_en.strip() or data.name_zh.strip()):
        raise Invalid("Name the category in one language at least.", fields={"name_en": "required"})
    parents = {one.id: one.parent_id for one in known}
    if data.parent_id is not None and data.parent_id not in parents:
        raise Invalid("The category above it is not there any more.", fields={"parent_id": "unknown"})
    above: list[int] = []
    at = data.parent_id
    while at is not None and len(above) <= DEEPEST:
        above.append(at)
        at = parents[at]
    below = _height(known, category_id) if category_id is not None else 0
    if len(above) + below >= DEEPEST or category_id in above:
        raise TooDeep(fields={"parent_id": "too_deep"})


def _height(known: list[Category], category_id: int) -> int:
    level, height = {category_id}, 0
    while level := {one.id for one in known if one.parent_id in level}:
        height += 1
    return height


async def _lock(tx: Transaction) -> None:
    # The tree is small and seldom changed: two who move categories at once wait for each other.
    await tx.execute("lock table knowledge_category in share row exclusive mode")


async def _settle(tx: Transaction, category_id: int, *, by: Actor, now: datetime) -> Category:
    """Write down what each category and all above it come to."""
    known = await list_categories(tx)
    shown: dict[int, tuple[str, int | None, bool]] = {}
    waiting = list(known)
    while waiting:
        ready = [one for one in waiting if one.parent_id is None or one.parent_id in shown]
        for one in ready:
            shown[one.id] = _come_to(one, shown.get(one.parent_id or 0, ("public", None, False)))
        waiting = [one for one in waiting if one.id not in shown]
    sql = """
        update knowledge_category c set shown_to = s.shown_to, shown_brand_id = nullif(s.brand_id, 0),
            is_hidden = s.is_hidden
        from unnest(%(ids)s::bigint[], %(shown)s::text[], %(brands)s::bigint[], %(hidden)s::boolean[])
            as s (id, shown_to, brand_id, is_hidden)
        where c.id = s.id and (c.shown_to, coalesce(c.shown_brand_id, 0), c.is_hidden)
            is distinct from (s.shown_to, s.brand_id, s.is_hidden)"""
    params = {
        "ids": list(shown),
        "shown": [one[0] for one in shown.values()],
        "brands": [one[1] or 0 for one in shown.values()],
        "hidden": [one[2] for one in shown.values()],
    }
    await tx.execute(sql, params)
    await emit(tx, KnowledgeCategoryChanged(category_id=category_id), by=by, at=now)
    return next(one for one in await list_categories(tx) if one.id == category_id)


def _come_to(one: Category, above: tuple[str, int | None, bool]) -> tuple[str, int | None, bool]:
    shown_to, brand_id, is_hidden = above
    # Of two brands that exclude each other the upper one is kept: below it nothing of another brand is shown.
    return narrower(shown_to, one.audience or "public"), brand_id or one.brand_id, is_hidden or one.is_archived
