"""Consent, and channels by which a customer must not be contacted."""

import pytest

from tests.customers.scene import Scene
from tests.site import reply_of


async def test_consent_is_kept_line_after_line(scene: Scene) -> None:
    rosa = await scene.customer()
    path = f"/customers/{rosa}/consents"
    await scene.ok("POST", path, {"purpose": "marketing", "is_given": True, "source": "Form 7"})
    await scene.ok("POST", path, {"purpose": "marketing", "channel": "email", "is_given": False})
    lines = (await scene.ok("GET", path))["items"]
    assert [(one["channel"], one["is_given"], one["source"]) for one in lines] == [
        ("email", False, ""),
        ("any", True, "Form 7"),
    ]
    assert len(await scene.events("consent_recorded")) == 2


@pytest.mark.parametrize("bad", [{"purpose": "spying", "is_given": True}, {"purpose": "survey"}])
async def test_consent_to_nothing_known_is_invalid(scene: Scene, bad: dict[str, object]) -> None:
    rosa = await scene.customer()
    await scene.refused("invalid", "POST", f"/customers/{rosa}/consents", bad)


async def test_barred_channel_refuses_answers_unless_the_customer_asked(scene: Scene) -> None:
    rosa = await scene.customer()
    (ticket,) = await scene.site.desk.tickets()
    shown = await scene.ok("PUT", f"/customers/{rosa}/contact-bars/email", {"reason": "Lawyer's letter"})
    assert [one["channel"] for one in shown["contact_bars"]] == ["email"]
    told = await scene.refused("do_not_contact", "POST", f"/tickets/{ticket}/replies", reply_of())
    assert (told["channel"], told["reason"]) == ("email", "Lawyer's letter")
    blank = reply_of(contact_reason="  ")
    await scene.refused("do_not_contact", "POST", f"/tickets/{ticket}/replies", blank)
    assert await scene.site.desk.sql("select count(*) from outbox") == 0
    sent = await scene.ok("POST", f"/tickets/{ticket}/replies", reply_of(contact_reason="Asked by phone today"))
    assert sent["details"]["contact_reason"] == "Asked by phone today"
    assert await scene.site.desk.sql("select count(*) from outbox") == 1


async def test_bar_on_another_channel_lets_mail_pass(scene: Scene) -> None:
    rosa = await scene.customer()
    (ticket,) = await scene.site.desk.tickets()
    await scene.ok("PUT", f"/customers/{rosa}/contact-bars/sms", {})
    await scene.ok("POST", f"/tickets/{ticket}/replies", reply_of())


async def test_barred_customer_gets_no_first_mail_by_a_new_ticket(scene: Scene) -> None:
    rosa = await scene.customer()
    channel = await scene.site.desk.channel("email", address="b@desk.example")
    await scene.ok("PUT", f"/customers/{rosa}/contact-bars/email", {})
    body = {"subject": "x", "text": "y", "team_id": 1, "client_key": "new-ticket-1", "customer_id": rosa}
    body |= {"write_as": "reply", "channel_id": channel}
    await scene.refused("do_not_contact", "POST", "/tickets", body)
    await scene.ok("POST", "/tickets", body | {"contact_reason": "They asked"})


async def test_bar_and_lift_twice_announce_once_each(scene: Scene) -> None:
    rosa = await scene.customer()
    path = f"/customers/{rosa}/contact-bars/phone"
    for reason in ("a", "b"):
        shown = await scene.ok("PUT", path, {"reason": reason})
    assert shown["contact_bars"][0]["reason"] == "b"
    for _ in range(2):
        assert (await scene.ok("DELETE", path))["contact_bars"] == []
    assert [one["is_barred"] for one in await scene.events("contact_bar_changed")] == [True, False]


async def test_bar_of_unknown_channel_is_invalid(scene: Scene) -> None:
    rosa = await scene.customer()
    assert (await scene.agent.put(f"/customers/{rosa}/contact-bars/pigeon", {})).status_code in {400, 404}
