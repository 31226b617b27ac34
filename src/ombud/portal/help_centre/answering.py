"""What the desk's machine says to a question before anybody is asked, and what readers say of that.

An anonymous reader costs no model anything: what is said stands in an article word for word.
"""

import base64
import binascii
from datetime import datetime
from typing import Final, Literal

from litestar.datastructures import State
from msgspec import Struct

from ombud.assistance.answering.schemas import Answer
from ombud.assistance.answering.services import Knowing, note_helped, propose
from ombud.portal.help_centre.queries import reader_for
from ombud.portal.rules import Place
from ombud.shared.crypto import KeyRing
from ombud.shared.errors import NotFound

PURPOSE: Final = "portal answers"
SIGNATURE_BYTES: Final = 16
LONGEST_TOKEN: Final = 100


class Told(Struct, frozen=True):
    """An answer on a page; ``token`` is the reader's right to say whether it helped."""

    answer: Answer
    token: str


async def answer_to(
    state: State, place: Place, question: str, where: Literal["help_centre", "form"], *, now: datetime
) -> Told | None:
    """What a machine says to a question, counted; None where the place's rule is off or it is not sure."""
    found = await propose(
        state.database,
        Knowing(state.parts.passages),
        question,
        where,
        reader_for(place.site, is_customer=False),
        now=now,
        channel_id=place.site.form_channel_id if where == "form" else None,
    )
    return Told(found, seal_answer(state.key_ring, found.id)) if found is not None and found.id else None


async def note_word(state: State, token: str, *, helped: bool, now: datetime) -> bool:
    """Note whether an answer helped; False where the token is none of ours."""
    answer_id = open_answer(state.key_ring, token)
    if answer_id is None:
        return False
    try:
        async with state.database.transaction() as tx:
            await note_helped(tx, answer_id, helped=helped, now=now)
    except NotFound:
        return False
    return True


def seal_answer(keys: KeyRing, answer_id: int) -> str:
    """The number of an answer, for the page of whoever got it: nobody judges the answers of others."""
    payload = str(answer_id).encode()
    signature = keys.sign(PURPOSE, payload, length=SIGNATURE_BYTES)
    return base64.urlsafe_b64encode(signature + payload).decode()


def open_answer(keys: KeyRing, token: str) -> int | None:
    """The number in a token; None where it is none of ours."""
    if not token or len(token) > LONGEST_TOKEN:
        return None
    try:
        whole = base64.urlsafe_b64decode(token.encode("ascii"))
    except (binascii.Error, ValueError):
        return None
    signature, payload = whole[:SIGNATURE_BYTES], whole[SIGNATURE_BYTES:]
    return int(payload) if payload.isdigit() and keys.verify(PURPOSE, payload, signature) else None
