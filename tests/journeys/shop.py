"""A shop's page under a strict policy that lets the desk in and nothing else, and a visitor on it."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.async_api import Browser

from tests.journeys.screen import Screen, open_window
from tests.journeys.served import until

PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>Hearth &amp; Home</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/shop.css"></head>
<body><header><b>Hearth &amp; Home</b><nav><a href="#f">{fridges}</a><a href="#w">{washers}</a>
<a href="#s">{service}</a>
</nav></header><main><h1>{title}</h1><p class="lead">{lead}</p><ul>{cards}</ul></main>{script}</body></html>"""
CARD = '<li><i class="{shade}"></i><b>{name}</b><span>{price}</span></li>'
SHELVES: dict[str, dict[str, Any]] = {
    "en": {
        "fridges": "Fridges",
        "washers": "Washing machines",
        "service": "Service",
        "title": "Fridges that keep their promise",
        "lead": "Delivered and set up within three days. Your old one leaves with us.",
        "goods": [("Polar 320", "¥3,299"), ("Polar 450 Duo", "¥4,899"), ("Fjord Compact", "¥1,799")],
    },
    "zh-CN": {
        "fridges": "冰箱",
        "washers": "洗衣机",
        "service": "服务支持",
        "title": "说到做到的好冰箱",
        "lead": "三天内送装一体，旧机免费带走。",
        "goods": [("极光 320", "¥3,299"), ("极光 450 对开门", "¥4,899"), ("峡湾 小户型", "¥1,799")],
    },
}
STYLE = """
body{margin:0;font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans SC",sans-serif;color:#24211d}
header{display:flex;gap:40px;align-items:center;padding:20px 64px;border-bottom:1px solid #e8e3db}
nav{display:flex;gap:24px}a{color:#5a544b;text-decoration:none}
main{padding:56px 64px}h1{font-size:38px;line-height:1.2;margin:0 0 8px}.lead{color:#5a544b;margin:0 0 32px}
ul{display:grid;grid-template-columns:repeat(3,1fr);gap:24px;list-style:none;padding:0;max-width:960px}
li{display:grid;gap:4px}i{height:220px;border-radius:12px;background:#dfe7ea}i.b{background:#e9e2d6}i.c{background:#dde3d8}
@media(max-width:600px){header,main{padding:20px}nav{display:none}ul{grid-template-columns:1fr}}
"""


@dataclass
class Shop:
    """The shop; the widget is put on it by setting `desk` and `key`."""

    url: str
    desk: str = ""
    key: str = ""
    lang: str = "en"

    @property
    def policy(self) -> str:
        """Nothing but the shop's own style and the desk."""
        desk = self.desk
        return f"default-src 'none'; style-src 'self'; script-src {desk}; connect-src {desk}; img-src {desk}"

    def page(self) -> str:
        """The page as the shop sends it."""
        shelf = SHELVES[self.lang]
        goods = zip("abc", shelf["goods"], strict=True)
        cards = "".join(CARD.format(shade=shade, name=name, price=price) for shade, (name, price) in goods)
        script = f'<script async src="{self.desk}/widget.js" data-key="{self.key}" data-locale="{self.lang}"></script>'
        return PAGE.format(**{**shelf, "lang": self.lang, "cards": cards, "script": script})


@contextlib.contextmanager
def open_shop() -> Iterator[Shop]:
    """Serve the shop until the end of the block."""
    shop = Shop("")

    class Counter(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_style = self.path.endswith(".css")
            self.send_response(200)
            self.send_header("Content-Type", "text/css" if is_style else "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", shop.policy)
            self.end_headers()
            self.wfile.write((STYLE if is_style else shop.page()).encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shop.url = f"http://127.0.0.1:{server.server_port}/fridges"
    yield shop
    server.shutdown()
    server.server_close()


class Visitor:
    """A visitor's tab, with everything that came into it over the line."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.heard: list[str] = []
        self.widget = screen.page.locator("ombud-chat")

    @classmethod
    async def enter(cls, browser: Browser, shop: Shop, **context: Any) -> "Visitor":
        """Come to the shop and open the chat."""
        _, screen = await open_window(browser, **context)
        visitor = cls(screen)
        await visitor._listen()
        await screen.page.goto(shop.url)
        await visitor.open()
        return visitor

    async def _listen(self) -> None:
        # The stream never ends, so its frames are only heard below the page.
        line = await self.screen.page.context.new_cdp_session(self.screen.page)
        await line.send("Network.enable")
        line.on("Network.dataReceived", lambda event: self.heard.append(str(event.get("data", ""))))

        async def keep(response: Any) -> None:
            with contextlib.suppress(Exception):
                if "stream" not in response.url:
                    self.heard.append(await response.text())

        self.screen.page.on("response", keep)

    async def open(self) -> None:
        """Open the panel."""
        await self.widget.locator(".launcher").click()
        await self.widget.locator(".panel").wait_for(state="visible")

    async def introduce(self, name: str) -> None:
        """Give a name, if the widget asks for one."""
        field = self.widget.locator("#ombud-name")
        if await field.is_visible():
            await field.fill(name)

    async def write(self, text: str) -> None:
        """Send a message."""
        line = self.widget.locator("textarea")
        await line.fill(text)
        await line.press("Enter")

    async def texts(self) -> list[str]:
        """What the panel shows, in order."""
        return await self.widget.locator(".bubble").all_inner_texts()

    async def shows(self, *texts: str, seconds: float = 20) -> float:
        """Wait until the panel shows exactly these; gives the seconds it took."""

        async def is_shown() -> bool:
            return await self.texts() == list(texts)

        try:
            return await until(is_shown, seconds)
        except AssertionError:
            raise AssertionError(f"shown: {await self.texts()}, wanted: {list(texts)}") from None
