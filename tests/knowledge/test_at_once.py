"""Two people who do the same at once, each on a connection of their own: one of them hears why it cannot be."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ombud.knowledge.articles.schemas import (
    ArticleDraftIn,
    ArticleIn,
    ArticlePatch,
    ArticleWords,
    BlockIn,
    BlockText,
    KnowledgePolicyPatch,
    VariableIn,
    VariableValue,
)
from ombud.knowledge.articles.services import archive, ask_review, make_article, publish, save_draft
from ombud.knowledge.articles.services.policy import change_knowledge_policy, knowledge_policy
from ombud.knowledge.articles.services.publishing import SlugTaken, change_article, reject
from ombud.knowledge.articles.services.reuse import (
    MarkTaken,
    change_block,
    change_variable,
    make_block,
    make_variable,
)
from ombud.knowledge.articles.services.writing import Archived, SavedMeanwhile
from ombud.knowledge.reports.schemas import FeedbackIn
from ombud.knowledge.reports.services import note_feedback
from ombud.knowledge.retrieval.services import index_article
from ombud.shared.database import Transaction
from ombud.shared.errors import Conflict, NotFound, OmbudError
from tests.knowledge.desk import Library

Verb = Callable[[Transaction], Awaitable[Any]]
MOMENT = 0.05


async def behind(library: Library, first: Verb, second: Verb) -> OmbudError | None:
    """Do two things at once: the second begins while the first is not committed. Gives why the second could not be."""
    database = library.desk.parts.database

    async def run() -> OmbudError | None:
        try:
            async with database.transaction() as tx:
                await second(tx)
        except OmbudError as problem:
            return problem
        return None

    async with database.transaction() as tx:
        await first(tx)
        later = asyncio.create_task(run())
        # As far as it gets without the first.
        await asyncio.wait([later], timeout=MOMENT)
    return await later


def acting(library: Library, verb: Callable[..., Awaitable[Any]], *args: Any, by: Any = None, **more: Any) -> Verb:
    """A verb of somebody's at the desk's moment."""
    return lambda tx: verb(tx, *args, by=by or library.lead, now=library.desk.now, **more)


def article(title: str = "Returns", **more: Any) -> ArticleIn:
    """An article as somebody enters it."""
    return ArticleIn(kind="faq", locale="en", words=ArticleWords(title, "<p>Seven days.</p>"), **more)


def block(name: str, text: str = "<p>x</p>") -> BlockIn:
    """A block in English."""
    return BlockIn(name, [BlockText("en", text)])


def variable(name: str, said: str = "x") -> VariableIn:
    """A variable with one value."""
    return VariableIn(name, [VariableValue(said)])


async def test_two_articles_of_one_title_made_at_once_have_two_addresses(library: Library) -> None:
    made = acting(library, make_article, article())
    assert await behind(library, made, made) is None
    assert await library.desk.sql("select array_agg(slug order by id) from article") == ["returns", "returns-2"]


async def test_address_that_two_articles_want_at_once_is_the_firsts(library: Library) -> None:
    one, other = await library.make("One"), await library.make("Other")
    wanted = ArticlePatch(slug="prices")
    problem = await behind(
        library, acting(library, change_article, one, wanted), acting(library, change_article, other, wanted)
    )
    assert isinstance(problem, SlugTaken)
    assert await library.desk.sql("select array_agg(slug order by id) from article") == ["prices", "other"]


async def test_address_of_a_new_article_and_of_a_changed_one_are_two(library: Library) -> None:
    old = await library.make("Old")
    first = acting(library, make_article, article("Prices"))
    problem = await behind(library, first, acting(library, change_article, old, ArticlePatch(slug="prices")))
    assert isinstance(problem, SlugTaken)
    problem = await behind(
        library,
        acting(library, change_article, old, ArticlePatch(slug="rates")),
        acting(library, make_article, article("Rates")),
    )
    assert problem is None
    assert await library.desk.sql("select array_agg(slug order by id) from article") == ["rates", "prices", "rates-2"]


async def test_draft_that_two_save_at_once_keeps_the_firsts_words(library: Library) -> None:
    made = await library.make("Returns", is_published=False)
    revision = (await library.find(made)).versions[0].revision
    mine, theirs = (ArticleDraftIn(title, "<p>x</p>", revision=revision) for title in ("Mine", "Theirs"))
    first = acting(library, save_draft, made, "en", mine)
    problem = await behind(library, first, acting(library, save_draft, made, "en", theirs, by=library.writer))
    assert isinstance(problem, SavedMeanwhile)
    assert (await library.find(made)).versions[0].title == "Mine"


async def test_language_that_two_begin_at_once_has_one_draft(library: Library) -> None:
    made = await library.make("Returns")
    mine, theirs = (ArticleDraftIn(title, "<p>x</p>", revision=0) for title in ("退货", "如何退货"))
    first = acting(library, save_draft, made, "zh-CN", mine)
    await behind(library, first, acting(library, save_draft, made, "zh-CN", theirs, by=library.writer))
    sql = "select count(*) from article_version where locale = 'zh-CN' and state = 'draft'"
    assert await library.desk.sql(sql) == 1


async def test_draft_is_published_once(library: Library) -> None:
    made = await library.make("Returns", is_published=False)
    verb = acting(library, publish, made, "en")
    assert isinstance(await behind(library, verb, verb), NotFound)
    events = await library.desk.events("article_published")
    assert len(events) == 1
    sql = "select count(*) from article_version where state = 'published'"
    assert await library.desk.sql(sql) == 1


async def test_draft_is_published_or_sent_back_but_not_both(library: Library) -> None:
    made = await library.make("Returns", is_published=False, by=library.writer)
    await library.do(ask_review, made, "en", by=library.writer)
    first = acting(library, publish, made, "en")
    problem = await behind(library, first, acting(library, reject, made, "en", "Say which."))
    assert isinstance(problem, Conflict)
    assert [one.state for one in (await library.find(made)).versions] == ["published"]


async def test_article_that_is_archived_takes_no_words_meanwhile(library: Library) -> None:
    made = await library.make("Returns")
    draft = acting(library, save_draft, made, "en", ArticleDraftIn("New", "<p>x</p>"), by=library.writer)
    assert isinstance(await behind(library, acting(library, archive, made), draft), Archived)


@pytest.mark.parametrize("kind", ["block", "variable"])
async def test_name_that_two_make_at_once_is_the_firsts(library: Library, kind: str) -> None:
    make, data = (make_block, block("hours")) if kind == "block" else (make_variable, variable("hours"))
    verb = acting(library, make, data)
    assert isinstance(await behind(library, verb, verb), MarkTaken)


@pytest.mark.parametrize("is_new_first", [True, False])
async def test_name_of_a_new_block_and_of_a_renamed_one_are_two(library: Library, is_new_first: bool) -> None:
    old = await library.do(make_block, block("old"))
    new = acting(library, make_block, block("hours"))
    renamed = acting(library, change_block, old.id, block("hours"))
    problem = await behind(library, *((new, renamed) if is_new_first else (renamed, new)))
    assert isinstance(problem, MarkTaken)
    assert await library.desk.sql("select count(*) from knowledge_block where name = 'hours'") == 1


@pytest.mark.parametrize("is_new_first", [True, False])
async def test_name_of_a_new_variable_and_of_a_renamed_one_are_two(library: Library, is_new_first: bool) -> None:
    old = await library.do(make_variable, variable("old"))
    new = acting(library, make_variable, variable("phone"))
    renamed = acting(library, change_variable, old.id, variable("phone"))
    problem = await behind(library, *((new, renamed) if is_new_first else (renamed, new)))
    assert isinstance(problem, MarkTaken)


async def test_block_that_changes_while_an_article_begins_to_say_it_is_said_as_it_is(library: Library) -> None:
    made = await library.do(make_block, block("hours", "<p>From nine</p>"))
    say = await library.make("Shop", is_published=False)
    change = acting(library, change_block, made.id, block("hours", "<p>From ten</p>"))
    draft = acting(library, save_draft, say, "en", ArticleDraftIn("Shop", "<p>{{block:hours}}</p>"))
    assert await behind(library, change, draft) is None
    await library.do(publish, say, "en")
    assert "From ten" in (await library.shown(say)).html


async def test_rules_that_two_change_at_once_both_hold(library: Library) -> None:
    first = acting(library, change_knowledge_policy, KnowledgePolicyPatch(own_approval=False))
    second = acting(library, change_knowledge_policy, KnowledgePolicyPatch(review_months=3))
    assert await behind(library, first, second) is None
    policy = await library.ask(knowledge_policy)
    assert (policy.own_approval, policy.review_months) == (False, 3)


async def test_feedback_that_is_sent_twice_at_once_is_one_word(library: Library) -> None:
    made = await library.make("Returns")

    def say(*, helped: bool) -> Verb:
        data = FeedbackIn(helped=helped)
        return lambda tx: note_feedback(tx, made, data, place="workspace", by=library.writer, now=library.desk.now)

    assert await behind(library, say(helped=False), say(helped=True)) is None
    assert await library.desk.sql("select array_agg(helped) from article_feedback") == [True]


async def test_feedback_of_two_people_at_once_is_two_words(library: Library) -> None:
    made = await library.make("Returns")

    def say(by: Any) -> Verb:
        data = FeedbackIn(helped=True)
        return lambda tx: note_feedback(tx, made, data, place="workspace", by=by, now=library.desk.now)

    assert await behind(library, say(library.writer), say(library.reader)) is None
    assert await library.desk.sql("select count(*) from article_feedback") == 2


async def test_article_that_is_cut_twice_at_once_has_each_passage_once(library: Library) -> None:
    made = await library.make("Returns", "<p>Seven days.</p><h2>Costs</h2><p>We pay.</p>")
    assert (
        await behind(library, lambda tx: index_article(tx, made, "en"), lambda tx: index_article(tx, made, "en"))
        is None
    )
    assert await library.desk.sql("select count(*) from passage where not is_question") == 2
    assert await library.desk.sql("select revision from passage_revision") == 2
