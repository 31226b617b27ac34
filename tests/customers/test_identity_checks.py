"""Identity checks: recorded, running out, and what they open."""

import asyncio
from typing import Any

import pytest

from tests.customers.scene import Scene

PHONE = "13812345678"


async def rosa_with_phone(scene: Scene) -> int:
    rosa = await scene.customer(phone=PHONE)
    await scene.site.desk.run("update customer set phone = %(p)s where id = %(id)s", p=PHONE, id=rosa)
    await scene.ok("POST", f"/customers/{rosa}/products", {"model": "WM", "serial": "SN123456"})
    return rosa


async def test_unchecked_customer_is_masked_for_agents(scene: Scene) -> None:
    rosa = await rosa_with_phone(scene)
    await scene.define("customer", "home_address")
    await scene.define("customer", "size")
    await scene.ok("PATCH", f"/customers/{rosa}", {"fields": {"home_address": "1 Hill Rd", "size": "L"}})
    seen = await scene.ok("GET", f"/customers/{rosa}")
    assert seen["phone"] == "138****5678"
    assert seen["products"][0]["serial"] == "****3456"
    assert seen["fields"] == {"home_address": "****", "size": "L"}
    assert seen["masked"] == ["phone", "serial", "address"]
    assert seen["email"] == "rosa@example.com"
    assert (await scene.ok("GET", f"/customers/{rosa}/products"))["items"][0]["serial"] == "****3456"
    for path in ("/customers?q=rosa", "/customers"):
        assert (await scene.ok("GET", path))["items"][0]["phone"] == "138****5678"
    found = await scene.ok("GET", "/search?q=rosa&kind=customers")
    assert "138****5678" in str(found)
    assert PHONE not in str(found)


async def test_supervisor_sees_what_agents_do_not(scene: Scene) -> None:
    rosa = await rosa_with_phone(scene)
    seen = (await scene.lead.get(f"/customers/{rosa}")).json()
    assert (seen["phone"], seen["masked"]) == (PHONE, [])


async def test_check_unmasks_until_it_runs_out(scene: Scene) -> None:
    rosa = await rosa_with_phone(scene)
    seen = await scene.check(rosa, "order_number")
    assert (seen["phone"], seen["standing"]["level"], seen["masked"]) == (PHONE, 1, [])
    scene.site.desk.later(minutes=481)
    later = await scene.ok("GET", f"/customers/{rosa}")
    assert (later["phone"], later["standing"]["level"]) == ("138****5678", 0)


@pytest.mark.parametrize(("method", "level"), [("known_number", 1), ("documents", 3), ("call_back", 3)])
async def test_method_decides_the_level(scene: Scene, method: str, level: int) -> None:
    rosa = await scene.customer()
    assert (await scene.check(rosa, method))["standing"] == {
        "level": level,
        "method": method,
        "valid_until": (await scene.ok("GET", f"/customers/{rosa}/checks"))["items"][0]["valid_until"],
    }


