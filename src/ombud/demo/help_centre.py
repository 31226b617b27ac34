"""The demo brands' help centres and portal, set up by the same verbs as people's."""

from datetime import datetime

from ombud.portal.help_centre.queries import note_slugs
from ombud.portal.schemas import FooterLink, InBoth, Look, PortalSitePatch
from ombud.portal.services import change_site
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value, values

FORM = "demo-lanjia-form"
SHOP = "https://lanjia.example"
LOOKS = (
    (
        "lanjia",
        Look(
            name=InBoth("Lanjia help centre", "澜家帮助中心"),
            accent="#0d7a6f",
            accent_dark="#37b3a4",
            welcome=InBoth("Hello, how can we help?", "您好，请问有什么可以帮您？"),
            footer=InBoth("Lanjia Appliances · a demo shop", "澜家电器 · 演示商店"),
            links=[FooterLink(InBoth("The shop", "澜家商城"), SHOP)],
            locale_default="zh-CN",
            time_zone="Asia/Shanghai",
        ),
    ),
    (
        "qingyou",
        Look(
            name=InBoth("Qingyou help", "青柚帮助中心"),
            accent="#5b7f1c",
            accent_dark="#a8cf5b",
            welcome=InBoth("What would you like to know?", "想了解点什么？"),
            locale_default="zh-CN",
            time_zone="Asia/Shanghai",
        ),
    ),
)


async def make_help_centres(tx: Transaction, by: Actor, *, now: datetime) -> None:
    """Open a help centre for each of the demo's brands, and the portal for the first."""
    form_id = await value(tx, int, "select id from channel where public_key = %(key)s", {"key": FORM})
    brands = await values(tx, int, "select id from brand order by id limit 2")
    for brand_id, (key, look) in zip(brands, LOOKS, strict=False):
        is_first = brand_id == brands[0]
        patch = PortalSitePatch(version=0, key=key, is_on=True, look=look)
        if is_first and form_id is not None:
            patch.has_portal, patch.form_channel_id = True, form_id
        await change_site(tx, brand_id, patch, "", by=by, now=now)
    await note_slugs(tx, await values(tx, int, "select id from article"))
