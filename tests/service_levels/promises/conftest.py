"""A first line in Chinese working hours, for tests of what is promised there."""

import pytest

from tests.service_levels.promises.counter import Counter, counter_on
from tests.site import Site


@pytest.fixture
async def counter(site: Site) -> Counter:
    """Lin answers, Wu leads, and their readers and clocks go at the test's own pace."""
    return await counter_on(site)
