"""Blocks and variables: what several articles say, changed in one place."""

from datetime import datetime
from typing import Literal

from msgspec import Struct, to_builtins
from psycopg.types.json import Jsonb

from ombud.knowledge.articles import queries
from ombud.knowledge.articles.events import KnowledgeBlockChanged, KnowledgeVariableChanged
from ombud.knowledge.articles.markup import clean_article, marks_in
from ombud.knowledge.articles.schemas import Block, BlockIn, BlockText, Reader, UsedBy, Variable, VariableIn
from ombud.knowledge.articles.services.refreshing import refresh_versions
from ombud.knowledge.articles.services.writing import all_seeing
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, hold, row, rows, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit

MANAGE = "knowledge.manage"
MOST = 500
Change = Literal["made", "changed", "removed"]


class MarkTaken(Conflict):
    """Another block or variable has this name. Choose another one."""

    code = "mark_name_taken"


class MarkInUse(Conflict):
    """Articles say it. Take it out of them first."""

    code = "mark_in_use"

    def __init__(self, used_by: list[UsedBy]) -> None:
        super().__init__()
        self.used_by = used_by

    def extra(self) -> dict[str, object]:
        """The articles that say it."""
        return {"used_by": to_builtins(self.used_by)}


class _BlockRow(Struct):
    id: int
    name: str
    texts: list[BlockText]
    changed_at: datetime


class _VariableRow(Struct):
    id: int
    name: str
    note: str
    values: list[dict[str, object]]
    changed_at: datetime


BLOCK = """
    select b.id, b.name, b.changed_at, coalesce((select jsonb_agg(jsonb_build_object('locale', t.locale, 'body', t.body)
        order by t.locale) from knowledge_block_text t where t.block_id = b.id), '[]') as texts
    from knowledge_block b"""
VARIABLE = """
    select n.id, n.name, n.note, n.changed_at, coalesce((select jsonb_agg(jsonb_build_object('value', v.value,
        'locale', v.locale, 'brand_id', v.brand_id) order by v.brand_id nulls first, v.locale)
        from knowledge_variable_value v where v.variable_id = n.id), '[]') as "values"
    from knowledge_variable n"""


# ── blocks ───────────────────────────────────────────────────────────────────────────────────────────────────


async def list_blocks(tx: Transaction, *, reader: Reader) -> list[Block]:
    """All blocks by name, each with the articles that say it and that the reader may see."""
    found = await rows(tx, _BlockRow, f"{BLOCK} order by b.name")
    used = await _used(tx, "block_names", reader)
    return [Block(one.id, one.name, one.texts, one.changed_at, used.get(one.name, [])) for one in found]


async def find_block(tx: Transaction, block_id: int) -> Block:
    """One block.

    Raises:
        NotFound: there is none.
    """
    found = next((one for one in await list_blocks(tx, reader=all_seeing()) if one.id == block_id), None)
    if found is None:
        raise NotFound
    return found


async def make_block(tx: Transaction, data: BlockIn, *, by: Actor, now: datetime) -> Block:
    """Make a block. Articles that said its name already say it now.

    Raises:
        MarkTaken: a block has the name.
        Invalid: a language stands there twice, or a text is empty or holds another block.

    Emits: KnowledgeBlockChanged, ArticlePublished
    """
    by.require(MANAGE)
    texts = _clean_texts(data)
    await _require_room(tx, "knowledge_block")
    await hold(tx, "knowledge_block", data.name)
    sql = """
        insert into knowledge_block (name, changed_at) values (%(name)s, %(now)s)
        on conflict (name) do nothing returning id"""
    made = await value(tx, int, sql, {"name": data.name, "now": now})
    if made is None:
        raise MarkTaken(fields={"name": "taken"})
    await _keep_texts(tx, made, texts)
    await _block_changed(tx, made, [data.name], "made", by=by, now=now)
    return await find_block(tx, made)


async def change_block(tx: Transaction, block_id: int, data: BlockIn, *, by: Actor, now: datetime) -> Block:
    """Change a block: every article that says it reads otherwise at once.

    Raises:
        NotFound: there is none.
        MarkTaken, Invalid: as for ``make_block``.
        MarkInUse: another name, and articles say the present one.

    Emits: KnowledgeBlockChanged, ArticlePublished
    """
    by.require(MANAGE)
    texts = _clean_texts(data)
    await tx.execute("select from knowledge_block where id = %(id)s for update", {"id": block_id})
    known = await find_block(tx, block_id)
    if (known.name, known.texts) == (data.name, texts):
        return known
    if known.name != data.name:
        await _refuse_rename("knowledge_block", data.name, known.used_by, tx)
    sql = "update knowledge_block set name = %(name)s, changed_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"id": block_id, "name": data.name, "now": now})
    await _keep_texts(tx, block_id, texts)
    await _block_changed(tx, block_id, [known.name, data.name], "changed", by=by, now=now)
    return await find_block(tx, block_id)


