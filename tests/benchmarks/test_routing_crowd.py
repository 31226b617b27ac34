"""The bench of many routers in small: processes that are killed leave nothing given twice."""

from pathlib import Path

import pytest

from benchmarks._routing_crowd import run_crowd
from benchmarks._routing_desk import lay_ground
from ombud.config.parts import Parts
from ombud.config.settings import Settings


@pytest.mark.slow
async def test_crowd_of_routers_that_are_killed_gives_nothing_twice(database_url: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url=database_url)
    parts = Parts.build(settings, max_connections=2)
    await parts.database.open()
    try:
        await lay_ground(parts, agents=50, waiting=100, skills=30)
    finally:
        await parts.database.close()
    found = await run_crowd(settings, workers=3, steps=60)
    assert found.given > 0
    assert found.kills > 0
    assert (found.doubled, found.overloaded) == (0, 0)
