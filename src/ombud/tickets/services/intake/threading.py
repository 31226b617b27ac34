"""Which ticket a message belongs to: found set-wise for a whole batch."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from ombud.shared.database import Transaction, draw_ids, rows
from ombud.tickets.queries.redirects import present_ids
from ombud.tickets.services.intake.plan import Incoming, KnownTicket, NewTicket, joinable
from ombud.tickets.sides.queries import mail_sides
from ombud.tickets.sides.schemas import MailSide


class Reference(Struct):
    """A mail that we know: where it stands and who wrote it."""

    message_id: str
    entry_id: int
    ticket_id: int
    kind: str
    direction: str
    author_id: int | None
    text: str
    side_id: int | None


class Pointer(Struct):
    """The present ticket of a conversation."""

    channel_id: int
    key: str
    ticket_id: int


async def find_references(tx: Transaction, batch: Sequence[Incoming]) -> dict[str, list[Reference]]:
    """Mails of ours and theirs that the batch's mails refer to, or are doubles of; by Message-ID."""
    wanted = {name for one in batch for name in (one.message.message_id, *one.message.references) if name}
    if not wanted:
        return {}
    sql = """
        select r.message_id, r.entry_id, r.ticket_id, e.kind, e.direction, e.author_id, e.side_id,
               case when e.direction = 'in' then e.text else '' end as text
        from mail_reference r join entry e on e.id = r.entry_id
        where r.message_id = any(%(wanted)s) and e.undone_at is null order by r.entry_id"""
    found: dict[str, list[Reference]] = {}
    for one in await rows(tx, Reference, sql, {"wanted": sorted(wanted)}):
        found.setdefault(one.message_id, []).append(one)
    return found


async def find_conversations(tx: Transaction, batch: Sequence[Incoming]) -> dict[tuple[int, str], int]:
    """Present tickets of the batch's conversations; merged ones have given way to the ticket that goes on."""
    wanted = sorted({(one.row.channel_id, one.message.conversation) for one in batch if one.message.conversation})
    if not wanted:
        return {}
    sql = """
        select c.channel_id, c.key, coalesce(t.merged_into_id, t.id) as ticket_id
        from unnest(%(channels)s::bigint[], %(keys)s::text[]) as w (channel_id, key)
        join conversation c on (c.channel_id, c.key) = (w.channel_id, w.key)
        join ticket t on t.id = c.ticket_id for update of c"""
    params = {"channels": [channel for channel, _ in wanted], "keys": [key for _, key in wanted]}
    return {(one.channel_id, one.key): one.ticket_id for one in await rows(tx, Pointer, sql, params)}


async def follow_redirects(tx: Transaction, batch: Sequence[Incoming], targets: dict[int, int]) -> dict[int, int]:
    """The same targets; those of mails that were merged give way to the ticket that goes on."""
    mailed = [targets[one.row.id] for one in batch if one.row.id in targets and not one.message.conversation]
    gone = await present_ids(tx, mailed) if mailed else {}
    return {inbox_id: gone.get(target, target) for inbox_id, target in targets.items()}


async def lock_tickets(tx: Transaction, ticket_ids: Sequence[int]) -> dict[int, KnownTicket]:
    """Tickets under row locks, taken in the order of their ids as everywhere."""
    if not ticket_ids:
        return {}
    sql = """
        select id, category, status_id, team_id, assignee_id, customer_id, solved_at,
            array(select s.customer_id from ticket s where s.merged_into_id = t.id) as joined_customer_ids
        from ticket t where id = any(%(ids)s) order by id for update"""
    found = await rows(tx, KnownTicket, sql, {"ids": sorted(set(ticket_ids))})
    return {one.id: one for one in found}


def drop_doubles(batch: Sequence[Incoming], references: dict[str, list[Reference]]) -> None:
    """Mark mails that we have already: our own ones come back, and one mail to two of our mailboxes.

    A Message-ID alone proves nothing, so sender and text must be the same, too.
    """
    seen: dict[tuple[str, object, str], Incoming] = {}
    for one in batch:
        name = one.message.message_id
        if not name:
            continue
        for known in references.get(name, ()):
            is_same = known.author_id == one.customer_id and known.text == one.message.text
            if known.direction == "out" or is_same:
                one.dismissed, one.duplicate_of = "duplicate", known.entry_id
        first = seen.setdefault((name, one.customer_id or one.message.sender.key, one.message.text), one)
        if first is not one:
            one.dismissed = "duplicate"


async def find_sides(
    tx: Transaction, batch: Sequence[Incoming], references: dict[str, list[Reference]]
) -> dict[int, MailSide]:
    """Side conversations of which a mail of the batch bears a trace."""
    wanted = {side_id for one in batch for side_id in _traces(one, references)}
    return await mail_sides(tx, sorted(wanted)) if wanted else {}


def _traces(one: Incoming, references: dict[str, list[Reference]]) -> list[int]:
    """The surest first: the signed address that we gave them, then what the mail answers."""
    known = (each for name in one.message.references for each in references.get(name, []))
    return [*one.message.side_ids, *(each.side_id for each in known if each.side_id is not None)]