async def remove_block(tx: Transaction, block_id: int, *, by: Actor, now: datetime) -> None:
    """Remove a block that no article says.

    Raises:
        NotFound: there is none.
        MarkInUse: articles say it.

    Emits: KnowledgeBlockChanged
    """
    by.require(MANAGE)
    known = await find_block(tx, block_id)
    if known.used_by:
        raise MarkInUse(known.used_by)
    await tx.execute("delete from knowledge_block where id = %(id)s", {"id": block_id})
    await emit(tx, KnowledgeBlockChanged(block_id=block_id, change="removed"), by=by, at=now)


def _clean_texts(data: BlockIn) -> list[BlockText]:
    texts = [BlockText(one.locale, clean_article(one.body)) for one in data.texts]
    if len({one.locale for one in texts}) < len(texts):
        raise Invalid("Say it once in each language.", fields={"texts": "twice"})
    if not all(one.body for one in texts):
        raise Invalid("Write something in each language, or take the language out.", fields={"texts": "required"})
    if any(marks_in(one.body).blocks for one in texts):
        raise Invalid("A block holds no other block.", fields={"texts": "block_in_block"})
    return sorted(texts, key=lambda one: one.locale)


async def _keep_texts(tx: Transaction, block_id: int, texts: list[BlockText]) -> None:
    await tx.execute("delete from knowledge_block_text where block_id = %(id)s", {"id": block_id})
    sql = """
        insert into knowledge_block_text (block_id, locale, body)
        select %(id)s, * from unnest(%(locales)s::text[], %(bodies)s::text[])"""
    params = {"id": block_id, "locales": [one.locale for one in texts], "bodies": [one.body for one in texts]}
    await tx.execute(sql, params)


async def _block_changed(
    tx: Transaction, block_id: int, names: list[str], change: Change, *, by: Actor, now: datetime
) -> None:
    ids = await queries.live_versions(tx, blocks=names)
    read = await refresh_versions(tx, ids, why="block", by=by, now=now)
    await emit(tx, KnowledgeBlockChanged(block_id=block_id, change=change, article_ids=tuple(read)), by=by, at=now)


# ── variables ────────────────────────────────────────────────────────────────────────────────────────────────


async def list_variables(tx: Transaction, *, reader: Reader) -> list[Variable]:
    """All variables by name, each with the articles that say it and that the reader may see."""
    found = await rows(tx, _VariableRow, f"{VARIABLE} order by n.name")
    used = await _used(tx, "variable_names", reader)
    return [_variable(one, used) for one in found]


async def find_variable(tx: Transaction, variable_id: int) -> Variable:
    """One variable.

    Raises:
        NotFound: there is none.
    """
    found = await row(tx, _VariableRow, f"{VARIABLE} where n.id = %(id)s", {"id": variable_id})
    if found is None:
        raise NotFound
    return _variable(found, await _used(tx, "variable_names", all_seeing()))


async def make_variable(tx: Transaction, data: VariableIn, *, by: Actor, now: datetime) -> Variable:
    """Make a variable. Articles that said its name already say it now.

    Raises:
        MarkTaken: a variable has the name.
        Invalid: two values for the same language and brand.

    Emits: KnowledgeVariableChanged, ArticlePublished
    """
    by.require(MANAGE)
    _check_values(data)
    await _require_room(tx, "knowledge_variable")
    await hold(tx, "knowledge_variable", data.name)
    sql = """
        insert into knowledge_variable (name, note, changed_at) values (%(name)s, %(note)s, %(now)s)
        on conflict (name) do nothing returning id"""
    made = await value(tx, int, sql, {"name": data.name, "note": data.note.strip(), "now": now})
    if made is None:
        raise MarkTaken(fields={"name": "taken"})
    await _keep_values(tx, made, data)
    await _variable_changed(tx, made, [data.name], "made", by=by, now=now)
    return await find_variable(tx, made)


