"""A desk with a knowledge base."""

import pytest

from tests.desk import Desk
from tests.knowledge.desk import Library, library_on


@pytest.fixture
async def library(desk: Desk) -> Library:
    """People who write, approve and read."""
    return await library_on(desk)
