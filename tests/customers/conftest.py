"""What tests of customers share."""

import pytest

from tests.customers.scene import Scene, set_scene
from tests.site import Site


@pytest.fixture
async def scene(site: Site) -> Scene:
    """A desk with an agent, a supervisor, an administrator and an outsider."""
    return await set_scene(site)
