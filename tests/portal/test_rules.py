"""Which site is meant, which colours can be read, which language and which articles suit."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.portal.customer.progress import simple_steps, steps_of
from ombud.portal.help_centre.rules import (
    Typing,
    below,
    best_languages,
    marked,
    related,
    way_to,
)
from ombud.portal.help_centre.schemas import Entry, Shelf
from ombud.portal.pages import json_ld, size_text, style_of
from ombud.portal.rules import CONTRAST, contrast, find_place, ink_on, place_of, primary_of, readable, words_locale
from ombud.portal.schemas import Look, Site
from ombud.processes.schemas import ProcessSpec, Stage, Visit, Way

HERE = "https://desk.example"
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def site(brand_id: int, **more: Any) -> Site:
    known: dict[str, Any] = {
        "brand": f"B{brand_id}",
        "key": f"b{brand_id}",
        "host": None,
        "is_on": True,
        "has_portal": True,
    }
    known |= {"look": Look(), "logo_token": None, "form_channel_id": None, "jwt_secret": None, "version": 1}
    return Site(brand_id, **(known | more))


def entry(article_id: int, title: str, locale: str = "en", **more: Any) -> Entry:
    known: dict[str, Any] = {
        "version_id": article_id,
        "kind": "article",
        "slug": f"a-{article_id}",
        "default_locale": "en",
    }
    known |= {"summary": "", "keywords": "", "category_id": None, "is_pinned": False, "published_at": NOW}
    return Entry(article_id=article_id, locale=locale, title=title, **(known | more))


# ── sites ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_site_is_found_by_its_host_then_by_its_place() -> None:
    sites = [site(1), site(2, host="help.two.example"), site(3)]
    for host, brand in (("help.two.example", 2), ("HELP.TWO.example", 2), ("desk.example", 1), ("elsewhere", 1)):
        found = find_place(sites, host, "", HERE)
        assert found is not None
        assert (found.site.brand_id, found.prefix) == (brand, "")
    third = find_place(sites, "desk.example", "b3", HERE)
    assert third is not None
    assert (third.help, third.help_url, third.is_canonical) == ("/help/s/b3", f"{HERE}/help/s/b3", True)


def test_site_that_is_off_is_found_by_its_key_alone() -> None:
    sites = [site(1, is_on=False, host="one.example"), site(2, is_on=False)]
    assert find_place(sites, "one.example", "", HERE) is None
    assert primary_of(sites) is None
    assert find_place(sites, "desk.example", "b1", HERE) is not None


def test_address_of_a_site_with_a_host_has_no_key() -> None:
    found = place_of([site(1, host="help.one.example")], site(1, host="help.one.example"), "/s/b1", HERE)
    assert found.portal_url == "https://help.one.example/portal"
    assert not found.is_canonical


@given(st.integers(0, 0xFFFFFF), st.sampled_from(["#ffffff", "#1b1f1e"]))
def test_every_colour_becomes_one_that_can_be_read(color: int, ground: str) -> None:
    text = f"#{color:06x}"
    assert contrast(readable(text, ground), ground) >= CONTRAST
    assert contrast(ink_on(text), text) >= 4.5


def test_colour_that_can_be_read_stays_as_it_is() -> None:
    assert readable("#0d7a6f", "#ffffff") == "#0d7a6f"
    assert "--accent:#0d7a6f" in style_of("#0d7a6f", "#37b3a4")[0]


def test_data_for_machines_cannot_end_its_element() -> None:
    assert "<" not in json_ld({"name": "</script><script>alert(1)</script>&amp;"})


@pytest.mark.parametrize(("size", "text"), [(900, "900 B"), (2_048, "2 KB"), (3 * 1024 * 1024, "3.0 MB")])
def test_size_is_said_for_people(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(("locale", "words"), [("zh-TW", "zh-CN"), ("en-GB", "en"), ("de", "en")])
def test_words_of_a_page_are_the_nearest_that_we_speak(locale: str, words: str) -> None:
    assert words_locale(locale) == words


# ── articles ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_article_is_shown_in_the_language_that_suits_best() -> None:
    entries = [entry(1, "Refund"), entry(1, "退款", "zh-CN"), entry(2, "Garantie", "de", default_locale="de")]
    assert [one.title for one in best_languages(entries, "zh-CN")] == ["退款", "Garantie"]
    assert [one.title for one in best_languages(entries, "en-GB")] == ["Refund", "Garantie"]


def test_pinned_articles_come_first() -> None:
    entries = [entry(1, "A"), entry(2, "B", is_pinned=True)]
    assert [one.title for one in best_languages(entries, "en")] == ["B", "A"]


def test_way_and_what_is_below_end_even_in_a_circle() -> None:
    shelves = [Shelf(1, 2, "One", "一"), Shelf(2, 1, "Two", "二"), Shelf(3, 2, "Three", "三")]
    assert below(shelves, 2) == {1, 2, 3}
    assert {one.id for one in way_to(shelves, 3)} == {1, 2, 3}


def test_related_articles_share_words() -> None:
    one = entry(1, "How long does a refund take?")
    others = [entry(2, "Refund to another card"), entry(3, "Battery does not charge"), one]
    assert [found.article_id for found in related(one, others)] == [2]


@pytest.mark.parametrize(
    ("typed", "first"),
    [("refund ta", 1), ("REFUND", 1), ("退款多", 3), ("到账", 3), ("batt", 2), ("how long does it take to refund", 1)],
)
def test_typing_finds_titles_by_what_is_typed_so_far(typed: str, first: int) -> None:
    typing = Typing([entry(1, "How long does a refund take?"), entry(2, "Battery"), entry(3, "退款多久到账", "zh-CN")])
    assert typing.suggest(typed)[0].article_id == first


@pytest.mark.parametrize("typed", ["", "   ", "?!", "zebra crossing"])
def test_typing_nonsense_suggests_nothing(typed: str) -> None:
    assert Typing([entry(1, "How long does a refund take?")]).suggest(typed) == []


def test_passage_marks_the_words_of_the_question_and_nothing_else() -> None:
    text = marked("<b>Refunds</b> take 5 days. " + "More words follow here. " * 30, "how long do refunds take")
    assert "&lt;b&gt;<mark>Refunds</mark>" in text
    assert text.endswith(" …")


@given(st.text(max_size=400), st.text(max_size=40))
def test_passage_of_any_text_is_safe(text: str, question: str) -> None:
    shown = str(marked(text, question)).replace("<mark>", "").replace("</mark>", "")
    assert "<" not in shown


# ── progress ─────────────────────────────────────────────────────────────────────────────────────────────────


def stage(key: str, name: str = "", **more: Any) -> Stage:
    return Stage(key, key, key, customer_name_en=name, customer_name_zh=name and f"{name}中", **more)


def visit(key: str, *, is_over: bool = True) -> Visit:
    ended_at = NOW if is_over else None
    return Visit(1, key, 1, NOW, "next", due_at=None, is_late=False, ended_at=ended_at, ended_by=None)


SPEC = ProcessSpec(
    [
        stage("intake", "Taken up"),
        stage("inner"),
        stage("expert", "Expert", enters_when={"field": "x", "is": 1}),
        stage("mend", "Mending", ways=[Way("done")]),
        stage("refused", "Refused"),
        stage("done", "Check"),
    ],
    1,
)


def steps(*visits: Visit, has_ended: bool = False, locale: str = "en") -> list[tuple[str, str]]:
    found = steps_of(SPEC, visits, has_ended=has_ended, locale=locale)
    return [(one.name, one.state) for one in found]


def test_stages_without_a_name_for_customers_are_no_steps() -> None:
    here = steps(visit("intake"), visit("inner", is_over=False))
    assert here == [("Taken up", "now"), ("Mending", "ahead"), ("Check", "ahead")]


def test_stage_that_was_gone_through_stays_even_if_it_is_rare() -> None:
    here = steps(visit("intake"), visit("expert"), visit("mend", is_over=False))
    assert [state for _, state in here] == ["past", "past", "now", "ahead"]


def test_steps_of_an_ended_process_are_all_past_and_speak_the_language() -> None:
    assert steps(visit("intake"), visit("mend"), has_ended=True, locale="zh-CN") == [
        ("Taken up中", "past"),
        ("Mending中", "past"),
    ]


@pytest.mark.parametrize(
    ("category", "now"), [("new", "a"), ("open", "b"), ("waiting", "b"), ("on_hold", "b"), ("solved", None)]
)
def test_ticket_without_a_process_has_three_steps(category: str, now: str | None) -> None:
    found = simple_steps(category, ["a", "b", "c"])
    assert next((one.name for one in found if one.state == "now"), None) == now
