"""The help centre: what is public and nothing else, in the reader's language, fresh at once, readable by machines."""

import asyncio
import json
import re

import pytest

from ombud.knowledge.articles.schemas import ArticleDraftIn, ArticlePatch
from ombud.knowledge.articles.services import archive, publish, save_draft
from ombud.knowledge.articles.services.publishing import change_article
from ombud.portal.schemas import PortalSitePatch
from ombud.portal.services import change_site
from ombud.shared.actor import SYSTEM
from ombud.shared.database import Transaction
from tests.portal.conftest import REFUND, Centre


async def test_article_is_read_without_scripts_in_both_languages(centre: Centre) -> None:
    made = await centre.article(REFUND)
    slug = await centre.slug(made)
    english = await centre.get(f"/help/en/articles/{slug}")
    chinese = await centre.get(f"/help/zh-CN/articles/{slug}")
    assert english.status_code == 200, english.text
    assert "5 working days" in english.text
    assert "5个工作日" in chinese.text
    assert '<html lang="zh-CN">' in chinese.text
    assert f'hreflang="zh-CN" href="http://127.0.0.1:8700/help/zh-CN/articles/{slug}"' in english.text


async def test_home_shows_categories_and_their_articles(centre: Centre) -> None:
    shelf = await centre.category("Money", "费用")
    await centre.article(REFUND, category_id=shelf)
    page = (await centre.get("/help/zh-CN")).text
    assert "费用" in page
    assert "退款多久到账" in page
    assert "Money" in (await centre.get("/help/en")).text


@pytest.mark.parametrize("audience", ["customers", "agents"])
async def test_what_is_not_public_is_not_found_anywhere(centre: Centre, audience: str) -> None:
    words = {"en": ("The hidden price list", "<p>HIDDEN-7</p>")}
    made = await centre.article(words, audience=audience)
    slug = await centre.slug(made)
    assert (await centre.get(f"/help/en/articles/{slug}")).status_code == 404
    for path in ("/help/en", "/help/en/search?q=hidden+price", "/help/en/suggest?q=hidden", "/help/sitemap.xml"):
        assert "HIDDEN" not in (found := (await centre.get(path)).text), path
        assert slug not in found, path


async def test_drafts_scripts_and_archived_articles_are_not_shown(centre: Centre) -> None:
    script = await centre.slug(await centre.article({"en": ("A script", "<p>x</p>")}, kind="script"))
    gone = await centre.article({"en": ("Gone", "<p>x</p>")})
    await centre.desk.write(lambda tx: archive(tx, gone, by=SYSTEM, now=centre.desk.now))
    await centre.fresh()
    for slug in (script, await centre.slug(gone)):
        assert (await centre.get(f"/help/en/articles/{slug}")).status_code == 404


async def test_customers_article_is_read_by_who_is_signed_in(centre: Centre) -> None:
    made = await centre.article({"en": ("For our customers", "<p>INSIDE-8</p>")}, audience="customers")
    slug = await centre.slug(made)
    await centre.ticket("rosa@example.com")
    browser = await centre.sign_in("rosa@example.com")
    page = await browser.get(f"/help/en/articles/{slug}")
    assert "INSIDE-8" in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert "noindex" in page.text
    assert (await centre.get(f"/help/en/articles/{slug}")).status_code == 404


async def test_new_words_are_shown_at_once_and_old_pages_are_told_apart(centre: Centre) -> None:
    made = await centre.article({"en": ("Opening hours", "<p>From nine</p>")})
    path = f"/help/en/articles/{await centre.slug(made)}"
    first = await centre.get(path, headers={"Accept-Encoding": "gzip"})
    known = {"If-None-Match": first.headers["etag"]}
    assert (await centre.get(path, headers=known)).status_code == 304
    for text in ("From eight", "From twelve"):

        async def publish_again(tx: Transaction, text: str = text) -> None:
            words = ArticleDraftIn("Opening hours", f"<p>{text}</p>")
            await save_draft(tx, made, "en", words, by=SYSTEM, now=centre.desk.now)
            await publish(tx, made, "en", by=SYSTEM, now=centre.desk.now)

        await centre.desk.write(publish_again)
        await centre.fresh()
    second = await centre.get(path, headers=known)
    assert second.status_code == 200
    assert "From twelve" in second.text


async def test_finished_page_is_made_once_for_all(centre: Centre) -> None:
    made = await centre.article(REFUND)
    path, kept = f"/help/en/articles/{await centre.slug(made)}", centre.desk.app.state.portal
    await asyncio.gather(*(centre.get(path) for _ in range(10)))
    assert kept.made == 1
    assert (await centre.client.head(path)).content == b""


async def test_old_name_of_an_article_leads_to_its_new_one(centre: Centre) -> None:
    made = await centre.article(REFUND)
    old = await centre.slug(made)
    patch = ArticlePatch(slug="money-back")
    await centre.desk.write(lambda tx: change_article(tx, made, patch, by=SYSTEM, now=centre.desk.now))
    await centre.fresh()
    answer = await centre.get(f"/help/en/articles/{old}")
    assert (answer.status_code, answer.headers["location"]) == (301, "/help/en/articles/money-back")
    assert (await centre.get("/help/en/articles/never-was")).status_code == 404


