"""Where a note stands: from its dates and decision alone."""

from datetime import datetime, timedelta

from ombud.releases.schemas import ReleaseRow, Standing

# A release is told this long before it goes live.
AHEAD = timedelta(days=14)
# The second warning of one that is not ready.
LAST_CALL = timedelta(days=3)
# How long what went live is news.
NEWS = timedelta(days=30)
ANSWER_WITHIN = timedelta(days=3)


def standing_of(note: ReleaseRow, *, now: datetime) -> Standing:
    """Coming until it has both its go and its day: a day that passes without a go makes nothing live."""
    if note.called_off_at is not None:
        return "past"
    if note.decision != "go" or note.live_at > now:
        return "coming"
    return "live" if note.live_at > now - NEWS else "past"


def is_short(note: ReleaseRow) -> bool:
    """Whether it was told later than two weeks ahead."""
    return note.live_at - note.announced_at < AHEAD


def answer_due(live_at: datetime, *, now: datetime) -> datetime:
    """By when a question is answered: within three days, and before it goes live if that is sooner."""
    soon = now + ANSWER_WITHIN
    return min(soon, live_at) if live_at > now else soon
