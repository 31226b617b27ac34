"""A floor with departments."""

import pytest

from tests.site import Site
from tests.teamwork.desk import Floor, floor_on


@pytest.fixture
async def floor(site: Site) -> Floor:
    """Departments in Chinese working hours, on a Monday at 10:00."""
    return await floor_on(site)