async def test_article_in_a_third_language_has_pages_of_its_own(centre: Centre) -> None:
    made = await centre.article({**REFUND, "de": ("Wie lange dauert es?", "<p>Fünf Tage</p>")})
    slug = await centre.slug(made)
    page = await centre.get(f"/help/de/articles/{slug}")
    assert '<article class="article" lang="de">' in page.text
    assert 'hreflang="de"' in (await centre.get(f"/help/en/articles/{slug}")).text
    assert (await centre.get("/help/fr")).status_code == 404
    sister = await centre.get(f"/help/zh-TW/articles/{slug}")
    assert sister.headers["location"] == f"/help/zh-CN/articles/{slug}"


async def test_machines_read_what_a_page_is_about(centre: Centre) -> None:
    shelf = await centre.category("Money", "费用")
    made = await centre.article(REFUND, kind="faq", category_id=shelf)
    slug = await centre.slug(made)
    page = (await centre.get(f"/help/en/articles/{slug}")).text
    said = [json.loads(one) for one in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]
    assert [one["@type"] for one in said] == ["FAQPage", "BreadcrumbList"]
    assert "5 working days" in said[0]["mainEntity"][0]["acceptedAnswer"]["text"]
    assert [one["name"] for one in said[1]["itemListElement"]][1] == "Money"
    assert f'rel="canonical" href="http://127.0.0.1:8700/help/en/articles/{slug}"' in page
    sitemap = (await centre.get("/help/sitemap.xml")).text
    assert f"/help/zh-CN/articles/{slug}</loc>" in sitemap
    assert "Sitemap: http://127.0.0.1:8700/help/sitemap.xml" in (await centre.get("/robots.txt")).text


async def test_page_runs_no_script_but_ours(centre: Centre) -> None:
    made = await centre.article({"en": ("Evil <script>", '<p onclick="x()">hi</p><script>alert(1)</script>')})
    page = await centre.get(f"/help/en/articles/{await centre.slug(made)}")
    assert "alert(1)" not in page.text
    assert "onclick" not in page.text
    policy = page.headers["content-security-policy"]
    assert "'unsafe-inline'" not in policy
    assert re.search(r"script-src 'sha256-[^']+'", policy)


@pytest.mark.parametrize(
    ("typed", "is_found"), [("refu", True), ("REFUND take", True), ("退款", True), ("xyzzy", False)]
)
async def test_suggestions_follow_what_is_typed(centre: Centre, typed: str, *, is_found: bool) -> None:
    await centre.article(REFUND)
    locale = "zh-CN" if typed == "退款" else "en"
    found = (await centre.get(f"/help/{locale}/suggest", params={"q": typed})).json()["items"]
    assert bool(found) is is_found


async def test_search_notes_what_was_asked_and_how_much_was_found(centre: Centre) -> None:
    await centre.article(REFUND)
    page = await centre.get("/help/en/search", params={"q": "<b>zebra crossing</b>"})
    assert "Nothing was found" in page.text
    assert "<b>zebra" not in page.text
    assert await centre.desk.sql(int, "select results from knowledge_search where place = 'help_centre'") == 0


async def test_feedback_is_kept_with_its_reason(centre: Centre) -> None:
    made = await centre.article(REFUND)
    path = f"/help/en/articles/{await centre.slug(made)}/feedback"
    answer = await centre.client.post(path, data={"helped": "no", "reason": "outdated", "note": "old", "version": "1"})
    assert answer.status_code == 200
    sql = "select reason || ':' || note || ':' || place from article_feedback where article_id = %(id)s and not helped"
    assert await centre.desk.sql(str, sql, id=made) == "outdated:old:help_centre"
    foreign = await centre.client.post(path, data={"helped": "yes"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403


async def test_site_that_is_off_is_not_there(centre: Centre) -> None:
    await centre.article(REFUND)
    await centre.set_up(is_on=False)
    key = await centre.desk.sql(str, "select key from portal_site")
    for path in ("/help", "/help/en", f"/help/s/{key}/en", "/help/en/search?q=x", "/portal", "/portal/sign-in"):
        assert (await centre.get(path)).status_code == 404, path
    assert (await centre.get("/robots.txt")).text == "User-agent: *\nDisallow: /\n"


async def test_first_page_speaks_the_language_of_the_browser(centre: Centre) -> None:
    for accepted, locale in (("zh-TW,zh;q=0.9", "zh-CN"), ("en-GB", "en"), ("fi", "en")):
        answer = await centre.get("/help", headers={"Accept-Language": accepted})
        assert answer.headers["location"] == f"/help/{locale}"


async def test_brand_of_another_host_has_its_own_articles(centre: Centre) -> None:
    await centre.desk.execute("insert into brand (id, name, created_at) values (2, 'Young', now())")
    own = await centre.slug(await centre.article(REFUND, brand_id=1))

    async def open_site(tx: Transaction) -> None:
        patch = PortalSitePatch(version=0, host="Help.Young.Example", is_on=True)
        await change_site(tx, 2, patch, "http://desk.test", by=SYSTEM, now=centre.desk.now)

    await centre.desk.write(open_site)
    await centre.fresh()
    host = {"Host": "help.young.example"}
    assert (await centre.get(f"/help/en/articles/{own}", headers=host)).status_code == 404
    assert (await centre.get("/help/en", headers=host)).text.count("Young")
    assert (await centre.get(f"/help/en/articles/{own}")).status_code == 200
