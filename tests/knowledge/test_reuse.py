"""Blocks, variables and categories: changed in one place, read everywhere, kept from being lost."""

import pytest

from ombud.knowledge.articles.schemas import (
    BlockIn,
    BlockText,
    CategoryIn,
    CategoryOrder,
    VariableIn,
    VariableValue,
)
from ombud.knowledge.articles.services.categories import (
    TooDeep,
    change_category,
    list_categories,
    make_category,
    order_categories,
)
from ombud.knowledge.articles.services.reuse import (
    MarkInUse,
    MarkTaken,
    change_block,
    change_variable,
    find_block,
    make_block,
    make_variable,
    remove_block,
    remove_variable,
)
from ombud.shared.errors import Invalid, NotAllowed
from tests.knowledge.desk import PUBLIC, Library


def block(name: str = "hours", **texts: str) -> BlockIn:
    """A block in some languages: ``zh`` is Chinese."""
    return BlockIn(name, [BlockText({"zh": "zh-CN"}.get(code, code), body) for code, body in texts.items()])


async def test_changed_block_is_read_at_once_in_all_that_say_it(library: Library) -> None:
    made = await library.do(make_block, block(en="<p>9 to 5</p>", zh="<p>九点到五点</p>"))
    first = await library.make("One", "<p>{{block:hours}}</p>")
    second = await library.make("二", "<p>时间：{{block:hours}}</p>", locale="zh-CN")
    other = await library.make("Other")
    before = await library.desk.events("article_published")
    await library.do(change_block, made.id, block(en="<p>8 to 6</p>", zh="<p>八点到六点</p>"))
    assert (await library.shown(first)).text == "8 to 6"
    assert (await library.shown(second, locale="zh-CN")).text == "时间：八点到六点"
    assert await library.ids(text="八点到六点") == [second]
    told = (await library.desk.events("article_published"))[len(before) :]
    assert [(one.data["article_id"], one.data["why"]) for one in told] == [(first, "block"), (second, "block")]
    [changed] = (await library.desk.events("knowledge_block_changed"))[1:]
    assert changed.data["article_ids"] == [first, second]
    assert other not in changed.data["article_ids"]


async def test_variable_within_a_block_reaches_the_articles_that_say_the_block(library: Library) -> None:
    variable = await library.do(make_variable, VariableIn("days", [VariableValue("7")]))
    await library.do(make_block, block(en="<p>within {{days}} days</p>"))
    made = await library.make("Return", "<p>{{block:hours}}</p>")
    await library.do(change_variable, variable.id, VariableIn("days", [VariableValue("15")]))
    assert (await library.shown(made)).text == "within 15 days"
    assert await library.ids(text="15") == [made]
    with pytest.raises(MarkInUse):
        await library.do(remove_variable, variable.id)


async def test_variable_is_said_by_language_and_brand_the_nearest_first(library: Library) -> None:
    brand = await library.desk.brand("Qingyou")
    values = [
        VariableValue("any"),
        VariableValue("zh", "zh-CN"),
        VariableValue("young", "", brand),
        VariableValue("young zh", "zh-CN", brand),
    ]
    await library.do(make_variable, VariableIn("shop", values))
    made = await library.make("Shop", "<p>{{shop}}</p>")
    await library.translate(made, "店", "zh-CN", "<p>{{shop}}</p>")
    wanted = {("en", None): "any", ("zh-CN", None): "zh", ("en", brand): "young", ("zh-CN", brand): "young zh"}
    for (locale, one), text in wanted.items():
        assert (await library.shown(made, PUBLIC, locale, brand_id=one)).text == text


async def test_block_that_articles_say_is_neither_removed_nor_renamed(library: Library) -> None:
    made = await library.do(make_block, block(en="<p>x</p>"))
    await library.make("One", "<p>{{block:hours}}</p>")
    with pytest.raises(MarkInUse) as refused:
        await library.do(remove_block, made.id)
    assert [one.title for one in refused.value.used_by] == ["One"]
    with pytest.raises(MarkInUse):
        await library.do(change_block, made.id, block("times", en="<p>x</p>"))
    free = await library.do(make_block, block("free", en="<p>x</p>"))
    await library.do(change_block, free.id, block("open", en="<p>x</p>"))
    assert (await library.ask(find_block, free.id)).name == "open"
    await library.do(remove_block, free.id)


@pytest.mark.parametrize(
    "data",
    [
        block(en="<script>x</script>"),
        block(en="<p>{{block:other}}</p>"),
        BlockIn("a", [BlockText("en", "x"), BlockText("en", "y")]),
    ],
)
async def test_block_that_cannot_be_is_refused(library: Library, data: BlockIn) -> None:
    with pytest.raises(Invalid):
        await library.do(make_block, data)


async def test_names_of_marks_are_taken_once_and_kept_by_who_manages(library: Library) -> None:
    await library.do(make_block, block(en="x"))
    with pytest.raises(MarkTaken):
        await library.do(make_block, block(en="y"))
    twice = VariableIn("a", [VariableValue("1"), VariableValue("2")])
    with pytest.raises(Invalid):
        await library.do(make_variable, twice)
    with pytest.raises(NotAllowed):
        await library.do(make_block, block("other", en="x"), by=library.writer)


async def test_categories_lie_in_their_order_and_move(library: Library) -> None:
    first, second, third = [(await library.do(make_category, CategoryIn(name, ""))).id for name in "ABC"]
    await library.do(order_categories, CategoryOrder(None, [third, first, second]))
    await library.do(change_category, second, CategoryIn("B", "", third))
    found = await library.ask(list_categories)
    assert [(one.name_en, one.parent_id) for one in found] == [("C", None), ("A", None), ("B", third)]
    with pytest.raises(Invalid):
        await library.do(order_categories, CategoryOrder(None, [third]))


async def test_category_lies_neither_below_itself_nor_too_deep(library: Library) -> None:
    above = None
    ids = []
    for name in "ABCDEF":
        above = (await library.do(make_category, CategoryIn(name, "", above))).id
        ids.append(above)
    with pytest.raises(TooDeep):
        await library.do(make_category, CategoryIn("G", "", above))
    with pytest.raises(TooDeep):
        await library.do(change_category, ids[0], CategoryIn("A", "", ids[2]))
    with pytest.raises(Invalid):
        await library.do(make_category, CategoryIn(" ", ""))
    with pytest.raises(Invalid):
        await library.do(make_category, CategoryIn("X", "", 999))


async def test_category_narrows_all_below_it(library: Library) -> None:
    above = (await library.do(make_category, CategoryIn("A", "", audience="agents"))).id
    below = await library.do(make_category, CategoryIn("B", "", above, audience="public"))
    assert below.shown_to == "agents"
    await library.do(change_category, above, CategoryIn("A", ""))
    assert {one.name_en: one.shown_to for one in await library.ask(list_categories)} == {"A": "public", "B": "public"}
