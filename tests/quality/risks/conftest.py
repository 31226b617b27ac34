"""A first line whose messages are looked at."""

import pytest

from tests.quality.risks.watch import Watch, watch_on
from tests.site import Site


@pytest.fixture
async def watch(site: Site) -> Watch:
    """Lin answers, Wu leads, and the reader goes at the test's own pace."""
    return await watch_on(site)
