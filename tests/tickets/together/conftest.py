"""Two agents, a leader and a ticket that they work on together."""

import pytest

from ombud.shared.actor import Actor
from ombud.shared.readers import register_reader
from ombud.tickets.services.together.notices import FOLLOWERS
from tests.accounts.desk import Browser
from tests.site import Site


@pytest.fixture
async def lu(site: Site) -> Actor:
    return await site.desk.person("Lu")


@pytest.fixture
async def mo(site: Site) -> Actor:
    return await site.desk.person("Mo")


@pytest.fixture
async def lus(site: Site, lu: Actor) -> Browser:
    return await site.browser(lu)


@pytest.fixture
async def mos(site: Site, mo: Actor) -> Browser:
    return await site.browser(mo)


@pytest.fixture
async def boss(site: Site) -> Browser:
    return await site.browser(await site.desk.person("Ada", role="administrator"))


@pytest.fixture
async def ticket(site: Site) -> int:
    async with site.desk.parts.database.transaction() as tx:
        await register_reader(tx, FOLLOWERS)
    return await site.ticket()
