"""What became of suggestions: adopted or ignored, counted."""

from datetime import datetime, timedelta

from ombud.assistance.copilot import queries
from ombud.assistance.copilot.events import CopilotSuggestionDecided
from ombud.assistance.copilot.schemas import CopilotFigures, SuggestionOutcomeIn
from ombud.knowledge.reports.schemas import Use
from ombud.knowledge.reports.services import note_use
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.shared.errors import Invalid
from ombud.shared.events import emit
from ombud.tickets.queries.tickets import require_visible

MOST_DAYS = 365


async def decide_suggestion(
    tx: Transaction, ticket_id: int, suggestion_id: int, data: SuggestionOutcomeIn, *, by: Actor, now: datetime
) -> None:
    """Say that a suggestion was put into the answer, or was of no use; saying it again changes nothing.

    An article that it comes from is noted as used, with the first word of it.

    Raises:
        NotFound: it was not shown to ``by`` on this ticket, or they may not see the ticket.

    Emits: CopilotSuggestionDecided
    """
    ticket_id = await require_visible(tx, ticket_id, by=by)
    kept = await queries.find_kept(tx, ticket_id, suggestion_id, by.person_id)
    # Adopted once is adopted: it may be put away afterwards.
    if kept.state in {data.state, "adopted"}:
        return
    sql = "update copilot_suggestion set state = %(state)s, decided_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"id": kept.id, "state": data.state, "now": now})
    if data.state == "adopted" and kept.article_id is not None:
        use = Use(
            article_id=kept.article_id, version_id=kept.version_id, ticket_id=ticket_id, person_id=by.person_id or None
        )
        await note_use(tx, [use], now=now)
    fact = CopilotSuggestionDecided(
        ticket_id=ticket_id,
        suggestion_id=kept.id,
        suggestion=kept.kind,
        state=data.state,
        article_id=kept.article_id,
        version_id=kept.version_id,
    )
    await emit(tx, fact, by=by, at=now)


async def figures(tx: Transaction, *, days: int, now: datetime) -> CopilotFigures:
    """How often each kind of suggestion was shown, adopted and ignored in the last days.

    Raises:
        Invalid: no days, or more than a year.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"days must be between 1 and {MOST_DAYS}.")
    return CopilotFigures(days, await queries.count_outcomes(tx, since=now - timedelta(days=days)))
