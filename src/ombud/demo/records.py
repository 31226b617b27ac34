"""Numbers all lines in the order of their time and copies the history into its tables."""

import random
from collections.abc import Awaitable, Callable, Iterator

import msgspec
from msgspec import Struct
from psycopg import sql

from ombud.demo.copying import Value, array, copy_rows, indexes_made_last
from ombud.demo.desk import YOU
from ombud.demo.ground import Ground
from ombud.demo.hours import DAY, HOUR, moment
from ombud.demo.ledger import CATEGORIES, Details, Fact, Line, Page
from ombud.demo.letters import format_plans
from ombud.demo.pictures import draw_files
from ombud.demo.together import OpenTicket, write_together
from ombud.shared.database import Transaction, values
from ombud.shared.files import StoredFile
from ombud.tickets.rules import load_points, preview_of
from ombud.tickets.search.index import SEARCHED_KINDS, VERSION, entry_vector, index_attachments, ticket_vector

Row = tuple[Value, ...]
ANALYZED = (
    "ticket_facet",
    "customer",
    "identity",
    "ticket",
    "ticket_words",
    "entry",
    "entry_words",
    "outbox",
    "event",
    "conversation",
)
BIG = ("ticket", "ticket_facet", "ticket_words", "entry", "entry_words", "outbox", "mail_reference")
TAG_PLACES = """
    insert into tag_place (name, team_id, brand_id)
    select distinct tag, t.team_id, t.brand_id from ticket t cross join lateral unnest(t.tags) as tag"""
NUMBERED = ("ticket", "entry", "outbox", "file", "notification")


class Records(Struct, frozen=True):
    """How many rows were written."""

    entries: int
    messages: int
    events: int


async def write_records(
    tx: Transaction,
    ground: Ground,
    pages: list[Page],
    rng: random.Random,
    *,
    now: float,
    keep_file: Callable[[bytes], Awaitable[StoredFile]] | None,
) -> Records:
    """Write every row of the history; sequences and the head of the log stand behind the last of them."""
    facts = sorted((line for page in pages for line in page.lines), key=lambda line: line.at)
    lines = [line for line in facts if line.kind != "close"]
    for number, line in enumerate(lines, 1):
        line.id = number
    by_number = {page.number: page for page in pages}
    scribe = Scribe(ground, rng, now)
    async with indexes_made_last(tx, BIG):
        await copy_rows(tx, "ticket", TICKET, (scribe.ticket(page) for page in pages))
        facets = (row for page in pages if (row := scribe.facets(page)))
        await copy_rows(tx, "ticket_facet", "ticket_id facets", facets)
        await copy_rows(tx, "ticket_words", "ticket_id words", (scribe.words(page) for page in pages))
        await copy_rows(tx, "entry", ENTRY, (scribe.entry(line) for line in lines))
        await copy_rows(
            tx, "entry_words", WORDS, (row for line in lines for row in scribe.entry_words(line, by_number))
        )
        await copy_rows(tx, "outbox", OUTBOX, (row for line in lines for row in scribe.outbox(line, by_number)))
        mails = ((line.message_id, line.id, line.ticket) for line in lines if line.message_id)
        await copy_rows(tx, "mail_reference", "message_id entry_id ticket_id", mails)
    await copy_rows(tx, "conversation", "channel_id key ticket_id", _conversations(ground, pages))
    await copy_rows(tx, "ticket_conversation", "channel_id key ticket_id", _talks(pages))
    await copy_rows(tx, "ticket_link", "ticket_id other_id kind created_at", _links(pages, rng))
    await copy_rows(tx, "tag", "name created_at", _tags(pages))
    await tx.execute(TAG_PLACES)
    events = list(scribe.events(facts, by_number))
    await copy_rows(tx, "event", EVENT, events)
    await _write_personal(tx, ground, pages, now)
    await format_plans(tx)
    await write_together(tx, ground, _open_tickets(pages), YOU)
    if keep_file is not None:
        await _write_files(tx, lines, keep_file, now)
    await _advance(tx, len(events))
    for table in ANALYZED:
        await tx.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))
    return Records(len(lines), sum(line.kind == "message" for line in lines), len(events))