def mark_sides(batch: Sequence[Incoming], references: dict[str, list[Reference]], sides: dict[int, MailSide]) -> None:
    """Mark the answers of third parties, also those to another such answer of this batch."""
    names: dict[str, MailSide] = {}
    for one in batch:
        if one.message.conversation:
            continue
        answers_known = _mail_target(one, references, sides) is not None
        near = next((names[name] for name in one.message.references if name in names), None)
        if one.side is None and near is not None and not answers_known and not _is_customer(one, near):
            _put_beside(one, near)
        if one.side is not None and one.message.message_id:
            names[one.message.message_id] = one.side


def _is_customer(one: Incoming, side: MailSide) -> bool:
    # Whatever its headers say: the customer's words belong to the customer's conversation, and colleagues must not
    # take them for the supplier's.
    return one.message.sender.value in side.customers


def _put_beside(one: Incoming, side: MailSide) -> None:
    one.side = side
    # A trace proves that they have had the mail, not that it was written to them.
    one.is_proven = one.message.sender.value in side.addresses


def _side_target(one: Incoming, references: dict[str, list[Reference]], sides: dict[int, MailSide]) -> int | None:
    """The ticket to which a third party answers. One trace of a side mail is enough: in doubt it stays inside."""
    found = next((sides[side_id] for side_id in _traces(one, references) if side_id in sides), None)
    if found is None or _is_customer(one, found):
        return None
    _put_beside(one, found)
    return found.ticket_id


def _mail_target(one: Incoming, references: dict[str, list[Reference]], sides: dict[int, MailSide]) -> int | None:
    """The ticket of a mail: by a signed token, else by what it answers, the nearest first."""
    side = _side_target(one, references, sides)
    if side is not None:
        return side
    if one.message.proven_ticket_ids:
        return one.message.proven_ticket_ids[0]
    for name in one.message.references:
        for known in reversed(references.get(name, [])):
            # Our own Message-IDs cannot be guessed: who refers to one has had the mail.
            is_ours = known.direction == "out" and known.kind == "message"
            one.is_proven = is_ours or one.message.sender.is_verified
            return known.ticket_id
    if one.message.hinted_ticket_ids:
        one.is_hinted, one.is_proven = True, one.message.sender.is_verified
        return one.message.hinted_ticket_ids[0]
    return None


def candidates(
    batch: Sequence[Incoming],
    references: dict[str, list[Reference]],
    sides: dict[int, MailSide],
    conversations: dict[tuple[int, str], int],
) -> dict[int, int]:
    """The ticket that each message (by inbox id) would join, where one is known."""
    found = {}
    for one in batch:
        if one.message.conversation:
            target = conversations.get((one.row.channel_id, one.message.conversation))
        else:
            target = _mail_target(one, references, sides)
        if target is not None:
            found[one.row.id] = target
    return found


async def choose_tickets(
    tx: Transaction,
    batch: Sequence[Incoming],
    targets: dict[int, int],
    known: dict[int, KnownTicket],
    *,
    now: datetime,
    reopen_days: int,
) -> list[NewTicket]:
    """Give every message its ticket, in the order of arrival; the tickets that must be opened come back."""
    opened: list[NewTicket] = []
    conversations: dict[tuple[int, str], int] = {}
    replies_to: dict[str, Incoming] = {}
    ids = iter(await draw_ids(tx, "ticket", len(batch) - len(targets) or 1) if len(targets) < len(batch) else [])
    for one in batch:
        place = (one.row.channel_id, one.message.conversation)
        target = known.get(targets.get(one.row.id, 0))
        if target is not None and one.is_hinted and not target.knows(one.customer_id):
            target = None
        if one.message.conversation and place in conversations:
            one.ticket_id = conversations[place]
        elif target is not None and (one.is_side or joinable(target, now=now, reopen_days=reopen_days)):
            one.ticket_id = target.id
        elif any(name in replies_to for name in one.message.references):
            other = next(replies_to[name] for name in one.message.references if name in replies_to)
            _join(one, other)
        elif one.is_automatic:
            one.dismissed = "automatic mail that belongs to no ticket"
            continue
        else:
            spare = next(ids, None) or (await draw_ids(tx, "ticket", 1))[0]
            # A ticket of their own reveals nobody else's: there is nothing to prove.
            one.ticket_id, one.is_proven, one.side = spare, True, None
            opened.append(NewTicket(spare, one, follow_up_of=target.id if target else None))
        conversations[place] = one.ticket_id
        if one.message.message_id:
            replies_to[one.message.message_id] = one
    return opened


def _join(one: Incoming, other: Incoming) -> None:
    """Let a mail go where the mail of this batch goes that it answers."""
    one.ticket_id, one.side = other.ticket_id, other.side
    if other.side is not None and _is_customer(one, other.side):
        one.side, one.is_proven = None, one.message.sender.is_verified
