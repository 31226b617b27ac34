"""Facts about custom fields."""

from typing import Literal

from ombud.shared.events import Fact


class FieldChanged(Fact, frozen=True, kw_only=True):
    """A custom field was defined, changed, archived or taken back into use."""

    field_id: int
    subject: Literal["ticket", "customer", "organisation"]
    change: Literal["made", "changed", "archived"]
