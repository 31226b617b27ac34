import json
import pytest
from tests.journeys.test_screens import *  # noqa
from tests.journeys.test_screens import stock, dress, email_of_you, see_teamwork, Tour
from tests.journeys.screen import sign_in

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]
for name in list(globals()):
    if name.startswith("test_"):
        del globals()[name]
LOOK = [("1440", "light", "zh-CN"), ("1440", "dark", "en"), ("390", "dark", "zh-CN"), ("390", "light", "en")]
SZ = {"1440": (1440, 900), "390": (390, 844)}


@pytest.mark.parametrize(("size", "theme", "locale"), LOOK)
async def test_look(served, browser, size, theme, locale):
    email = await email_of_you(served)
    await dress(served, email, theme, locale)
    w, h = SZ[size]
    screen = await sign_in(
        browser, served, email, viewport={"width": w, "height": h}, locale=locale, color_scheme=theme
    )
    tour = Tour(screen, served, f"{size}-{theme}-{locale}")
    await see_teamwork(tour)
    await screen.page.goto(served.url + "/releases")
    await screen.page.get_by_role("button", name="发布预告" if locale == "zh-CN" else "Announce").click()
    await tour.see("release-form")
    await screen.press("Escape")
    if size == "1440":
        sql = "select '/tickets/all/' || ticket_id from side_conversation where kind = 'app' order by id limit 1"
        await tour.see("ticket-panel", (await served.values(sql))[0])
        await screen.page.get_by_role(
            "button", name="发起协作会话" if locale == "zh-CN" else "Ask somebody beside the ticket"
        ).click()
        await tour.see("side-dialog-app")
        await screen.page.get_by_role("radio").nth(1).check()
        await tour.see("side-dialog-mail")
    print(json.dumps(tour.problems, indent=1, ensure_ascii=False))
    assert not tour.problems
