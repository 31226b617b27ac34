"""The loops of worker and background: an outage ends none of them, a bug ends the process with its reason."""

import asyncio
from pathlib import Path

import pytest

from ombud.config.background import Background
from ombud.config.parts import Parts
from ombud.config.settings import Settings
from ombud.config.worker import Worker


class Broken(Background):
    """A background one of whose loops has a bug outside what is caught."""

    async def _play_demo(self) -> None:
        raise ValueError("a bug")


def parts_of(folder: Path) -> Parts:
    # Never opened: each loop finds the database away.
    return Parts.build(Settings(data=folder, database_url="postgresql://127.0.0.1:1/none"))


@pytest.mark.parametrize("loops", [Worker, Background])
async def test_run_until_database_is_away_goes_on_until_told_to_stop(
    tmp_path: Path, loops: type[Worker | Background]
) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(loops(parts_of(tmp_path)).run_until(stop))
    await asyncio.sleep(0.5)
    assert not running.done()
    stop.set()
    await asyncio.wait_for(running, 10)


async def test_run_until_loop_with_a_bug_ends_with_it(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a bug"):
        await asyncio.wait_for(Broken(parts_of(tmp_path)).run_until(asyncio.Event()), 10)
