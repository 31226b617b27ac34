"""Marks fields of answers that hold what people wrote: personal data in them is hidden from whoever may not see it."""

from typing import Annotated, Any, Final

from msgspec import Meta

TEXT: Final = "personal"
HTML: Final = "personal_html"
CUT: Final = "personal_cut"

Personal = Annotated[str, Meta(extra={TEXT: True})]
"""Words of a customer or of a colleague. Every answer and every frame passes them through one mask."""

PersonalHtml = Annotated[str, Meta(extra={HTML: True})]
"""The same with its formatting; None where nothing but the plain text can be shown."""

PersonalCut = Annotated[str, Meta(extra={CUT: True})]
"""The beginning of such words, cut off somewhere: half a number at its end proves nothing, and tells most of it."""

PersonalValue = Annotated[Any, Meta(extra={TEXT: True})]
"""A value of a field, which may be words."""
