"""Keyset pages: an opaque cursor holds the last row's sort key, so the hundredth page costs what the first does."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

from ombud.shared.errors import Invalid

T = TypeVar("T")
MAX_LIMIT = 100


class Paged(msgspec.Struct, Generic[T]):
    """One page and the cursor of the next; None at the end."""

    items: list[T]
    next: str | None = None


def encode_cursor(key: object) -> str:
    """A sort key as an opaque text for addresses."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(cursor: str, shape: type[T]) -> T:
    """The sort key in a cursor.

    Raises:
        Invalid: it is not one that we made for this list.
    """
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=shape)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as problem:
        raise Invalid("The cursor is not valid. Start again from the first page.") from problem


def checked_limit(limit: int) -> int:
    """A page size between 1 and 100.

    Raises:
        Invalid: outside of it.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(f"limit must be between 1 and {MAX_LIMIT}.")
    return limit


def page(found: Sequence[T], limit: int, key: Callable[[T], object]) -> Paged[T]:
    """A page out of ``limit + 1`` rows: the one too many tells that there is a next."""
    items = list(found[:limit])
    return Paged(items, encode_cursor(key(items[-1])) if len(found) > limit else None)