async def change_variable(tx: Transaction, variable_id: int, data: VariableIn, *, by: Actor, now: datetime) -> Variable:
    """Change a variable: every article that says it reads otherwise at once.

    Raises:
        NotFound: there is none.
        MarkTaken, Invalid: as for ``make_variable``.
        MarkInUse: another name, and articles say the present one.

    Emits: KnowledgeVariableChanged, ArticlePublished
    """
    by.require(MANAGE)
    _check_values(data)
    await tx.execute("select from knowledge_variable where id = %(id)s for update", {"id": variable_id})
    known = await find_variable(tx, variable_id)
    if known.name != data.name:
        await _refuse_rename("knowledge_variable", data.name, known.used_by, tx)
    sql = "update knowledge_variable set name = %(name)s, note = %(note)s, changed_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"id": variable_id, "name": data.name, "note": data.note.strip(), "now": now})
    await _keep_values(tx, variable_id, data)
    await _variable_changed(tx, variable_id, [known.name, data.name], "changed", by=by, now=now)
    return await find_variable(tx, variable_id)


async def remove_variable(tx: Transaction, variable_id: int, *, by: Actor, now: datetime) -> None:
    """Remove a variable that no article says.

    Raises:
        NotFound: there is none.
        MarkInUse: articles say it.

    Emits: KnowledgeVariableChanged
    """
    by.require(MANAGE)
    known = await find_variable(tx, variable_id)
    if known.used_by:
        raise MarkInUse(known.used_by)
    await tx.execute("delete from knowledge_variable where id = %(id)s", {"id": variable_id})
    await emit(tx, KnowledgeVariableChanged(variable_id=variable_id, change="removed"), by=by, at=now)


def _check_values(data: VariableIn) -> None:
    named = [(one.locale, one.brand_id) for one in data.values]
    if len(set(named)) < len(named):
        raise Invalid("One value for each language and brand.", fields={"values": "twice"})


async def _keep_values(tx: Transaction, variable_id: int, data: VariableIn) -> None:
    await tx.execute("delete from knowledge_variable_value where variable_id = %(id)s", {"id": variable_id})
    sql = """
        insert into knowledge_variable_value (variable_id, locale, brand_id, value)
        select %(id)s, v.locale, v.brand_id, v.value
        from jsonb_to_recordset(%(values)s) as v (locale text, brand_id bigint, value text)"""
    await tx.execute(sql, {"id": variable_id, "values": Jsonb(to_builtins(data.values))})


async def _variable_changed(
    tx: Transaction, variable_id: int, names: list[str], change: Change, *, by: Actor, now: datetime
) -> None:
    ids = await queries.live_versions(tx, variables=names)
    read = await refresh_versions(tx, ids, why="variable", by=by, now=now)
    await emit(
        tx, KnowledgeVariableChanged(variable_id=variable_id, change=change, article_ids=tuple(read)), by=by, at=now
    )


def _variable(one: _VariableRow, used: dict[str, list[UsedBy]]) -> Variable:
    return Variable(one.id, one.name, one.note, one.values, one.changed_at, used.get(one.name, []))  # type: ignore[arg-type]


# ── both ─────────────────────────────────────────────────────────────────────────────────────────────────────


class _Use(UsedBy):
    name: str


async def _used(
    tx: Transaction, column: Literal["block_names", "variable_names"], reader: Reader
) -> dict[str, list[UsedBy]]:
    sql = f"""
        select n.name, v.article_id, v.locale, v.title, v.state
        from article_version v join article a on a.id = v.article_id cross join unnest(v.{column}) as n (name)
        where v.state in ('draft', 'review', 'published') and a.archived_at is null and {queries.reachable()}
            and (v.state = 'published' or %(kb_drafts)s)
        order by n.name, v.article_id, v.locale, v.number"""
    found: dict[str, list[UsedBy]] = {}
    for one in await rows(tx, _Use, sql, queries.sight(reader)):
        found.setdefault(one.name, []).append(UsedBy(one.article_id, one.locale, one.title, one.state))
    return found


async def _refuse_rename(
    table: Literal["knowledge_block", "knowledge_variable"], name: str, used_by: list[UsedBy], tx: Transaction
) -> None:
    if used_by:
        raise MarkInUse(used_by)
    # One is made and another renamed at once: the second sees that the name is taken.
    await hold(tx, table, name)
    if await value(tx, bool, f"select exists (select from {table} where name = %(name)s)", {"name": name}):
        raise MarkTaken(fields={"name": "taken"})


async def _require_room(tx: Transaction, table: Literal["knowledge_block", "knowledge_variable"]) -> None:
    if (await value(tx, int, f"select count(*) from {table}") or 0) >= MOST:
        raise Conflict(f"There are {MOST} already. Remove some that no article says.")
