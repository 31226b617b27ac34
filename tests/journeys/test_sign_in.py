"""How people come in and are put out: link, password, second factor, recovery code, ended session, throttle."""

import re
import time

import pyotp
import pytest
from playwright.async_api import Browser, expect

from tests.journeys.screen import Screen, open_window, sign_in
from tests.journeys.served import Served

pytestmark = [pytest.mark.journey, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
PASSWORD = "teal kettle under seven maples"


async def give_password(screen: Screen, served: Served, email: str, password: str) -> None:
    await screen.page.goto(f"{served.url}/sign-in")
    await screen.page.get_by_label("E-mail").fill(email)
    await screen.page.get_by_label("Password").first.fill(password)
    await screen.page.keyboard.press("Enter")


async def set_password(screen: Screen, served: Served) -> None:
    await screen.page.goto(f"{served.url}/settings/security")
    await screen.page.get_by_label("New password", exact=True).fill(PASSWORD)
    again = screen.page.get_by_label("New password again")
    await again.fill(PASSWORD)
    await again.press("Enter")
    await screen.sees("Password changed.")


async def give_recovery_code(screen: Screen, served: Served, email: str, code: str) -> None:
    await give_password(screen, served, email, PASSWORD)
    await screen.button("Use a recovery code").click()
    await screen.page.get_by_label("Recovery code").fill(code)
    await screen.page.keyboard.press("Enter")


async def is_in(screen: Screen) -> None:
    await expect(screen.page).to_have_url(re.compile("/tickets/mine$"))
    await screen.page.locator("section.list h1").wait_for()


async def test_link_works_once_and_by_a_press_only(served: Served, browser: Browser) -> None:
    link = await served.link(await served.person("Lin Wei", locale="zh-CN"))
    _, screen = await open_window(browser, locale="zh-CN")
    # A mail scanner that opens the page spends nothing.
    await screen.page.goto(link)
    await screen.sees("以 Lin Wei 的身份登录")
    await screen.page.goto("about:blank")
    await screen.page.goto(link)
    await screen.button("登录").click()
    await is_in(screen)
    await screen.sees("都处理完了")
    _, other = await open_window(browser, locale="zh-CN")
    await other.page.goto(link)
    await other.sees("链接已失效")
    assert screen.complaints == other.complaints == []


async def test_second_factor_is_set_up_and_asked_for(served: Served, browser: Browser) -> None:
    email = await served.person("Olga Ops", role="administrator")
    screen = await sign_in(browser, served, email)
    await set_password(screen, served)
    await screen.button("Set up").click()
    secret = (await screen.page.get_by_role("group", name="Secret").locator("code").inner_text()).replace(" ", "")
    app = pyotp.TOTP(secret)
    await screen.page.get_by_label("Enter the code that the app shows").fill(app.now())
    await screen.sees("Keep these codes")
    codes = await screen.page.locator(".codes li code").all_inner_texts()
    await screen.picture("recovery-codes")
    await screen.page.get_by_text("I have kept the codes").click()
    await screen.button("Done").click()
    await screen.sees(screen.page.get_by_text("On", exact=True))

    _, other = await open_window(browser)
    await give_password(other, served, email, PASSWORD)
    await other.sees("Confirm that it is you")
    await other.page.get_by_label("Code from your authenticator app").fill("000000")
    await other.sees("That code is wrong or too old")
    await other.page.get_by_label("Code from your authenticator app").fill(app.at(time.time() + 30))
    await is_in(other)

    for code in codes[:2]:
        _, third = await open_window(browser)
        await give_recovery_code(third, served, email, code)
        await is_in(third)
    _, last = await open_window(browser)
    await give_recovery_code(last, served, email, codes[0])
    await last.sees("That code is wrong or too old")


async def test_ended_session_is_out_of_the_desk_within_five_seconds(served: Served, browser: Browser) -> None:
    email = await served.person("Rita Remote")
    away = await sign_in(browser, served, email)
    here = await sign_in(browser, served, email)
    await here.page.goto(f"{served.url}/settings/security")
    await here.button(re.compile("End the session")).click()
    begin = time.monotonic()
    await expect(away.page).to_have_url(re.compile("/sign-in"), timeout=5_000)
    print(f"\nended -> thrown out: {time.monotonic() - begin:.2f} s")
    await expect(here.button(re.compile("End the session"))).to_have_count(0)
    await away.page.goto(f"{served.url}/tickets/all")
    await expect(away.page).to_have_url(re.compile("/sign-in"))
    await here.page.goto(f"{served.url}/tickets/all")
    await here.sees("No tickets yet")


async def test_wrong_passwords_are_told_and_slowed_down(served: Served, browser: Browser) -> None:
    email = await served.person("Paul Patient")
    await set_password(await sign_in(browser, served, email), served)
    _, screen = await open_window(browser)
    await give_password(screen, served, email, "not this one")
    await screen.sees("E-mail or password is wrong.")
    for _ in range(20):
        if await screen.page.get_by_text("Too many attempts").count():
            break
        async with screen.page.expect_response("**/api/v1/session"):
            await screen.button("Sign in").click()
        await screen.page.wait_for_timeout(60)
    await screen.sees(screen.page.get_by_text(re.compile(r"Too many attempts\. You can try again in \d")))
    await expect(screen.button("Sign in")).to_be_disabled()
    await screen.picture("throttled")
