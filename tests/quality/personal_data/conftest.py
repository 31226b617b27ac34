"""A desk with personal data in its messages."""

import pytest

from tests.quality.personal_data.ward import Ward, ward_on
from tests.site import Site


@pytest.fixture
async def ward(site: Site) -> Ward:
    """Lin answers, Wu leads, Ada administers."""
    return await ward_on(site)
