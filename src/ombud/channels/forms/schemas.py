"""Shapes of forms."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from ombud.fields.schemas import FieldValues

Locale = Literal["en", "zh-CN"]
MAX_BODY_BYTES = 128 * 1024
ADDRESS = r"^[^\s@,;<>\"]+@[^\s@.,;<>\"]+(\.[^\s@.,;<>\"]+)+$"


class FormIn(Struct, forbid_unknown_fields=True):
    """A filled-in form."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    email: Annotated[str, Meta(max_length=254, pattern=ADDRESS)]
    text: Annotated[str, Meta(min_length=1, max_length=20_000)]
    subject: Annotated[str, Meta(max_length=300)] = ""
    phone: Annotated[str, Meta(max_length=40)] = ""
    locale: Locale = "en"
    fields: FieldValues = {}


class FormReceipt(Struct):
    """The message is kept; ``reference`` is what the customer may name, the ticket's number once it has one."""

    receipt: int
    reference: str
