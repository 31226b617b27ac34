"""Facts about help centres and portals."""

from typing import Literal

from ombud.shared.events import Fact


class HelpSiteChanged(Fact, frozen=True, kw_only=True):
    """A brand's help centre or portal was set up or changed; ``fields`` say what."""

    brand_id: int
    fields: list[str]


class PortalSignedIn(Fact, frozen=True, kw_only=True):
    """A customer signed in to the portal."""

    brand_id: int
    customer_id: int
    session_id: int
    way: Literal["link", "jwt"]


class PortalSignedOut(Fact, frozen=True, kw_only=True):
    """A customer's sessions in the portal ended."""

    brand_id: int
    customer_id: int
    session_ids: list[int]


class PortalViewersChanged(Fact, frozen=True, kw_only=True):
    """Other addresses than before see all tickets of an organisation."""

    organisation_id: int


class PortalSolved(Fact, frozen=True, kw_only=True):
    """A customer said in the portal that their ticket is solved."""

    entry_id: int


class TicketAppraised(Fact, frozen=True, kw_only=True):
    """A customer said how well their ticket was handled, from 1 to 5."""

    score: int
    entry_id: int
