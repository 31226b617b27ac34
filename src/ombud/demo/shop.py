"""A page of the demo's shop with its chat on it, so that a newcomer can be a customer, too. Only on a demo desk."""

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.params import FromQuery
from msgspec import Struct

from ombud.demo.shop_signing import sign_a_customer
from ombud.shared.errors import NotFound
from ombud.shared.http import Now, anybody

PATH = "/demo/shop"
FOLDER = Path(__file__).parent
PAGES = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
STYLE = (FOLDER / "shop.css").read_text()
STYLE_DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
# As strict as a shop that takes care would have it: the widget lives with that.
POLICY = (
    f"default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
    f"style-src 'sha256-{STYLE_DIGEST}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
WORDS = {
    "zh-CN": {
        "title": "澜家电器 · 演示商店",
        "brand": "澜家电器",
        "menu": "导航",
        "form": "售后申请表",
        "centre": "帮助中心",
        "tickets": "我的工单",
        "signed_in": "您已登录演示商店",
        "signed_in_text": "您是 {name}。演示商店会为您签名，无需再收邮件即可查看自己的工单。",
        "go": "查看我的工单",
        "back": "返回商店",
        "other": "en",
        "other_name": "English",
        "note": "这是演示商店。点击右下角的聊天按钮，以顾客身份留言，消息会立即出现在客服工作台。",
        "heading": "用得久，修得快",
        "lead": "冰箱、洗衣机、空调、净水机。买之前想了解，买之后有问题，都可以找客服。",
        "help": "需要帮助？",
        "help_text": "在线客服每天 8:30–21:30。也可以填写售后申请表，我们会通过邮件答复您。",
    },
    "en": {
        "title": "Lanjia Appliances · demo shop",
        "brand": "Lanjia Appliances",
        "menu": "Menu",
        "form": "After-sales form",
        "centre": "Help centre",
        "tickets": "My tickets",
        "signed_in": "You are signed in to the demo shop",
        "signed_in_text": "You are {name}. The shop signs for you, so that you need no mail to see your tickets.",
        "go": "See my tickets",
        "back": "Back to the shop",
        "other": "zh-CN",
        "other_name": "中文",
        "note": "This is a demo shop. Open the chat at the bottom right and write as a customer: "
        "it appears on the desk at once.",
        "heading": "Made to last, quick to mend",
        "lead": "Fridges, washing machines, air conditioners, water purifiers. Ask before you buy, "
        "and whenever something is wrong.",
        "help": "Need help?",
        "help_text": "Our chat is open daily, 8:30–21:30 (UTC+8). Or send the after-sales form: we answer by mail.",
    },
}


class Product(Struct, frozen=True):
    """Something on the shelf."""

    zh: str
    en: str
    model: str
    price: str
    drawing: str


PRODUCTS = (
    Product(
        "变频冰箱",
        "Inverter fridge",
        "BX-480W",
        "4,299",
        '<rect x="38" y="6" width="44" height="84" rx="4"/><path d="M38 38h44"/>'
        '<path class="on" d="M46 20v10M46 48v16"/>',
    ),
    Product(
        "滚筒洗衣机",
        "Front-loading washer",
        "XG-10T",
        "2,599",
        '<rect x="28" y="8" width="64" height="80" rx="4"/><path d="M28 24h64M38 16h12"/>'
        '<circle cx="60" cy="56" r="22"/><path class="on" d="M44 60c6-6 10 4 16 0s10-4 16 0"/>',
    ),
    Product(
        "壁挂空调",
        "Split air conditioner",
        "KF-35G",
        "2,899",
        '<rect x="10" y="18" width="100" height="34" rx="6"/><path d="M20 42h80"/>'
        '<path class="on" d="M34 64c0 6-4 6-4 12M60 64c0 6-4 6-4 12M86 64c0 6-4 6-4 12"/>',
    ),
    Product(
        "厨下净水机",
        "Water purifier",
        "K800",
        "1,899",
        '<rect x="34" y="24" width="36" height="64" rx="5"/><path d="M70 40h14V14h12v10"/>'
        '<path class="on" d="M96 36c5 7 5 11 0 11s-5-4 0-11z"/>',
    ),
)


@get(PATH, guards=[anybody], include_in_schema=False)
async def get_shop(request: Request[Any, Any, Any], state: State, lang: FromQuery[str] = "") -> Response[str]:
    """The shop's page, in the language asked for or the browser's own."""
    if not state.settings.demo:
        raise NotFound
    accepted = request.headers.get("accept-language", "").lower()
    locale = lang if lang in WORDS else "zh-CN" if accepted.startswith("zh") else "en"
    products = [
        {
            "name": one.zh if locale == "zh-CN" else one.en,
            "model": one.model,
            "price": one.price,
            "drawing": one.drawing,
        }
        for one in PRODUCTS
    ]
    html = PAGES.get_template("shop.html").render(words=WORDS[locale], locale=locale, style=STYLE, products=products)
    headers = {
        "Content-Security-Policy": POLICY,
        "Content-Language": locale,
        "Vary": "Accept-Language",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)


@get(f"{PATH}/tickets", guards=[anybody], include_in_schema=False)
async def get_tickets(state: State, now: Now, lang: FromQuery[str] = "") -> Response[str]:
    """A customer of the shop on the way to their tickets: the shop's own token says who they are."""
    if not state.settings.demo:
        raise NotFound
    locale = lang if lang in WORDS else "en"
    async with state.database.transaction() as tx:
        signed = await sign_a_customer(tx, state.key_ring, now=now)
    if signed is None:
        raise NotFound
    words = WORDS[locale]
    page = PAGES.get_template("shop_tickets.html")
    html = page.render(words=words, locale=locale, style=STYLE, name=signed.name, token=signed.token, shop=PATH)
    headers = {"Content-Security-Policy": POLICY, "Content-Language": locale, "Cache-Control": "no-store"}
    return Response(html, media_type="text/html; charset=utf-8", headers=headers)


routers = [get_shop, get_tickets]
