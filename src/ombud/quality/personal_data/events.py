"""Facts about personal data: who did what, and of which kind; never what the data is."""

from ombud.shared.events import Fact


class PersonalDataShown(Fact, frozen=True, kw_only=True):
    """Somebody had hidden pieces of a message shown."""

    entry_id: int
    kinds: list[str]


class EntryRedacted(Fact, frozen=True, kw_only=True):
    """Something in a message, or a file of it, was blacked out; ``entry_ids`` are all that have another text now."""

    redaction_id: int
    entry_id: int
    entry_ids: list[int]
    kind_of_data: str


class RedactionUndone(Fact, frozen=True, kw_only=True):
    """A sealed original was brought back."""

    redaction_id: int
    entry_id: int
    entry_ids: list[int]


class RedactionOpened(Fact, frozen=True, kw_only=True):
    """Somebody read a sealed original; why stands with the redaction."""

    redaction_id: int
    entry_id: int


class RedactionDestroyed(Fact, frozen=True, kw_only=True):
    """The time of a sealed original was over."""

    redaction_id: int
    entry_id: int


class PersonalDataPolicyChanged(Fact, frozen=True, kw_only=True):
    """Other people see personal data, or its originals are kept otherwise."""

    fields: list[str]
