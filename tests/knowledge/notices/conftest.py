"""A site with people around notices."""

import pytest

from tests.knowledge.notices.desk import Briefing, briefing_on
from tests.site import Site


@pytest.fixture
async def briefing(site: Site) -> Briefing:
    """A team that is briefed."""
    return await briefing_on(site)
