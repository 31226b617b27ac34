"""What root does, an ordinary user does as well, with nothing but a home folder."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ombud.shared.postgres.account import Account, can_reach

ROOT = Path(__file__).resolve().parents[3]
NOBODY = Account(name="nobody", uid=65534, gid=65534, switch=True)
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="we are an ordinary user: all other tests show it")

SESSION = """
import os, sys
from pathlib import Path
import psycopg
from ombud.config.settings import Settings
from ombud.shared.migrations import apply_migrations, check_schema
from ombud.shared.postgres import start_server
settings = Settings.from_env()
for _ in range(2):
    server = start_server(settings.postgres_home)
    apply_migrations(server.url)
    check_schema(server.url)
    with psycopg.connect(server.url) as connection:
        print(connection.execute("select count(*) from status").fetchone()[0], end=" ")
    server.stop()
print(os.geteuid(), settings.data)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ombud-home-"))
    os.chown(folder, NOBODY.uid, NOBODY.gid)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def python() -> str:
    """A Python of our version that the user may run, whose packages are ours."""
    system = f"/usr/bin/python3.{sys.version_info.minor}"
    for program in (sys.executable, system):
        if Path(program).exists() and can_reach(NOBODY, Path(program).resolve()):
            return program
    pytest.skip("no Python here that an ordinary user may run")


def run_as_nobody(home: Path, python: str, program: str, **environ: str) -> subprocess.CompletedProcess[str]:
    packages = f"{ROOT}:{ROOT / 'src'}:{sysconfig.get_path('purelib')}"
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "PYTHONPATH": packages, **environ}
    become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"]
    command = [*become, python, "-B", "-c", program]
    return subprocess.run(command, cwd="/", env=environment, check=False, capture_output=True, text=True)


def test_start_server_as_ordinary_user_uses_the_home_folder(home: Path, python: str) -> None:
    if not can_reach(NOBODY, ROOT / "pyproject.toml"):
        pytest.skip("this checkout is closed to other users")
    done = run_as_nobody(home, python, SESSION)
    assert done.stderr == ""
    assert done.stdout.split() == ["10", "10", "65534", str(home / ".local/share/ombud")]


def test_start_server_as_ordinary_user_on_roots_folder_says_what_to_do(home: Path, python: str) -> None:
    if not can_reach(NOBODY, ROOT / "pyproject.toml"):
        pytest.skip("this checkout is closed to other users")
    closed = home / "roots"
    closed.mkdir(mode=0o700)
    done = run_as_nobody(home, python, SESSION, OMBUD_DATA=str(closed))
    assert "Set OMBUD_DATA to a folder that you may write to." in done.stderr
