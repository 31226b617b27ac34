"""Shapes of custom fields."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

Subject = Literal["ticket", "customer", "organisation"]
FieldKind = Literal[
    "text", "long_text", "number", "date", "choice", "tree", "multi_choice", "money", "customer", "file", "yes_no"
]
CHOSEN: frozenset[str] = frozenset({"choice", "tree", "multi_choice"})

Key = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{0,39}$")]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
# Values by the key of their field; null takes a value away.
FieldValues = Annotated[dict[Key, Any], Meta(max_length=200)]


class Choice(Struct, forbid_unknown_fields=True, frozen=True):
    """One thing to choose. In a tree, ``value`` is the path: ``washer/drum`` lies under ``washer``."""

    value: Annotated[str, Meta(min_length=1, max_length=200)]
    name_en: Name
    name_zh: Name
    is_archived: bool = False


class FieldOptions(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Bounds of a field's values and what its form says. Money is bounded in its smallest unit."""

    choices: Annotated[list[Choice], Meta(max_length=2_000)] = []
    minimum: float | None = None
    maximum: float | None = None
    decimals: Annotated[int, Meta(ge=0, le=6)] | None = None
    max_length: Annotated[int, Meta(ge=1, le=20_000)] | None = None
    pattern: Annotated[str, Meta(max_length=200)] = ""
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "CNY"
    hint_en: Annotated[str, Meta(max_length=300)] = ""
    hint_zh: Annotated[str, Meta(max_length=300)] = ""


class FieldIn(Struct, forbid_unknown_fields=True):
    """A field as entered; its key and kind stay for ever."""

    key: Key
    name_en: Name
    name_zh: Name
    kind: FieldKind
    options: FieldOptions = field(default_factory=FieldOptions)
    position: Annotated[int, Meta(ge=0, le=10_000)] = 100


class FieldPatch(Struct, forbid_unknown_fields=True):
    """What can change of a field."""

    name_en: Name
    name_zh: Name
    options: FieldOptions
    position: Annotated[int, Meta(ge=0, le=10_000)] = 100
    is_archived: bool = False


class Field(Struct):
    """A field's definition."""

    id: int
    subject: Subject
    key: str
    name_en: str
    name_zh: str
    kind: FieldKind
    options: FieldOptions
    position: int
    is_archived: bool


class FieldFile(Struct):
    """A file in a field, by the id that the field holds."""

    id: int
    name: str
    type: str
    size: int
    url: str


class FieldFileList(Struct):
    """Files of a record's fields, of now and before."""

    items: list[FieldFile]


class FieldList(Struct):
    """Definitions in their order, archived ones too, because old values show them."""

    items: list[Field]
