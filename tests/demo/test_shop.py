"""The demo's shop: a page with the chat on it, on a demo desk alone."""

import msgspec
import pytest

from ombud.config.app import build_app
from tests.accounts.desk import Browser
from tests.desk import Desk


def visitor(desk: Desk, *, demo: bool, **headers: str) -> Browser:
    app = build_app(desk.parts)
    app.state.settings = msgspec.structs.replace(desk.parts.settings, demo=demo)
    return Browser(app, headers, "192.0.2.7")


@pytest.mark.parametrize(
    ("asked", "accepted", "locale"),
    [("", "zh-CN,zh;q=0.9", "zh-CN"), ("", "de", "en"), ("en", "zh", "en"), ("xx", "zh", "zh-CN")],
)
async def test_shop_speaks_the_visitors_language(desk: Desk, asked: str, accepted: str, locale: str) -> None:
    browser = visitor(desk, demo=True, **{"Accept-Language": accepted})
    page = await browser.client.get("/demo/shop", params={"lang": asked})
    assert page.status_code == 200
    assert f'<html lang="{locale}">' in page.text
    assert f'data-key="demo-lanjia-shop" data-locale="{locale}"' in page.text


async def test_shop_on_a_real_desk_is_not_there(desk: Desk) -> None:
    page = await visitor(desk, demo=False).client.get("/demo/shop")
    assert page.status_code == 404


async def test_shop_allows_no_script_but_its_own(desk: Desk) -> None:
    page = await visitor(desk, demo=True).client.get("/demo/shop")
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
