"""The help centre: what is public and nothing else, in the reader's language, fresh at once, readable by machines."""

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
