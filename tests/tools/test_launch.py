"""The launcher prepares a checkout once, whole or not at all, and finds what is done already."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools import launch

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "ombud.sh"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with empty locks: everything is real but the packages."""
    root = tmp_path / "my check out"
    (root / "requirements").mkdir(parents=True)
    (root / "ombud").mkdir()
    (root / "requirements" / "build.txt").write_text("")
    (root / "requirements" / "test.txt").write_text("# more\n")
    monkeypatch.setattr(launch, "ROOT", root)
    monkeypatch.setattr(launch, "BUILD_LOCK", root / "requirements" / "build.txt")
    monkeypatch.setattr(launch, "TEST_LOCK", root / "requirements" / "test.txt")
    monkeypatch.setattr(launch, "WEB", root / "web")
    return root


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(launch, "say", lines.append)
    return lines


def make_fake_environment(environment: Path) -> None:
    """Stand in for ``python -m venv``, which takes seconds: the running Python under the expected name."""
    (environment / "bin").mkdir(parents=True, exist_ok=True)
    launch.python_of(environment).unlink(missing_ok=True)
    launch.python_of(environment).symlink_to(sys.executable)
    (environment / "lib" / "python3" / "site-packages").mkdir(parents=True, exist_ok=True)
    version = ".".join(map(str, sys.version_info[:3]))
    (environment / "pyvenv.cfg").write_text(f"version = {version}\n")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "make_environment", make_fake_environment)


def test_prepare_first_time_installs_and_says_so(checkout: Path, told: list[str]) -> None:
    python = launch.prepare("db", build=True)
    assert python == checkout / ".venv" / "bin" / "python"
    assert len(told) == 1
    assert "installing Python packages" in told[0]
    paths = subprocess.run(
        [python, "-P", "-c", "import sys; print(sys.path)"], check=True, capture_output=True, text=True
    )
    assert str(checkout) in paths.stdout


@pytest.mark.usefixtures("fake")
def test_prepare_second_time_is_silent(checkout: Path, told: list[str]) -> None:
    launch.prepare("db", build=True)
    told.clear()
    assert launch.prepare("db", build=True).is_relative_to(checkout)
    assert told == []


@pytest.mark.usefixtures("fake")
def test_prepare_changed_lock_installs_again(checkout: Path, told: list[str]) -> None:
    launch.prepare("db", build=True)
    (checkout / "requirements" / "build.txt").write_text("# newer\n")
    launch.prepare("db", build=True)
    assert len(told) == 2


@pytest.mark.usefixtures("checkout", "fake")
def test_prepare_tests_then_up_keeps_the_larger_set(told: list[str]) -> None:
    launch.prepare("test", build=False)
    launch.prepare("up", build=False)
    assert len(told) == 1


@pytest.mark.usefixtures("checkout", "fake")
def test_prepare_up_then_tests_installs_more(told: list[str]) -> None:
    launch.prepare("up", build=False)
    launch.prepare("test", build=False)
    assert len(told) == 2


@pytest.mark.usefixtures("fake")
def test_prepare_broken_python_makes_it_anew(checkout: Path, told: list[str]) -> None:
    python = launch.prepare("db", build=True)
    python.unlink()
    python.symlink_to(checkout / "gone")
    assert launch.prepare("db", build=True).exists()
    assert len(told) == 2


@pytest.mark.usefixtures("checkout", "fake")
def test_prepare_at_once_installs_once(told: list[str]) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: launch.prepare("db", build=True), range(4)))
    assert len(told) == 1


