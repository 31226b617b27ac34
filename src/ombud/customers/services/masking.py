"""How an address or a number is shown to somebody who may not see it whole; other rooms take it from here."""

from ombud.customers.rules import mask_email, mask_phone

__all__ = ["mask_email", "mask_phone"]
