"""What people write with marks: made safe on the way in, with the plain twin that every reader gets."""

from collections.abc import Sequence

from msgspec import Struct

from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import Invalid
from ombud.shared.written import clean_written, pictures_in, text_of_written
from ombud.tickets.services.placeholders import check_filled
from ombud.tickets.services.uploads import load_files

# What every mail program and browser draws; anything else goes along as a file.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


class Formatted(Struct):
    """A text with its safe marks, None for a plain one, and the files that it shows in its midst."""

    text: str
    html: str | None = None
    picture_ids: list[int] = []


async def take_formatted(
    tx: Transaction, text: str, html: str | None, file_ids: Sequence[int], *, ticket_id: int, by: Actor
) -> Formatted:
    """Make safe what somebody wrote for the outside, as ``clean_formatted`` does.

    Raises:
        Invalid: there is nothing to say, and no file.
        Unfilled: one of our placeholders stands in it as it is.
    """
    written = await clean_formatted(tx, text, html, file_ids, ticket_id=ticket_id, by=by)
    check_filled(written.text, written.html)
    return written


async def clean_formatted(
    tx: Transaction, text: str, html: str | None, file_ids: Sequence[int], *, ticket_id: int, by: Actor
) -> Formatted:
    """Make safe what somebody wrote: with marks, the text is made from them, whatever the client says it is.

    A picture stays where its file is one of ``file_ids`` that the actor may attach and that every reader can draw.

    Raises:
        Invalid: there is nothing to say, and no file.
    """
    written = Formatted(text)
    if html:
        pictures = await _pictures(tx, html, file_ids, ticket_id=ticket_id, by=by)
        safe = clean_written(html, file_ids=pictures)
        written = Formatted(text_of_written(safe), safe or None, pictures_in(safe))
    if not written.text.strip() and not file_ids:
        raise Invalid("Write something, or attach a file.", fields={"text": "required"})
    return written


async def _pictures(tx: Transaction, html: str, file_ids: Sequence[int], *, ticket_id: int, by: Actor) -> list[int]:
    wanted = [one for one in pictures_in(html) if one in file_ids]
    if not wanted:
        return []
    return [file.id for file in await load_files(tx, wanted, ticket_id, by=by) if file.type in PICTURES]
