"""Passwords at rest: argon2id, worked on in few threads so that neither the loop nor the memory suffers."""

import asyncio

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError

from ombud.accounts import rules
from ombud.shared.errors import Invalid

_hashing = PasswordHash.recommended()
# Each piece of work takes 64 MiB; more at once only wait for the same cores.
_few = asyncio.Semaphore(4)
# Hash of a random password that nobody knows: unknown addresses cost what known ones do.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$Mklw+ZfGI4tuz4asmTGLHg$MCez4S41hFxpvJ7WF64du7IoS5xTTyyNpUXEEzSVdpg"
ADVICE = {
    "too_short": f"Use at least {rules.MIN_PASSWORD_CHARACTERS} characters.",
    "is_address": "Do not use your address as your password.",
    "too_common": "Too easy to guess. Some unrelated words in a row are good.",
}


class WeakPassword(Invalid):
    """The password is too easy to guess."""

    code = "weak_password"


def check_password(password: str, *, email: str) -> None:
    """Refuse what is guessed first.

    Raises:
        WeakPassword: its fields say why.
    """
    found = rules.password_problem(password, email=email)
    if found:
        raise WeakPassword(ADVICE[found], fields={"password": found})


async def hash_password(password: str) -> str:
    """What is stored of a password."""
    async with _few:
        return await asyncio.to_thread(_hashing.hash, password)


async def is_password(password: str, stored: str | None) -> bool:
    """Whether a password is the stored one; takes as long when nothing is stored."""
    async with _few:
        is_right = await asyncio.to_thread(_verify, password, stored or NOBODY)
    return is_right and stored is not None


def _verify(password: str, stored: str) -> bool:
    try:
        return _hashing.verify(password, stored)
    except UnknownHashError:
        return False
