"""What is around the database: variables, address, folders, disk, key file, bus, port, pages."""

import asyncio
import os
import secrets
import shutil
import socket
import stat
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import nats
from nats.errors import Error as NatsError

import ombud
from ombud.config.doctor.findings import Finding, bad, ok, warn
from ombud.config.sealed_key import key_ids, present_key
from ombud.config.settings import Settings, variables
from ombud.shared.installation import InstallationError

GIBIBYTE = 1024**3
DISK_WARN_GIB, DISK_BAD_GIB, DISK_WARN_SHARE = 5.0, 1.0, 0.05
PARTS = ("agent", "widget")
ANSWER_SECONDS = 5.0


def check_machine(settings: Settings) -> list[Finding]:
    """Everything that needs no database."""
    return [
        *check_variables(os.environ),
        *check_address(settings),
        check_folder("data", settings.data),
        *check_disk(settings.data),
        *check_key_file(settings),
        check_folder("files", settings.files),
        *check_bus(settings.bus_url),
        check_port(settings),
        *check_pages(Path(ombud.__file__).parent / "web_dist"),
    ]


def check_variables(environ: Mapping[str, str]) -> list[Finding]:
    """Whether a variable looks like a setting and is none."""
    strangers = sorted(name for name in environ if name.startswith("OMBUD_") and name not in variables())
    found = []
    for name in strangers:
        near = get_close_matches(name, variables(), n=1)
        found.append(warn("settings", "variable_unknown", name=name, near=near[0] if near else "docs/settings.md"))
    return found


def check_address(settings: Settings) -> list[Finding]:
    """Whether links lead where people can go, safely."""
    url = urlsplit(settings.address)
    if url.path.strip("/") or url.query or url.fragment or "@" in url.netloc:
        return [bad("address", "public_url_path", url=settings.address)]
    if not settings.public_url and not _is_loopback(settings.host):
        return [warn("address", "public_url_missing", url=settings.address)]
    if url.scheme == "http" and not _is_loopback(url.hostname or ""):
        return [warn("address", "public_url_plain", url=settings.address)]
    return [ok("address", "public_url_ok", url=settings.address)]


def check_folder(check: str, folder: Path) -> Finding:
    """Whether something can be written to the folder, or to where it will be made."""
    place = _existing(folder)
    probe = place / f".ombud-doctor-{secrets.token_hex(8)}"
    try:
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        code = "files_closed" if check == "files" else "data_closed"
        return bad(check, code, path=str(folder), problem=error.strerror or str(error))
    return ok(check, "files_ok") if check == "files" else ok(check, "data_ok", path=str(folder))


def check_disk(folder: Path) -> list[Finding]:
    """Whether the disk has room for some time."""
    usage = shutil.disk_usage(_existing(folder))
    gib, share = usage.free / GIBIBYTE, usage.free / usage.total
    if gib >= DISK_WARN_GIB and share >= DISK_WARN_SHARE:
        return [ok("disk", "disk_ok", gib=round(gib, 1))]
    level = bad if gib < DISK_BAD_GIB else warn
    return [level("disk", "disk_low", gib=round(gib, 1), percent=round(share * 100), path=str(folder))]


def check_key_file(settings: Settings) -> list[Finding]:
    """Whether the key is there, usable and private; whether it opens anything is asked of the database."""
    try:
        ids = key_ids(present_key(settings))
    except InstallationError as problem:
        return [bad("key", "key_wrong", problem=str(problem), path=str(settings.key_file))]
    if not ids:
        return []
    is_open = not settings.key and stat.S_IMODE(settings.key_file.stat().st_mode) & 0o077
    if is_open:
        return [warn("key", "key_open", path=str(settings.key_file))]
    return [ok("key", "key_ok", id=ids[0])]


def check_bus(address: str) -> list[Finding]:
    """Whether the NATS server answers, where there is one."""
    if not address:
        return []
    # Without the user's name and password.
    place = urlsplit(address).netloc.rpartition("@")[2]
    try:
        asyncio.run(_call_bus(address))
    except (NatsError, OSError, TimeoutError) as problem:
        return [bad("bus", "bus_away", place=place, problem=str(problem) or repr(problem))]
    return [ok("bus", "bus_ok", place=place)]


def check_port(settings: Settings) -> Finding:
    """Whether our own server answers on the port, or nobody does."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 – compared, not bound
    try:
        socket.create_connection((host, settings.port), timeout=ANSWER_SECONDS).close()
    except OSError:
        return ok("port", "port_free", port=settings.port)
    return _who_answers(f"[{host}]" if ":" in host else host, settings.port)


def check_pages(folder: Path) -> list[Finding]:
    """Whether the front end was built."""
    missing = [part for part in PARTS if not any((folder / part).glob("*"))]
    found = [bad("pages", "pages_missing", part=part) for part in missing]
    return found or [ok("pages", "pages_ok")]


async def _call_bus(address: str) -> None:
    async def keep_quiet(_: Exception) -> None:
        """Leave the word to the finding."""

    async with asyncio.timeout(ANSWER_SECONDS):
        client = await nats.connect(address, allow_reconnect=False, error_cb=keep_quiet)
        await client.close()


def _who_answers(host: str, port: int) -> Finding:
    try:
        answer = httpx.get(f"http://{host}:{port}/health", timeout=ANSWER_SECONDS, trust_env=False)
        is_ours = answer.json().get("program") == "ombud"
    except (httpx.HTTPError, ValueError, AttributeError):
        return bad("port", "port_taken", port=port)
    if not is_ours:
        return bad("port", "port_taken", port=port)
    if answer.is_success:
        return ok("port", "port_ours", port=port)
    return bad("port", "port_sick", port=port, status=answer.status_code)


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists() or path == Path(os.sep))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
