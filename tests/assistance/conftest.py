"""A site with a knowledge base that somebody cares for."""

import pytest

from tests.assistance.desk import Care, care_on
from tests.site import Site


@pytest.fixture
async def care(site: Site) -> Care:
    """Whoever cares for knowledge, and a ticket."""
    return await care_on(site)