TICKET = (
    "id subject status_id category priority team_id assignee_id customer_id channel_id brand_id tags "
    "snoozed_until type_id fields load_points created_at activity_at waiting_since solved_at closed_at preview "
    "preview_by last_message_id message_count version"
)
ENTRY = "id ticket_id kind direction author_kind author_id channel_id at text quoted details client_key"
WORDS = "entry_id ticket_id is_internal at words"
OUTBOX = (
    "channel_id ticket_id entry_id state not_before attempts problem envelope sent_at delivered_at read_at created_at"
)
EVENT = "seq kind ticket_id team_id actor_kind actor_id at data logged_at"


class Scribe:
    """Builds the rows."""

    def __init__(self, ground: Ground, rng: random.Random, now: float) -> None:
        self._ground, self._rng, self._now = ground, rng, now
        self._encode = msgspec.json.Encoder().encode

    def ticket(self, page: Page) -> Row:
        """A ticket's row, its counters and copies recounted from its lines."""
        case, story = page.case, page.case.story
        messages = [line for line in page.lines if line.kind == "message"]
        last = messages[-1]
        category = CATEGORIES[case.status]
        return (
            page.number,
            story.subject,
            self._ground.statuses[case.status],
            category,
            case.priority,
            self._ground.teams[case.team],
            self._ground.people[case.assignee] if case.assignee >= 0 else None,
            self._ground.buyers[story.buyer.number],
            messages[0].channel,
            self._ground.brands[self._ground.brand_of(story)],
            array(case.tags),
            moment(case.snoozed_until) if case.snoozed_until else None,
            *self._form_of(page),
            load_points(story.channel),
            moment(page.lines[0].at),
            moment(_activity(page)),
            _waiting_since(messages) if category in {"new", "open", "on_hold"} else None,
            moment(case.solved_at) if case.solved_at else None,
            moment(case.closed_at) if case.closed_at else None,
            preview_of(last.beat.text),
            "customer" if last.direction == "in" else "person",
            last.id,
            len(messages),
            len(page.lines),
        )

    def _form_of(self, page: Page) -> tuple[Value, Value]:
        customer = self._ground.buyers[page.case.story.buyer.number]
        page.type_id, page.fields = self._ground.forms.values_of(page.case, customer, self._rng)
        return page.type_id, self._encode(page.fields).decode()

    def facets(self, page: Page) -> Row | None:
        """What lists find the ticket by; None for nothing."""
        found = self._ground.forms.facets(page.case.tags, page.type_id, page.fields)
        return (page.number, array(found)) if found else None

    def words(self, page: Page) -> Row:
        """The search words of a ticket."""
        buyer = page.case.story.buyer
        team = self._ground.teams[page.case.team]
        who = f"{buyer.name} {buyer.email} {buyer.phone}"
        return (page.number, ticket_vector(page.number, team, page.case.story.subject, who))

    def entry_words(self, line: Line, pages: dict[int, Page]) -> list[Row]:
        """The search words of a message or a note."""
        if line.kind not in SEARCHED_KINDS or not line.beat.text:
            return []
        team = self._ground.teams[pages[line.ticket].case.team]
        vector = entry_vector(line.id, team, line.beat.text)
        return [(line.id, line.ticket, line.kind != "message", line.stamp, vector)]

    def entry(self, line: Line) -> Row:
        """An entry's row."""
        if line.beat.field == "mention":
            line.details["mentions"] = [self._ground.people[YOU]]
        return (
            line.id,
            line.ticket,
            line.kind,
            line.direction,
            *line.author,
            line.channel,
            line.stamp,
            line.beat.text,
            line.quoted,
            self._json(line.details),
            f"demo-{line.id:08x}" if line.direction else None,
        )

    def outbox(self, line: Line, pages: dict[int, Page]) -> list[Row]:
        """The outbox row of an answer: sent by mail, delivered and mostly read elsewhere."""
        if line.direction != "out":
            return []
        page = pages[line.ticket]
        is_mail = bool(line.message_id)
        has_failed = page.case.has_failed and line is [one for one in page.lines if one.kind == "message"][-1]
        sent_at = line.at + (12 if is_mail else 0.2)
        is_read = not is_mail and self._rng.random() < 0.9  # noqa: PLR2004
        envelope: Details = {"conversation": f"visitor:{page.case.story.buyer.visitor}"}
        if is_mail:
            envelope = {"to": line.details["to"], "subject": line.details["subject"], "message_id": line.message_id}
        return [
            (
                line.channel,
                line.ticket,
                line.id,
                "failed" if has_failed else "sent" if is_mail else "delivered",
                line.stamp,
                1,
                "550 5.1.1 The mailbox does not exist" if has_failed else None,
                self._json(envelope),
                None if has_failed else moment(sent_at),
                None if is_mail else moment(sent_at + 0.3),
                moment(min(self._now, sent_at + 5 + self._rng.random() * 40)) if is_read else None,
                line.stamp,
            )
        ]

    def events(self, lines: list[Line], pages: dict[int, Page]) -> Iterator[Row]:
        """The log as the verbs would have left it, numbered."""
        seq = 0
        teams: dict[int, int] = {}
        for line in lines:
            page = pages[line.ticket]
            team = teams.get(line.ticket) or self._ground.teams[page.case.first_team]
            if line.beat.field == "team" and line.kind == "change":
                team = self._ground.teams[line.beat.value]
            is_new = line.ticket not in teams
            teams[line.ticket] = team
            for kind, data in self._facts(line, page, is_new=is_new):
                seq += 1
                yield (seq, kind, line.ticket, team, *line.author, line.stamp, self._json(data), line.stamp)

    def _facts(self, line: Line, page: Page, *, is_new: bool) -> list[Fact]:
        customer = self._ground.buyers[page.case.story.buyer.number]
        if line.kind == "note":
            return [("note_added", {"entry_id": line.id, "mentions": line.details.get("mentions", [])})]
        if line.direction == "out":
            return [("reply_sent", {"entry_id": line.id})]
        if line.direction is None:
            return [(kind, self._with_entry(kind, data, line)) for kind, data in line.facts]
        place: Details = {"customer_id": customer, "channel_id": line.channel}
        received: Fact = ("message_received", {"entry_id": line.id, **place, "is_automatic": False})
        return [("ticket_opened", {**place, "follow_up_of": None}), received] if is_new else [received]

    @staticmethod
    def _with_entry(kind: str, data: Details, line: Line) -> Details:
        if kind == "ticket_changed":
            return {"entry_ids": [line.id] if line.id else [], **data}
        return data if kind == "ticket_solved" else {"entry_id": line.id, **data}

    def _json(self, data: dict[str, object]) -> str:
        return self._encode(data).decode() if data else "{}"


