"""Mailboxes are tested on the desk whose clock stands still, not on the running one of the other channels."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.desk import Desk, desk_on


@pytest.fixture
async def desk(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk_on(database_url, tmp_path) as made:
        yield made
