"""Endpoints of what stands around articles: categories, blocks, variables, the desk's rules."""

from litestar import delete, get, patch, post, put
from litestar.params import FromPath, JSONBody
from litestar.status_codes import HTTP_201_CREATED
from msgspec import Struct

from ombud.knowledge.articles.schemas import (
    Block,
    BlockIn,
    Category,
    CategoryIn,
    CategoryOrder,
    KnowledgePolicy,
    KnowledgePolicyPatch,
    Variable,
    VariableIn,
    reader_of,
)
from ombud.knowledge.articles.services import categories, policy, reuse
from ombud.shared.http import By, Now, Reading, Tx, may

READ, MANAGE = "knowledge.read", "knowledge.manage"


class CategoryList(Struct):
    """All categories, each level in its order."""

    items: list[Category]


class BlockList(Struct):
    """Blocks by name."""

    items: list[Block]


class VariableList(Struct):
    """Variables by name."""

    items: list[Variable]


@get("/knowledge/categories", guards=[may(READ)])
async def get_categories(reading: Reading) -> CategoryList:
    """The tree of categories; ``parent_id`` says where each lies."""
    return CategoryList(await categories.list_categories(reading))


@post("/knowledge/categories", guards=[may(MANAGE)], status_code=HTTP_201_CREATED)
async def post_category(tx: Tx, actor: By, now: Now, data: JSONBody[CategoryIn]) -> Category:
    """Make a category, behind those beside it."""
    return await categories.make_category(tx, data, by=actor, now=now)


@patch("/knowledge/categories/{category_id:int}", guards=[may(MANAGE)])
async def patch_category(
    tx: Tx, actor: By, now: Now, category_id: FromPath[int], data: JSONBody[CategoryIn]
) -> Category:
    """Change, move or archive a category; archiving hides its articles from readers."""
    return await categories.change_category(tx, category_id, data, by=actor, now=now)


@put("/knowledge/category-order", guards=[may(MANAGE)])
async def put_category_order(tx: Tx, actor: By, now: Now, data: JSONBody[CategoryOrder]) -> CategoryList:
    """Set the order of the categories below one."""
    return CategoryList(await categories.order_categories(tx, data, by=actor, now=now))


@get("/knowledge/blocks", guards=[may(READ)])
async def get_blocks(reading: Reading, actor: By) -> BlockList:
    """Blocks with the articles that say them."""
    return BlockList(await reuse.list_blocks(reading, reader=reader_of(actor)))


@post("/knowledge/blocks", guards=[may(MANAGE)], status_code=HTTP_201_CREATED)
async def post_block(tx: Tx, actor: By, now: Now, data: JSONBody[BlockIn]) -> Block:
    """Make a block that articles say as ``{{block:name}}``."""
    return await reuse.make_block(tx, data, by=actor, now=now)


@patch("/knowledge/blocks/{block_id:int}", guards=[may(MANAGE)])
async def patch_block(tx: Tx, actor: By, now: Now, block_id: FromPath[int], data: JSONBody[BlockIn]) -> Block:
    """Change a block: every article that says it reads otherwise at once."""
    return await reuse.change_block(tx, block_id, data, by=actor, now=now)


@delete("/knowledge/blocks/{block_id:int}", guards=[may(MANAGE)])
async def delete_block(tx: Tx, actor: By, now: Now, block_id: FromPath[int]) -> None:
    """Remove a block. 409 ``mark_in_use`` names the articles that say it."""
    await reuse.remove_block(tx, block_id, by=actor, now=now)


@get("/knowledge/variables", guards=[may(READ)])
async def get_variables(reading: Reading, actor: By) -> VariableList:
    """Variables with the articles that say them."""
    return VariableList(await reuse.list_variables(reading, reader=reader_of(actor)))


@post("/knowledge/variables", guards=[may(MANAGE)], status_code=HTTP_201_CREATED)
async def post_variable(tx: Tx, actor: By, now: Now, data: JSONBody[VariableIn]) -> Variable:
    """Make a variable that articles say as ``{{name}}``."""
    return await reuse.make_variable(tx, data, by=actor, now=now)


@patch("/knowledge/variables/{variable_id:int}", guards=[may(MANAGE)])
async def patch_variable(
    tx: Tx, actor: By, now: Now, variable_id: FromPath[int], data: JSONBody[VariableIn]
) -> Variable:
    """Change a variable: every article that says it reads otherwise at once."""
    return await reuse.change_variable(tx, variable_id, data, by=actor, now=now)


@delete("/knowledge/variables/{variable_id:int}", guards=[may(MANAGE)])
async def delete_variable(tx: Tx, actor: By, now: Now, variable_id: FromPath[int]) -> None:
    """Remove a variable. 409 ``mark_in_use`` names the articles that say it."""
    await reuse.remove_variable(tx, variable_id, by=actor, now=now)


@get("/knowledge/policy", guards=[may(READ)])
async def get_knowledge_policy(reading: Reading) -> KnowledgePolicy:
    """The desk's rules of knowledge."""
    return await policy.knowledge_policy(reading)


@patch("/knowledge/policy", guards=[may(MANAGE)])
async def patch_knowledge_policy(tx: Tx, actor: By, now: Now, data: JSONBody[KnowledgePolicyPatch]) -> KnowledgePolicy:
    """Set rules: who approves, and after how many months an article is read again."""
    return await policy.change_knowledge_policy(tx, data, by=actor, now=now)


FRAME = [
    *(get_categories, post_category, patch_category, put_category_order),
    *(get_blocks, post_block, patch_block, delete_block),
    *(get_variables, post_variable, patch_variable, delete_variable),
    *(get_knowledge_policy, patch_knowledge_policy),
]
