"""Questions of a form or of a chat: custom fields of tickets that customers fill in themselves."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from ombud.channels.settings import SETTINGS, FormQuestion, checked
from ombud.fields.queries import list_fields
from ombud.fields.schemas import Choice, Field
from ombud.fields.services.values import BadFields, is_empty, merged_values, tidied
from ombud.shared.database import Transaction
from ombud.shared.errors import Invalid
from ombud.tickets.services.types import find_type

# A customer cannot name another customer, and files have no place on the page.
ASKABLE = frozenset(
    {"text", "long_text", "number", "date", "choice", "tree", "multi_choice", "money", "yes_no"},
)
CENTS = 100
MAX_DROPPED = 5_000
# Currencies without a smaller unit.
WHOLE = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})


class Question(Struct):
    """A field as a form asks for it."""

    field: Field
    is_required: bool

    @property
    def name(self) -> str:
        """The name of its input on the page."""
        return f"field_{self.field.key}"

    @property
    def choices(self) -> list[Choice]:
        """What can be chosen."""
        return [one for one in self.field.options.choices if not one.is_archived]


async def check_questions(tx: Transaction, kind: str, settings: Mapping[str, Any]) -> None:
    """Refuse a form that asks for what there is not.

    Raises:
        Invalid: a question that is no field, one twice, one that customers cannot answer, or no such type.
    """
    if kind not in {"form", "chat"}:
        return
    questions = msgspec.convert(checked(SETTINGS, kind, dict(settings)), SETTINGS[kind]).questions  # type: ignore[attr-defined]
    # One that was archived since may stay: it is asked for no more, and again when it comes back.
    known = {field.key: field for field in await list_fields(tx, "ticket")}
    wrong = [one.key for one in questions if one.key not in known or known[one.key].kind not in ASKABLE]
    if wrong or len({one.key for one in questions}) != len(questions):
        raise Invalid(
            "A form or a chat asks for fields that there are, each once.", fields={"questions": "unknown_field"}
        )
    type_id = settings.get("type_id")
    if type_id is not None and await find_type(tx, type_id) is None:
        raise Invalid("There is no such type.", fields={"type_id": "unknown"})


async def load_questions(tx: Transaction, asked: Sequence[FormQuestion]) -> list[Question]:
    """The questions of a form in their order; fields that were archived since are not asked for."""
    known = {field.key: field for field in await list_fields(tx, "ticket") if not field.is_archived}
    return [Question(known[one.key], one.is_required) for one in asked if one.key in known]


async def load_dropped(tx: Transaction, asked: Sequence[FormQuestion]) -> list[Question]:
    """What a form asked for until its fields were archived: a page that was open then still answers it."""
    gone = {field.key: field for field in await list_fields(tx, "ticket") if field.is_archived}
    return [Question(gone[one.key], is_required=False) for one in asked if one.key in gone]


def with_dropped(text: str, dropped: Sequence[Question], read: Callable[[str], list[str]], locale: str) -> str:
    """The message with the answers for which there is no field any more, so that nothing a customer wrote is lost."""
    said = [(one.field, ", ".join(filter(None, map(str.strip, read(one.name))))) for one in dropped]
    lines = [f"{_name(field, locale)}: {words}" for field, words in said if words]
    return "\n".join([text, "", *lines]) if lines else text


def fitting(
    questions: Sequence[Question], dropped: Sequence[Question], given: Mapping[str, Any], text: str, locale: str
) -> tuple[dict[str, Any], str]:
    """What fits its field, and the message with the rest below it: whoever chats is held up by no form."""
    values: dict[str, Any] = {}
    lines: list[str] = []
    for one in (*questions, *dropped):
        answer = given.get(one.field.key)
        if is_empty(answer):
            continue
        try:
            values |= merged_values([one.field], {}, {one.field.key: answer})[0]
        except BadFields:
            lines.append(f"{_name(one.field, locale)}: {_words(answer)}")
    return values, "\n".join(filter(None, (text, "\n".join(lines)[:MAX_DROPPED])))


def _words(answer: Any) -> str:
    if isinstance(answer, dict):
        return " ".join(str(one) for one in answer.values())
    return ", ".join(str(one) for one in answer) if isinstance(answer, list) else str(answer)


def _name(field: Field, locale: str) -> str:
    return field.name_zh if locale == "zh-CN" else field.name_en


def read_page(questions: Sequence[Question], read: Callable[[str], list[str]]) -> dict[str, Any]:
    """What a page's inputs say, by key; what cannot be a value stays text, which is then refused."""
    given: dict[str, Any] = {}
    for one in questions:
        texts = [text.strip() for text in read(one.name) if text.strip()]
        if texts:
            given[one.field.key] = texts if one.field.kind == "multi_choice" else _value(one.field, texts[0])
    return given


def _value(field: Field, text: str) -> Any:
    if field.kind == "yes_no":
        return {"yes": True, "no": False}.get(text, text)
    if field.kind not in {"number", "money"}:
        return text.replace("\r\n", "\n")
    try:
        number = float(text.replace(",", "").replace("，", ""))
    except ValueError:
        return text
    if not math.isfinite(number):
        # "nan" and "inf" are numbers to Python alone.
        return text
    if field.kind == "number":
        return int(number) if number.is_integer() else number
    unit = 1 if field.options.currency in WHOLE else CENTS
    return {"amount_cents": round(number * unit), "currency": field.options.currency}


async def type_in_use(tx: Transaction, type_id: int | None) -> int | None:
    """The type that tickets of a channel begin with; none where it was archived since."""
    kind = None if type_id is None else await find_type(tx, type_id)
    return kind.id if kind is not None and not kind.is_archived else None


def answers(questions: Sequence[Question], given: Mapping[str, Any]) -> dict[str, Any]:
    """Checked answers by the keys of their fields.

    Raises:
        BadFields: something that the form does not ask for, that it must have and has not, or that does not fit.
    """
    problems: dict[str, str] = {}
    values: dict[str, Any] = {}
    try:
        values, _ = merged_values([one.field for one in questions], {}, given)
    except BadFields as bad:
        problems = bad.fields
    required = [one.field.key for one in questions if one.is_required]
    problems |= dict.fromkeys((key for key in required if is_empty(tidied(given.get(key)))), "required")
    if problems:
        raise BadFields.of(problems)
    return values
