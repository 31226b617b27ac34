"""A desk with a product team."""

import pytest

from tests.releases.desk import Product, product_on
from tests.site import Site


@pytest.fixture
async def product(site: Site) -> Product:
    """A product team and those around it."""
    return await product_on(site)