def _activity(page: Page) -> float:
    return max(line.at for line in page.lines if line.kind == "message" or line.author[0] == "person")


def _waiting_since(messages: list[Line]) -> Value:
    since: float | None = None
    for line in messages:
        if line.direction == "out":
            since = None
        elif since is None:
            since = line.at
    return moment(since) if since else None


def _conversations(ground: Ground, pages: list[Page]) -> list[Row]:
    present: dict[tuple[int, str], int] = {}
    for page in pages:
        story = page.case.story
        if story.channel == "chat":
            present[page.lines[0].channel or 0, f"visitor:{story.buyer.visitor}"] = page.number
        elif story.channel == "api":
            present[page.lines[0].channel or 0, f"customer:shop-{ground.buyers[story.buyer.number]}"] = page.number
    return [(channel, key, ticket) for (channel, key), ticket in present.items()]


def _talks(pages: list[Page]) -> list[Row]:
    """Whose talk each chat's ticket is."""
    return [
        (page.lines[0].channel or 0, f"visitor:{page.case.story.buyer.visitor}", page.number)
        for page in pages
        if page.case.story.channel == "chat"
    ]


def _links(pages: list[Page], rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    before: dict[tuple[int, str, str], Page] = {}
    for page in pages:
        story = page.case.story
        key = (story.buyer.number, story.purchase.order, story.scene)
        earlier = before.get(key)
        is_after = earlier is not None and (earlier.case.closed_at or story.opened) < story.opened
        if earlier is not None and is_after and rng.random() < 0.5:  # noqa: PLR2004
            rows.append((page.number, earlier.number, "follow_up_of", moment(story.opened)))
        before[key] = page
    return rows


def _tags(pages: list[Page]) -> list[Row]:
    first: dict[str, Row] = {}
    for page in pages:
        for tag in page.case.tags:
            first.setdefault(tag, (tag, moment(page.lines[0].at)))
    return list(first.values())


def _open_tickets(pages: list[Page]) -> list[OpenTicket]:
    return [
        OpenTicket(page.number, page.case.story.language, page.case.assignee, page.lines[0].at, page.lines[-1].at)
        for page in pages
        if page.case.is_open
    ]


async def _write_personal(tx: Transaction, ground: Ground, pages: list[Page], now: float) -> None:
    you = ground.people[YOU]
    mentions: list[Row] = []
    notices: list[tuple[float, str, int, int]] = []
    reads: list[Row] = []
    for page in pages:
        if not page.case.is_open:
            continue
        for line in page.lines:
            if line.beat.field == "mention":
                mentions.append((line.id, you, page.number, moment(line.at), None))
                notices.append((line.at, "mentioned", page.number, line.id))
        if page.case.assignee == YOU:
            notices += _notices_of_mine(page)
        if page.lines[-1].at < now - DAY:
            reads.append((you, page.number, page.lines[-1].id))
    await copy_rows(tx, "mention", "entry_id person_id ticket_id at read_at", mentions)
    columns = "person_id kind ticket_id entry_id at read_at"
    rows = [
        (you, kind, ticket, entry, moment(at), moment(at + HOUR) if at < now - 8 * HOUR else None)
        for at, kind, ticket, entry in sorted(notices)
    ]
    await copy_rows(tx, "notification", columns, rows)
    await copy_rows(tx, "ticket_read", "person_id ticket_id entry_id", reads)


def _notices_of_mine(page: Page) -> list[tuple[float, str, int, int]]:
    held_since = next(line for line in reversed(page.lines) if line.beat.field == "assignee")
    found = [(held_since.at, "assigned", page.number, held_since.id)]
    answers = [line for line in page.lines if line.at > held_since.at and line.direction == "in"]
    found += [(line.at, "customer_replied", page.number, line.id) for line in answers]
    last = [line for line in page.lines if line.kind == "message"][-1]
    if page.case.has_failed:
        found.append((last.at + 20, "delivery_failed", page.number, last.id))
    return found


async def _write_files(
    tx: Transaction, lines: list[Line], keep_file: Callable[[bytes], Awaitable[StoredFile]], now: float
) -> None:
    wanted = {line.beat.picture for line in lines if line.beat.picture}
    numbers: dict[str, int] = {}
    files: list[Row] = []
    for name, file in draw_files().items():
        if name in wanted:
            stored = await keep_file(file.data)
            numbers[name] = len(numbers) + 1
            row = (numbers[name], stored.token, file.name, file.type, stored.size, stored.sha256)
            files.append((*row, "system", None, moment(now - 91 * DAY)))
    await copy_rows(tx, "file", "id token name type size sha256 uploaded_by_kind uploaded_by_id created_at", files)
    rows = ((line.id, line.ticket, numbers[line.beat.picture]) for line in lines if line.beat.picture)
    await copy_rows(tx, "attachment", "entry_id ticket_id file_id", rows)
    await index_attachments(tx, await values(tx, int, "select id from attachment"))


async def _advance(tx: Transaction, events: int) -> None:
    for table in NUMBERED:
        await tx.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), greatest(max(id), 1)) from {table}")
    await tx.execute("update event_head set seq = %(seq)s", {"seq": events})
    await tx.execute("update search_fill set version = %(version)s, is_done = true", {"version": VERSION})
    # Readers that are at work already have nothing to do with what happened before them.
    await tx.execute("update reader set seq = %(seq)s", {"seq": events})
