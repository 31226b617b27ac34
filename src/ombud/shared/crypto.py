"""Secrets at rest and signed tokens.

The master key is 32 bytes from ``OMBUD_KEY`` or the key file. Every purpose has a key of its own, derived from it,
so that a token of one kind is worth nothing as another. Ciphertext carries its key's id and is bound to the
table, column and row it belongs to: moved elsewhere it does not open.
"""

import base64
import hashlib
import hmac
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ombud.shared.errors import OmbudError

KEY_BYTES = 32
NONCE_BYTES = 12
ID_BYTES = 4


class KeyMissing(OmbudError):
    """A secret was sealed with another key. Put that key back (OMBUD_KEY or the key file), or enter the secret anew."""

    code = "key_missing"


class KeyRing:
    """The installation's keys, newest first; old ones still open what they sealed."""

    def __init__(self, *master_keys: bytes) -> None:
        if not master_keys or any(len(key) != KEY_BYTES for key in master_keys):
            raise OmbudError("A master key must be 32 bytes, written as 64 hexadecimal digits.")
        self._masters = {hashlib.sha256(b"id" + key).digest()[:ID_BYTES]: key for key in master_keys}
        self._current = next(iter(self._masters))
        self._derived: dict[tuple[bytes, str], bytes] = {}

    @classmethod
    def load(cls, path: Path, *, text: str = "") -> "KeyRing":
        """Read the keys from text (``OMBUD_KEY``) or a file, which is made, readable by us alone, if missing."""
        if not text and not path.exists():
            _make_key(path)
        try:
            return cls(*(bytes.fromhex(line) for line in (text or path.read_text()).split()))
        except ValueError as problem:
            raise OmbudError(f"The master key is not hexadecimal: check OMBUD_KEY or {path}.") from problem

    @property
    def id(self) -> str:
        """The id of the newest key, for people to compare; tells nothing of the key."""
        return self._current.hex()

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """Encrypt for one place, written ``table.column.row``."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = AESGCM(self._key(self._current, "seal"))
        return self._current + nonce + cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """Decrypt what was sealed for the same place.

        Raises:
            KeyMissing: sealed by a key that is not here, for another place, or damaged.
        """
        key_id, nonce = sealed[:ID_BYTES], sealed[ID_BYTES : ID_BYTES + NONCE_BYTES]
        if key_id not in self._masters:
            raise KeyMissing
        try:
            return AESGCM(self._key(key_id, "seal")).decrypt(nonce, sealed[ID_BYTES + NONCE_BYTES :], place.encode())
        except (InvalidTag, ValueError) as problem:
            raise KeyMissing from problem

    def sign(self, purpose: str, message: bytes, *, length: int = 16) -> bytes:
        """A keyed digest (HMAC-SHA256, cut) for one purpose."""
        return hmac.digest(self._key(self._current, purpose), message, "sha256")[:length]

    def verify(self, purpose: str, message: bytes, signature: bytes) -> bool:
        """Whether any of our keys signed the message for the purpose."""
        wanted = [hmac.digest(self._key(key_id, purpose), message, "sha256") for key_id in self._masters]
        return any(hmac.compare_digest(one[: len(signature)], signature) for one in wanted) and len(signature) >= 4  # noqa: PLR2004 – shorter proves nothing

    def derive(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, for engines that take a key (mail threading)."""
        return self._key(self._current, purpose)

    def _key(self, key_id: bytes, purpose: str) -> bytes:
        known = self._derived.get((key_id, purpose))
        if known is None:
            known = HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(self._masters[key_id])
            self._derived[key_id, purpose] = known
        return known


def _make_key(path: Path) -> None:
    """Make a key file, whole from its first moment: of processes that begin at once one makes it, all read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_text(secrets.token_hex(KEY_BYTES) + "\n")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    except OSError:
        # A file system without links: there the last of several wins.
        draft.replace(path)
    draft.unlink(missing_ok=True)


def new_token(prefix: str = "") -> str:
    """An unguessable token (192 bits) for links, sessions, keys and file names."""
    return prefix + base64.urlsafe_b64encode(secrets.token_bytes(24)).decode()


def hash_token(token: str) -> bytes:
    """What is stored of a token. It has 192 random bits, so a plain digest is enough."""
    return hashlib.sha256(token.encode()).digest()
