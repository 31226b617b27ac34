"""What agents see of a talk with the machine."""

from ombud.assistance.answering import queries
from ombud.assistance.answering.schemas import AnswerRules, TicketTalk
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.tickets.queries.tickets import require_visible


async def show_talk(tx: Transaction, ticket_id: int, *, by: Actor) -> TicketTalk:
    """A ticket's talk with the machine: each question, what was found, how sure it was, and why a person has it.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
    """
    found = await require_visible(tx, ticket_id, by=by)
    return TicketTalk(await queries.find_talk(tx, found), await queries.list_answers(tx, found))


async def show_rules(tx: Transaction) -> AnswerRules:
    """Every place where questions could be answered by a machine."""
    return AnswerRules(await queries.list_rules(tx), await queries.list_topics(tx))
