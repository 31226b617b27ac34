"""Facts about customers."""

from ombud.shared.events import Fact


class CustomerChanged(Fact, frozen=True, kw_only=True):
    """Somebody changed a customer's data; ``fields`` are names, never values."""

    customer_id: int
    fields: list[str]
