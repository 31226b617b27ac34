"""A desk as the engine's tests use it."""

import pytest

from tests.desk import Desk
from tests.routing.engine.scenes import Scene


@pytest.fixture
def scene(desk: Desk) -> Scene:
    return Scene(desk)
