"""Facts about tickets. Ids and enumerations only."""

from typing import Literal

from ombud.shared.events import Fact


class TicketOpened(Fact, frozen=True, kw_only=True):
    """A new ticket exists."""

    customer_id: int
    channel_id: int | None
    follow_up_of: int | None = None


class MessageReceived(Fact, frozen=True, kw_only=True):
    """The customer's side wrote; the entry is on the timeline."""

    entry_id: int
    customer_id: int
    channel_id: int
    is_automatic: bool = False


class TicketReopened(Fact, frozen=True, kw_only=True):
    """A message brought a solved ticket back."""

    entry_id: int | None = None


class ReplySent(Fact, frozen=True, kw_only=True):
    """An answer stands on the timeline and in the outbox: an agent's, or one that the system wrote."""

    entry_id: int
    is_automatic: bool = False


class ReplyUndone(Fact, frozen=True, kw_only=True):
    """An answer was taken back before it left."""

    entry_id: int


class PlannedReplyChanged(Fact, frozen=True, kw_only=True):
    """An answer for later was planned, given another time, held, cancelled or sent."""

    planned_reply_id: int
    change: Literal["planned", "moved", "held", "cancelled", "sent"]


class SideSent(Fact, frozen=True, kw_only=True):
    """Something was written in a side conversation, or passed on; the entry is for colleagues only."""

    entry_id: int
    side_id: int


class SideReceived(Fact, frozen=True, kw_only=True):
    """Somebody who was asked answered; the entry is for colleagues only and no turn of the conversation."""

    entry_id: int
    side_id: int


class SideChanged(Fact, frozen=True, kw_only=True):
    """A side conversation was opened, closed or opened again."""

    side_id: int
    change: Literal["opened", "closed", "reopened"]


class NoteAdded(Fact, frozen=True, kw_only=True):
    """An internal note was written."""

    entry_id: int
    mentions: tuple[int, ...] = ()


class TicketAssigned(Fact, frozen=True, kw_only=True):
    """A ticket has another holder, or none."""

    entry_id: int
    from_id: int | None
    to_id: int | None
    reason: str


class TicketMoved(Fact, frozen=True, kw_only=True):
    """A ticket belongs to another team; ``team_id`` is the new one."""

    entry_id: int
    from_team_id: int


class TicketChanged(Fact, frozen=True, kw_only=True):
    """Fields of a ticket have other values."""

    entry_ids: list[int]
    fields: list[str]
    status_id: int
    category: str


class TicketSolved(Fact, frozen=True, kw_only=True):
    """A ticket's status went to solved or closed."""

    status_id: int
    category: str


class ClosingChanged(Fact, frozen=True, kw_only=True):
    """Something was said of what a ticket is closed with: solution, cause, responsibility and so on."""

    entry_id: int
    fields: list[str]


class TicketWoke(Fact, frozen=True, kw_only=True):
    """A snoozed ticket is due again."""

    entry_id: int


class TicketMerged(Fact, frozen=True, kw_only=True):
    """Another ticket went into this one with all its entries; its number leads here."""

    source_id: int
    entry_id: int
    customer_id: int


class TicketUnmerged(Fact, frozen=True, kw_only=True):
    """A ticket that had gone into this one stands for itself again."""

    source_id: int
    entry_id: int


class TicketSplit(Fact, frozen=True, kw_only=True):
    """Messages and notes of this ticket have a ticket of their own; no ticket_opened tells of that one."""

    new_id: int
    entry_id: int
    customer_id: int


class TicketLinked(Fact, frozen=True, kw_only=True):
    """This ticket belongs to another: related to it, a duplicate or a child of it."""

    other_id: int
    link: str
    entry_id: int


class TicketUnlinked(Fact, frozen=True, kw_only=True):
    """This ticket does not belong to another any more."""

    other_id: int
    link: str
    entry_id: int


class DeliveryChanged(Fact, frozen=True, kw_only=True):
    """An outgoing message has another delivery state."""

    entry_id: int
    state: str


class FollowersChanged(Fact, frozen=True, kw_only=True):
    """Somebody follows a ticket, or no longer does."""

    person_id: int
    change: Literal["added", "removed"]


class ChecklistChanged(Fact, frozen=True, kw_only=True):
    """Items of a ticket's checklist were added, done, opened again, changed or removed."""

    item_ids: list[int]
    change: Literal["added", "done", "opened", "changed", "removed"]


class TimeSpentChanged(Fact, frozen=True, kw_only=True):
    """Time spent on a ticket was entered or taken away; ``seconds`` is how much it was."""

    time_id: int
    person_id: int
    seconds: int
    change: Literal["added", "removed"]


class SharedDraftChanged(Fact, frozen=True, kw_only=True):
    """A ticket's shared draft was begun, or another person writes it now, or it was thrown away."""

    change: Literal["begun", "taken_over", "removed"]


class ChecklistTemplateChanged(Fact, frozen=True, kw_only=True):
    """A checklist to take items from was made, changed or removed."""

    template_id: int
    change: Literal["made", "changed", "removed"]


class MessageSetAside(Fact, frozen=True, kw_only=True):
    """Intake could not use a message; an administrator sees it with its reason."""

    inbox_id: int
    channel_id: int


class DeskChanged(Fact, frozen=True, kw_only=True):
    """A rule of the whole desk is another one; fields names which."""

    fields: list[str]


class StatusChanged(Fact, frozen=True, kw_only=True):
    """A status was added, changed or archived."""

    status_id: int
    change: Literal["made", "changed"]


class TicketTypeChanged(Fact, frozen=True, kw_only=True):
    """A type of tickets was made, changed or archived."""

    type_id: int
    change: Literal["made", "changed"]


class CannedReplyChanged(Fact, frozen=True, kw_only=True):
    """A canned reply was made, changed or removed; ``team_id`` is set for one of a team."""

    canned_reply_id: int
    scope: Literal["all", "team", "own"]
    change: Literal["made", "changed", "removed"]


class MacroChanged(Fact, frozen=True, kw_only=True):
    """A macro was made, changed or removed; ``team_id`` is set for one of a team."""

    macro_id: int
    scope: Literal["all", "team", "own"]
    change: Literal["made", "changed", "removed"]


class TicketTemplateChanged(Fact, frozen=True, kw_only=True):
    """A template of new tickets was made, changed or removed; ``team_id`` is set for one of a team."""

    template_id: int
    scope: Literal["all", "team", "own"]
    change: Literal["made", "changed", "removed"]


class NotificationMade(Fact, frozen=True, kw_only=True):
    """Somebody has a new notification."""

    person_id: int
    notification_id: int