async def test_highest_valid_check_counts_and_revoked_does_not(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.check(rosa, "documents")
    await scene.check(rosa, "order_number")
    checks = (await scene.ok("GET", f"/customers/{rosa}/checks"))["items"]
    assert [one["level"] for one in checks] == [1, 3]
    assert checks[0]["by_name"] == "Lu"
    after = await scene.ok("DELETE", f"/customers/{rosa}/checks/{checks[1]['id']}")
    assert after["standing"]["level"] == 1
    await scene.ok("DELETE", f"/customers/{rosa}/checks/{checks[1]['id']}")
    changes = [(one["level"], one["change"]) for one in await scene.events("customer_checked")]
    assert changes == [(3, "made"), (1, "made"), (3, "revoked")]


async def test_check_on_strange_ticket_is_not_found(scene: Scene) -> None:
    rosa = await scene.customer()
    await scene.customer("Theo")
    strange = (await scene.site.desk.tickets())[-1]
    body = {"method": "documents", "ticket_id": strange}
    await scene.refused("not_found", "POST", f"/customers/{rosa}/checks", body)


async def test_verified_channel_needs_a_verified_address(scene: Scene) -> None:
    rosa = await scene.customer()
    body = {"method": "verified_channel"}
    await scene.refused("no_verified_channel", "POST", f"/customers/{rosa}/checks", body)
    await scene.site.desk.run("update identity set verified_at = now()")
    assert (await scene.check(rosa, "verified_channel"))["standing"]["level"] == 2


async def test_replace_address_without_check_is_refused(scene: Scene) -> None:
    rosa = await rosa_with_phone(scene)
    await scene.check(rosa, "order_number")
    told = await scene.refused("identity_check_needed", "PATCH", f"/customers/{rosa}", {"email": "thief@example.com"})
    assert (told["deed"], told["needed"], told["level"], told["customer_id"]) == ("change_address", 2, 1, rosa)
    body = {"kind": "email", "value": "thief@example.com"}
    await scene.refused("identity_check_needed", "POST", f"/customers/{rosa}/identities", body)
    await scene.check(rosa, "call_back")
    assert (await scene.ok("PATCH", f"/customers/{rosa}", {"email": "new@example.com"}))["email"] == "new@example.com"


async def test_fill_empty_number_needs_no_check(scene: Scene) -> None:
    rosa = await scene.customer()
    assert (await scene.ok("PATCH", f"/customers/{rosa}", {"phone": PHONE}))["phone"] == "138****5678"


async def test_masked_value_is_never_written_back(scene: Scene) -> None:
    rosa = await rosa_with_phone(scene)
    await scene.check(rosa)
    await scene.refused("invalid", "PATCH", f"/customers/{rosa}", {"phone": "138****5678"})
    await scene.refused("invalid", "PATCH", f"/customers/{rosa}", {"fields": {"home_address": "****"}})


async def test_program_with_its_scope_changes_without_check_and_reads_masked(scene: Scene) -> None:
    rosa = await rosa_with_phone(scene)
    ada = await scene.site.desk.person("Ida", role="administrator")
    program = await scene.site.program(ada, "customers.read", "customers.write")
    changed = (await program.patch(f"/customers/{rosa}", {"phone": "13900000000"})).json()
    assert changed["phone"] == "139****0000"


async def test_levels_in_settings_decide(scene: Scene) -> None:
    rosa = await rosa_with_phone(scene)
    assert (await scene.agent.patch("/customer-policy", {"show_phone": 0})).status_code == 403
    set_to = (await scene.admin.patch("/customer-policy", {"show_phone": 0, "show_email": 1, "tiers": ["Gold"]})).json()
    assert (set_to["show_phone"], set_to["tiers"]) == (0, ["Gold"])
    seen = await scene.ok("GET", f"/customers/{rosa}")
    assert (seen["phone"], seen["email"]) == (PHONE, "r****@example.com")
    assert seen["identities"][0]["value"] == "r****@example.com"
    await scene.admin.patch("/customer-policy", {"show_phone": 0})
    assert await scene.events("customer_policy_changed") == [{"fields": ["show_email", "show_phone", "tiers"]}]


@pytest.mark.parametrize("bad", [{"show_phone": 4}, {"valid_minutes_1": 0}, {"unknown": 1}, {"tiers": [""]}])
async def test_policy_out_of_range_is_invalid(scene: Scene, bad: dict[str, Any]) -> None:
    assert (await scene.admin.patch("/customer-policy", bad)).status_code == 400


class Codes:
    """A mailer that remembers the codes which it was to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    async def __call__(self, _: Any, *, to: str, subject: str, text: str, now: Any) -> bool:
        assert text
        assert now
        self.sent.append((to, subject.rsplit(maxsplit=1)[-1].rpartition("：")[2]))
        return True


@pytest.fixture
def codes(scene: Scene) -> Codes:
    made = Codes()
    scene.site.app.state.system_mail = made
    return made


async def send_code(scene: Scene, customer: int) -> Any:
    (one,) = (await scene.ok("GET", f"/customers/{customer}"))["identities"]
    return await scene.ok("POST", f"/customers/{customer}/check-codes", {"identity_id": one["id"]})


async def test_mailed_code_proves_the_address_once(scene: Scene, codes: Codes) -> None:
    rosa = await scene.customer()
    assert (await send_code(scene, rosa))["address"] == "r****@example.com"
    ((to, code),) = codes.sent
    assert to == "rosa@example.com"
    body = {"method": "mail_code", "code": f" {code} "}
    assert (await scene.ok("POST", f"/customers/{rosa}/checks", body))["standing"]["level"] == 2
    await scene.refused("wrong_code", "POST", f"/customers/{rosa}/checks", body)


async def test_right_code_told_twice_at_once_proves_once(scene: Scene, codes: Codes) -> None:
    rosa = await scene.customer()
    await send_code(scene, rosa)
    body = {"method": "mail_code", "code": codes.sent[0][1]}
    answers = await asyncio.gather(*(scene.agent.post(f"/customers/{rosa}/checks", body) for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [201, 422, 422]


async def test_newer_code_replaces_the_one_before_and_its_failures(scene: Scene, codes: Codes) -> None:
    rosa = await scene.customer()
    await send_code(scene, rosa)
    for _ in range(5):
        await scene.refused("wrong_code", "POST", f"/customers/{rosa}/checks", {"method": "mail_code", "code": "x"})
    await send_code(scene, rosa)
    old, new = (code for _, code in codes.sent)
    if old != new:
        await scene.refused("wrong_code", "POST", f"/customers/{rosa}/checks", {"method": "mail_code", "code": old})
    await scene.ok("POST", f"/customers/{rosa}/checks", {"method": "mail_code", "code": new})


async def test_code_of_one_customer_proves_no_other(scene: Scene, codes: Codes) -> None:
    rosa, theo = await scene.customer(), await scene.customer("Theo")
    await send_code(scene, rosa)
    body = {"method": "mail_code", "code": codes.sent[0][1]}
    await scene.refused("wrong_code", "POST", f"/customers/{theo}/checks", body)


async def test_check_ends_at_its_very_moment(scene: Scene) -> None:
    rosa = await scene.customer()
    until = (await scene.check(rosa, "order_number"))["standing"]["valid_until"]
    scene.site.desk.later(minutes=479, seconds=59)
    assert (await scene.ok("GET", f"/customers/{rosa}"))["standing"]["level"] == 1, until
    scene.site.desk.later(seconds=1)
    assert (await scene.ok("GET", f"/customers/{rosa}"))["standing"]["level"] == 0, until


async def test_mailed_code_is_dead_after_five_wrong_ones(scene: Scene, codes: Codes) -> None:
    rosa = await scene.customer()
    await send_code(scene, rosa)
    for _ in range(5):
        await scene.refused("wrong_code", "POST", f"/customers/{rosa}/checks", {"method": "mail_code", "code": "x"})
    right = {"method": "mail_code", "code": codes.sent[0][1]}
    await scene.refused("wrong_code", "POST", f"/customers/{rosa}/checks", right)


async def test_mailed_code_runs_out(scene: Scene, codes: Codes) -> None:
    rosa = await scene.customer()
    await send_code(scene, rosa)
    scene.site.desk.later(minutes=16)
    right = {"method": "mail_code", "code": codes.sent[0][1]}
    await scene.refused("wrong_code", "POST", f"/customers/{rosa}/checks", right)


async def test_code_to_address_of_somebody_else_is_not_found(scene: Scene, codes: Codes) -> None:
    rosa, theo = await scene.customer(), await scene.customer("Theo")
    (one,) = (await scene.ok("GET", f"/customers/{theo}"))["identities"]
    await scene.refused("not_found", "POST", f"/customers/{rosa}/check-codes", {"identity_id": one["id"]})
    assert codes.sent == []
