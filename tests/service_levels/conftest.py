"""A desk with a calendar, for tests of clocks."""

import pytest

from tests.desk import Desk
from tests.service_levels.levels import ALWAYS, Levels


@pytest.fixture
async def levels(desk: Desk) -> Levels:
    """A desk whose calendar is always open."""
    made = Levels(desk)
    await made.begin(ALWAYS)
    return made
