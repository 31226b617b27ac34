"""A floor with departments, and a process on it."""

import pytest

from tests.processes.desk import Flow, flow_on
from tests.site import Site


@pytest.fixture
async def flow(site: Site) -> Flow:
    """A desk on a Monday at 10:00 with the process of ``SPEC``."""
    return await flow_on(site)
