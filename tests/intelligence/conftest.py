"""Models on a fake server."""

from collections.abc import AsyncIterator

import pytest

from ombud.shared.database import Database
from tests.intelligence.models.asked import Asked, models_on
from tests.modelserver import ModelServer, serving_model


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    """A fake model."""
    async with serving_model() as found:
        yield found


@pytest.fixture
async def asked(database: Database, server: ModelServer) -> AsyncIterator[Asked]:
    """Models that ask it."""
    found = models_on(database, server)
    yield found
    await found.models.close()
