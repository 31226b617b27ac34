"""The master key under a passphrase, for backups: scrypt makes a key of it, AES-GCM seals."""

import base64
import os
import secrets
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from msgspec import Struct

from ombud.config.settings import Settings
from ombud.shared.crypto import KEY_BYTES, NONCE_BYTES, KeyRing
from ombud.shared.errors import OmbudError
from ombud.shared.installation import InstallationError

MIN_PASSPHRASE_LENGTH = 12
SALT_BYTES = 16
COST, BLOCKS, LANES = 2**16, 8, 1
MAX_COST = 2**20
PURPOSE = b"ombud backup key"


class SealedKey(Struct, frozen=True):
    """Everything but the passphrase that opening needs."""

    salt: str
    nonce: str
    cost: int
    data: str


def seal_key(text: str, passphrase: str) -> bytes:
    """Seal the key's text.

    Raises:
        InstallationError: the passphrase is too short to protect anything.
    """
    if len(passphrase) < MIN_PASSPHRASE_LENGTH:
        msg = f"The passphrase must have at least {MIN_PASSPHRASE_LENGTH} characters."
        raise InstallationError(msg)
    salt, nonce = secrets.token_bytes(SALT_BYTES), secrets.token_bytes(NONCE_BYTES)
    data = AESGCM(_stretch(passphrase, salt, COST)).encrypt(nonce, text.encode(), PURPOSE)
    return msgspec.json.encode(SealedKey(_text(salt), _text(nonce), COST, _text(data)))


def open_key(sealed: bytes, passphrase: str) -> str:
    """Open what ``seal_key`` made.

    Raises:
        InstallationError: another passphrase, or damaged.
    """
    try:
        found = msgspec.json.decode(sealed, type=SealedKey)
        salt, nonce, data = (base64.b64decode(one) for one in (found.salt, found.nonce, found.data))
        return AESGCM(_stretch(passphrase, salt, min(found.cost, MAX_COST))).decrypt(nonce, data, PURPOSE).decode()
    except (InvalidTag, ValueError, OverflowError, msgspec.MsgspecError) as error:
        msg = "The passphrase does not open the key in this backup."
        raise InstallationError(msg) from error


def present_key(settings: Settings) -> str:
    """The text of the master key as it is set; empty when there is none yet."""
    if settings.key:
        return settings.key
    try:
        return settings.key_file.read_text()
    except FileNotFoundError:
        return ""
    except OSError as error:
        msg = f"{settings.key_file} cannot be read: {error.strerror}."
        raise InstallationError(msg) from error


def key_ids(text: str) -> list[str]:
    """The ids of all keys in a text, newest first.

    Raises:
        InstallationError: it is not a key.
    """
    try:
        return [KeyRing(bytes.fromhex(line)).id for line in text.split()]
    except (ValueError, OmbudError) as error:
        msg = f"The master key must be {KEY_BYTES * 2} hexadecimal digits."
        raise InstallationError(msg) from error


def add_key(settings: Settings, text: str) -> list[str]:
    """Put keys behind those that are here, so that both open what they sealed; gives the ids that were added.

    Raises:
        InstallationError: the key is set by OMBUD_KEY, which we cannot write.
    """
    present = present_key(settings)
    known = key_ids(present)
    lines = [line for line in text.split() if key_ids(line)[0] not in known]
    if lines and settings.key:
        msg = "The backup was made with another key, and OMBUD_KEY is set. Add the old key to it, after a space."
        raise InstallationError(msg)
    if lines:
        _write(settings.key_file, "\n".join([*present.split(), *lines]) + "\n")
    return [key_ids(line)[0] for line in lines]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(path)


def _stretch(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt, KEY_BYTES, cost, BLOCKS, LANES).derive(passphrase.encode())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
