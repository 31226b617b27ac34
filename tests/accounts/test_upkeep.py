"""What is swept away."""

from ombud.accounts.services.links import make_link
from ombud.accounts.services.upkeep import sweep_accounts
from ombud.shared.actor import SYSTEM
from tests.accounts.conftest import People
from tests.accounts.desk import AGENT, Desk


async def test_sweep_drops_what_ended_long_ago(desk: Desk, people: People) -> None:
    await desk.session_token(AGENT)
    async with desk.database.transaction() as tx:
        await make_link(tx, person_id=people.agent, kind="sign_in", by=SYSTEM, now=desk.now)
    desk.pass_time(days=100)
    await desk.session_token(AGENT)
    async with desk.database.transaction() as tx:
        assert await sweep_accounts(tx, now=desk.now) == 2
    assert len(await desk.look("select id from session")) == 1


async def test_sweep_keeps_what_ended_of_late(desk: Desk) -> None:
    await desk.session_token(AGENT)
    await desk.run("update session set revoked_at = %(now)s", now=desk.now)
    desk.pass_time(days=89)
    async with desk.database.transaction() as tx:
        assert await sweep_accounts(tx, now=desk.now) == 0
