"""The copilot on a desk of its own."""

from collections.abc import AsyncIterator

import pytest

from tests.assistance.copilot.desk import Copilot, copilot_on
from tests.modelserver import ModelServer, serving_model
from tests.site import Site


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    """A fake model."""
    async with serving_model() as found:
        yield found


@pytest.fixture
async def copilot(site: Site, server: ModelServer) -> AsyncIterator[Copilot]:
    """A desk with articles and an agent."""
    found = await copilot_on(site, server)
    yield found
    await site.desk.parts.models.close()