def test_prepare_impossible_package_says_what_pip_said(
    checkout: Path, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    lock = f"no-such-package-of-ombud==1 --hash=sha256:{'0' * 64}\n"
    (checkout / "requirements" / "build.txt").write_text(lock)
    assert launch.main(["db"]) == 1
    complaint = capsys.readouterr().err
    assert complaint.startswith("ombud: The packages could not be installed:")
    assert "no-such-package-of-ombud" in complaint
    assert not launch.is_installed(checkout / ".venv", launch.BUILD_LOCK)
    assert told


def test_prepare_package_without_hash_is_refused(checkout: Path, told: list[str]) -> None:
    (checkout / "requirements" / "build.txt").write_text("idna==3.20\n")
    with pytest.raises(launch.NotPrepared, match="hash"):
        launch.prepare("db", build=True)
    assert told


def test_writable_home_foreign_checkout_is_the_users_cache(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    home = launch.writable_home()
    assert home.parent == tmp_path / "cache" / "ombud"
    assert checkout not in home.parents


def fake_web(checkout: Path) -> None:
    for name, text in {"package.json": "{}", "package-lock.json": "{}", "agent/main.ts": "1"}.items():
        path = checkout / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def npm(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record what npm is asked for, and leave what it would leave."""
    asked: list[str] = []

    def run_npm(_environment: Path, arguments: list[str], _complaint: str) -> None:
        asked.append(arguments[0])
        made = launch.pages_folder() if arguments[0] == "run" else checkout / "web" / "node_modules"
        made.mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(launch, "run_npm", run_npm)
    return asked


@pytest.mark.usefixtures("fake", "told")
def test_build_pages_first_time_installs_and_builds(checkout: Path, npm: list[str]) -> None:
    fake_web(checkout)
    launch.prepare("up", build=True)
    assert npm == ["install", "run"]


@pytest.mark.usefixtures("fake", "told")
def test_build_pages_same_sources_builds_nothing(checkout: Path, npm: list[str]) -> None:
    fake_web(checkout)
    launch.prepare("up", build=True)
    launch.prepare("up", build=True)
    assert npm == ["install", "run"]


@pytest.mark.usefixtures("fake", "told")
def test_build_pages_changed_source_builds_again_without_installing(checkout: Path, npm: list[str]) -> None:
    fake_web(checkout)
    launch.prepare("up", build=True)
    (checkout / "web" / "agent" / "main.ts").write_text("2")
    launch.prepare("up", build=True)
    assert npm == ["install", "run", "run"]


@pytest.mark.usefixtures("fake", "told")
def test_build_pages_changed_packages_installs_again(checkout: Path, npm: list[str]) -> None:
    fake_web(checkout)
    launch.prepare("up", build=True)
    (checkout / "web" / "package-lock.json").write_text('{"newer": 1}')
    launch.prepare("up", build=True)
    assert npm == ["install", "run", "install", "run"]


@pytest.mark.usefixtures("fake", "told")
@pytest.mark.parametrize(("command", "build"), [("up", False), ("db", True), ("mail", True)])
def test_build_pages_not_wanted_builds_nothing(checkout: Path, npm: list[str], command: str, *, build: bool) -> None:
    fake_web(checkout)
    launch.prepare(command, build=build)
    assert npm == []


@pytest.mark.usefixtures("fake", "told")
def test_build_pages_nothing_left_says_so(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_web(checkout)
    (checkout / "web" / "node_modules").mkdir()
    monkeypatch.setattr(launch, "run_npm", lambda *_: None)
    with pytest.raises(launch.NotPrepared, match="The build left nothing"):
        launch.prepare("up", build=True)
    assert not launch.are_pages_built()


def test_web_stamp_ignores_what_is_not_a_source(checkout: Path) -> None:
    fake_web(checkout)
    before = launch.web_stamp()
    for folder in ("node_modules", "agent/dist"):
        (checkout / "web" / folder).mkdir()
        (checkout / "web" / folder / "file.js").write_text("x")
    assert launch.web_stamp() == before
    (checkout / "web" / "agent" / "main.ts").rename(checkout / "web" / "agent" / "other.ts")
    assert launch.web_stamp() != before


def test_run_failing_program_shows_its_last_words() -> None:
    with pytest.raises(launch.NotPrepared, match="It failed:\nwhy"):
        launch.run(["sh", "-c", "echo why >&2; exit 3"], "It failed", cwd=Path("/"))


def test_shorten_keeps_beginning_and_end() -> None:
    lines = [str(number) for number in range(100)]
    assert launch.shorten("\n".join(lines)).split("\n") == [*lines[:12], "…", *lines[-20:]]
    assert launch.shorten("one\ntwo\n") == "one\ntwo"


def test_write_leaves_no_draft(tmp_path: Path) -> None:
    launch.write(tmp_path / "stamp", "one")
    launch.write(tmp_path / "stamp", "two")
    assert [path.name for path in tmp_path.iterdir()] == ["stamp"]
    assert launch.read(tmp_path / "stamp") == "two"


@pytest.fixture
def fake_checkout(tmp_path: Path) -> Callable[[str], Path]:
    """A folder whose ``tools/launch.py`` only says what it was given."""

    def make(name: str) -> Path:
        tools = tmp_path / name / "tools"
        tools.mkdir(parents=True)
        (tmp_path / name / "pyproject.toml").write_text("")
        (tools / "launch.py").write_text("import sys; print(sys.argv)")
        launcher = tmp_path / name / "ombud"
        launcher.write_text(SCRIPT.read_text() if SCRIPT.exists() else (SCRIPT.parents[1] / "ombud").read_text())
        launcher.chmod(0o755)
        return launcher

    return make


def run_launcher(launcher: Path, *arguments: str, cwd: str = "/") -> str:
    return subprocess.run([launcher, *arguments], cwd=cwd, check=True, capture_output=True, text=True).stdout


def test_launcher_spaces_in_path_and_arguments_stay_whole(fake_checkout: Callable[[str], Path]) -> None:
    launcher = fake_checkout("my check out")
    assert run_launcher(launcher, "test", "-k", "a b").endswith("/launch.py', 'test', '-k', 'a b']\n")


def test_launcher_through_links_finds_its_checkout(fake_checkout: Callable[[str], Path], tmp_path: Path) -> None:
    launcher = fake_checkout("here")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "first").symlink_to(launcher)
    (tmp_path / "bin" / "second").symlink_to("first")
    assert str(tmp_path / "here" / "tools") in run_launcher(tmp_path / "bin" / "second")


def test_launcher_without_python_says_what_to_install(fake_checkout: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("sh", "dirname", "readlink", "pwd"):
        (tmp_path / "bin" / name).symlink_to(f"/usr/bin/{name}")
    done = subprocess.run(
        ["/bin/sh", fake_checkout("here")],
        env={"PATH": str(tmp_path / "bin")},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
