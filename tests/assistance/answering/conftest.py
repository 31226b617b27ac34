"""A shop whose chat answers by itself."""

import pytest

from tests.assistance.answering.scene import Shop, shop_on
from tests.site import Site


@pytest.fixture
async def shop(site: Site) -> Shop:
    """Lin answers, Wu leads, and the machine looks at the test's own pace."""
    return await shop_on(site)
