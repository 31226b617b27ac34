"""What a rule does on one ticket: the verbs that agents use, in a fixed order, all or none."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.automation.rules.book import ReadyRule
from ombud.automation.rules.schemas import RuleActions
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.teamwork.schemas import TaskIn
from ombud.teamwork.services.dispatching import dispatch_ticket
from ombud.teamwork.services.tasks import give_task
from ombud.tickets.queries.tickets import lock_visible_ticket
from ombud.tickets.schemas import Address, ForwardIn, LockedTicket, MacroActions, MacroChange, NoteIn
from ombud.tickets.schemas.together import ChecklistIn
from ombud.tickets.services.automatic import fill_text, send_automatic
from ombud.tickets.services.changes import add_note
from ombud.tickets.services.forwards import forward
from ombud.tickets.services.macro_use import apply_actions, apply_macro, preview_actions
from ombud.tickets.services.together.checklists import add_items, list_items
from ombud.tickets.services.together.followers import add_follower, list_followers


class Done(Struct):
    """What a rule did."""

    changes: list[MacroChange] = []
    did: list[str] = []

    @property
    def is_nothing(self) -> bool:
        """Whether everything was so already."""
        return not self.changes and not self.did


async def act(tx: Transaction, one: ReadyRule, ticket: LockedTicket, *, key: str, now: datetime) -> Done:
    """Do all that a rule says on a locked ticket. ``key`` names the occasion: the same twice writes once.

    Raises:
        OmbudError: whatever a verb refuses; the caller rolls back.

    Emits: whatever the verbs emit
    """
    actions, by = one.rule.spec.actions, one.actor
    done = Done()
    await _write(tx, ticket, actions, done, key=key, by=by, now=now)
    await _hang_on(tx, ticket.id, actions, done, by=by, now=now)
    await _call_on(tx, ticket, actions, done, by=by, now=now)
    if actions.macro_id is not None:
        applied = await apply_macro(tx, actions.macro_id, ticket.id, by=by, now=now)
        done.changes += applied.changes
        if applied.note_id is not None:
            done.did.append("noted")
    if actions.webhook_id is not None:
        done.did.append("webhook")
    plain = plain_actions(actions)
    # What came before may have changed it.
    ticket = await lock_visible_ticket(tx, ticket.id, by=by)
    done.changes += await preview_actions(tx, ticket, plain, by=by, now=now)
    await apply_actions(tx, ticket, plain, by=by, now=now)
    return done


def plain_actions(actions: RuleActions) -> MacroActions:
    """Those that a macro has, too: what changes on the ticket itself."""
    return MacroActions(**{name: getattr(actions, name) for name in MacroActions.__struct_fields__})


async def _write(
    tx: Transaction,
    ticket: LockedTicket,
    actions: RuleActions,
    done: Done,
    *,
    key: str,
    by: Actor,
    now: datetime,
) -> None:
    if actions.reply and await send_automatic(tx, ticket, actions.reply, client_key=f"{key}-reply", by=by, now=now):
        done.did.append("replied")
    note = await fill_text(tx, ticket, actions.note) if actions.note else ""
    if note:
        await add_note(tx, ticket.id, NoteIn(note, f"{key}-note"), by=by, now=now)
        done.did.append("noted")
    if actions.mail is not None:
        subject = await fill_text(tx, ticket, actions.mail.subject) or f"#{ticket.id}"
        text = await fill_text(tx, ticket, actions.mail.text)
        data = ForwardIn([Address(actions.mail.address)], subject, f"{key}-mail", text=text, with_files=False)
        await forward(tx, ticket.id, data, by=by, now=now, undo_seconds=0)
        done.did.append("mailed")


async def _call_on(
    tx: Transaction, ticket: LockedTicket, actions: RuleActions, done: Done, *, by: Actor, now: datetime
) -> None:
    """Departments; a ticket that is with one already is not dispatched to it once more."""
    if actions.task is not None:
        title, text = await fill_text(tx, ticket, actions.task.title), await fill_text(tx, ticket, actions.task.text)
        data = TaskIn(actions.task.team_id, title or f"#{ticket.id}", actions.task.span, text)
        await give_task(tx, ticket.id, data, by=by, now=now)
        done.did.append("tasked")
    if actions.dispatch is not None and actions.dispatch.team_id != ticket.team_id:
        await dispatch_ticket(tx, ticket.id, actions.dispatch, by=by, now=now)
        done.did.append("dispatched")


def will_do(actions: RuleActions) -> list[str]:
    """What a rule does beside changes and texts, in the words of ``Done.did``; for a dry run."""
    given = {
        "mailed": actions.mail,
        "followed": actions.follower_ids,
        "checklist": actions.checklist_id,
        "tasked": actions.task,
        "dispatched": actions.dispatch,
        "webhook": actions.webhook_id,
    }
    return [word for word, one in given.items() if one]


async def _hang_on(
    tx: Transaction, ticket_id: int, actions: RuleActions, done: Done, *, by: Actor, now: datetime
) -> None:
    following = {one.person_id for one in await list_followers(tx, ticket_id)} if actions.follower_ids else set()
    new = [one for one in actions.follower_ids if one not in following]
    for person_id in new:
        await add_follower(tx, ticket_id, person_id, by=by, now=now)
    if new:
        done.did.append("followed")
    if actions.checklist_id is not None:
        before = len(await list_items(tx, ticket_id))
        items: Sequence[object] = await add_items(
            tx, ticket_id, ChecklistIn(template_id=actions.checklist_id), by=by, now=now
        )
        if len(items) > before:
            done.did.append("checklist")
