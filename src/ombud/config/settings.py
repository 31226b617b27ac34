"""What an installation is told from outside, by environment variables. Everything else is set on the screens."""

import os
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from ombud.shared.installation import InstallationError

ROOT_DATA = Path("/var/lib/ombud")
DATABASES = {"postgresql", "postgres"}
UNPREFIXED = frozenset({"public_url", "database_url", "bus_url"})


class WrongSetting(InstallationError):
    """An environment variable holds what it cannot mean. The message names it and says what is expected."""


def default_data() -> Path:
    """Choose the data folder: ``/var/lib/ombud`` for root, ``~/.local/share/ombud`` for a user."""
    if os.geteuid() == 0:
        return ROOT_DATA
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "ombud"


def variable(field: str) -> str:
    """Name the environment variable of a field: ``port`` is OMBUD_PORT, ``public_url`` is PUBLIC_URL."""
    return field.upper() if field in UNPREFIXED else f"OMBUD_{field.upper()}"


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename=variable):
    """The settings of one process. Descriptions are what ``docs/settings.md`` must tell."""

    data: Annotated[Path, Meta(description="folder of database, files and key")] = msgspec.field(
        default_factory=default_data
    )
    host: Annotated[str, Meta(description="address to listen on")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="port to listen on")] = 8700
    public_url: Annotated[str, Meta(description="address under which people reach the desk; all links use it")] = ""
    database_url: Annotated[str, Meta(description="another PostgreSQL, 15 or newer, in place of the private one")] = ""
    bus_url: Annotated[str, Meta(description="nats://… to wake other nodes, in place of LISTEN and NOTIFY")] = ""
    key: Annotated[str, Meta(description="master key of the secrets, in place of the file key in the data folder")] = ""
    undo_seconds: Annotated[int, Meta(ge=0, le=600, description="how long a mail waits so that it can be undone")] = 10
    trusted_proxies: Annotated[str, Meta(description="networks whose X-Forwarded-For is believed, by commas")] = ""
    outbound_allow: Annotated[
        str, Meta(description="networks inside that webhooks may call in spite of the guard, by commas")
    ] = ""
    models_allow: Annotated[
        str, Meta(description="networks inside where language models may be, such as 127.0.0.1, by commas")
    ] = ""
    check_senders: Annotated[
        bool, Meta(description="verify DKIM by DNS lookups where the mailbox's own server did not")
    ] = True
    meaning: Annotated[
        bool, Meta(description="use the model of meaning that comes along; without it words alone are compared")
    ] = True
    demo: Annotated[bool, Meta(description="play a living desk: simulated customers write, colleagues answer")] = False

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; an empty variable counts as absent.

        Raises:
            WrongSetting: a value is not what it has to be.
        """
        given = os.environ if environ is None else environ
        values = {name: given[name] for name in variables() if given.get(name)}
        try:
            settings = msgspec.convert(values, cls, strict=False, dec_hook=_read)
        except msgspec.ValidationError as error:
            raise WrongSetting(_explain(error, values)) from None
        _check(settings)
        return settings

    @property
    def address(self) -> str:
        """The address that links begin with, without a slash at its end."""
        return (self.public_url or f"http://{_bracketed(_reachable(self.host))}:{self.port}").rstrip("/")

    @property
    def postgres_home(self) -> Path:
        """The folder of the private PostgreSQL."""
        return self.data / "postgres"

    @property
    def files(self) -> Path:
        """The folder of attachments and raw originals."""
        return self.data / "files"

    @property
    def key_file(self) -> Path:
        """The file of the master key, which ``OMBUD_KEY`` takes the place of."""
        return self.data / "key"

    @property
    def proxies(self) -> list[str]:
        """The trusted networks, one by one."""
        return _parts(self.trusted_proxies)

    @property
    def outbound_networks(self) -> list[str]:
        """The networks inside that may be called, one by one."""
        return _parts(self.outbound_allow)

    @property
    def model_networks(self) -> list[str]:
        """The networks inside where language models may be, one by one."""
        return _parts(self.models_allow)

    def for_demo(self) -> "Settings":
        """Move to the demo's own data folder and private database, so that it never touches real tickets."""
        return msgspec.structs.replace(self, data=self.data / "demo", database_url="", demo=True)

    def listening(self, *, host: str | None, port: int | None) -> "Settings":
        """Take host and port of the command line where they are given."""
        given = {"OMBUD_HOST": host or self.host, "OMBUD_PORT": str(port or self.port)}
        return Settings.from_env({**self.environment(), **given})

    def using(self, database_url: str) -> "Settings":
        """Take the database at this address."""
        return msgspec.structs.replace(self, database_url=database_url)

    def environment(self) -> dict[str, str]:
        """Write the settings as variables, for a child process."""
        pairs = {variable(name): str(getattr(self, name)) for name in self.__struct_fields__}
        return {name: value for name, value in pairs.items() if value}


def variables() -> list[str]:
    """List the names of all environment variables that are settings."""
    return [variable(name) for name in Settings.__struct_fields__]


def _read(wanted: type, value: Any) -> Any:
    if wanted is Path:
        return _folder(value)
    msg = f"no reader for {wanted}"
    raise NotImplementedError(msg)


def _folder(text: str) -> Path:
    """An absolute path; ``~`` is somebody's home, and must be one."""
    try:
        return Path(text).expanduser().absolute()
    except RuntimeError:
        msg = f"there is no user {text.partition('/')[0]!r} whose home it could lie in"
        raise ValueError(msg) from None


def _explain(error: msgspec.ValidationError, values: Mapping[str, str]) -> str:
    what, _, where = str(error).partition(" - at `$.")
    name = where.rstrip("`")
    return f"{name}={values.get(name, '')!r} cannot be: {what[:1].lower()}{what[1:]}."


def _check(settings: Settings) -> None:
    _check_address("PUBLIC_URL", settings.public_url, {"http", "https"})
    _check_address("DATABASE_URL", settings.database_url, DATABASES)
    _check_address("BUS_URL", settings.bus_url, {"nats", "tls"})
    for network in settings.proxies:
        _check_network("OMBUD_TRUSTED_PROXIES", network)
    for network in settings.outbound_networks:
        _check_network("OMBUD_OUTBOUND_ALLOW", network)
    for network in settings.model_networks:
        _check_network("OMBUD_MODELS_ALLOW", network)


def _check_address(name: str, value: str, schemes: set[str]) -> None:
    if value and not _begins_with(value, schemes):
        # The value is not repeated: a database's address may hold a password.
        msg = f"{name} must begin with {' or '.join(f'{scheme}://' for scheme in sorted(schemes))}."
        raise WrongSetting(msg)


def _begins_with(address: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        # A bracket of an IPv6 address that is not closed.
        return False
    # A database on this machine may be named by its socket, without a host; nothing else may.
    return parts.scheme in schemes and bool(parts.hostname or schemes == DATABASES)


def _check_network(name: str, network: str) -> None:
    try:
        ip_network(network)
    except ValueError as error:
        msg = f"{name}: {error}."
        raise WrongSetting(msg) from None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not bound


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
