"""The demo desk is loaded once at its full size; every test asks the database."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ombud.demo.loader import DemoSummary, DeskNotEmpty, ensure_demo, load_demo
from ombud.shared.database import Database
from ombud.shared.files import FileStore
from ombud.shared.migrations import apply_migrations
from ombud.shared.postgres import temporary_server

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


class Loaded:
    """A loaded desk: its summary, and a way to ask it."""

    def __init__(self, url: str, files: Path) -> None:
        self.url = url
        self.files = files
        self.summary = asyncio.run(self.load())
        self._connection = psycopg.connect(url, autocommit=True)

    async def load(self) -> DemoSummary:
        database = Database(self.url)
        await database.open()
        try:
            async with database.transaction() as tx:
                return await load_demo(tx, now=NOW, seed=1, keep_file=FileStore(self.files).put)
        finally:
            await database.close()

    def ask(self, sql: str, **params: Any) -> Any:
        found = self._connection.execute(sql.encode(), {"now": NOW, **params}).fetchone()
        return found[0] if found else None


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    with temporary_server(durable=False) as server:
        url = server.url_of("postgres")
        apply_migrations(url)
        desk = Loaded(url, tmp_path_factory.mktemp("files"))
        print(f"\ndemo desk: {desk.summary}")
        yield desk


def test_load_demo_fills_the_promised_numbers(loaded: Loaded) -> None:
    assert loaded.ask("select count(*) from ticket") == loaded.summary.tickets == 20_000
    assert loaded.ask("select count(*) from customer") == 2_000
    assert loaded.ask("select count(*) from person") == 30
    assert loaded.ask("select count(*) from team") == 6
    assert 100_000 < loaded.ask("select count(*) from entry") == loaded.summary.entries
    assert 450 < loaded.ask("select count(*) from ticket where is_open") == loaded.summary.open_tickets < 800


def test_load_demo_refuses_when_the_desk_is_not_empty(loaded: Loaded) -> None:
    with pytest.raises(DeskNotEmpty):
        asyncio.run(loaded.load())


def test_ensure_demo_leaves_a_loaded_desk_alone(loaded: Loaded) -> None:
    async def ensure() -> DemoSummary | None:
        database = Database(loaded.url)
        await database.open()
        try:
            async with database.transaction() as tx:
                return await ensure_demo(tx, now=NOW)
        finally:
            await database.close()

    assert asyncio.run(ensure()) is None


def test_load_demo_spreads_tickets_over_ninety_days(loaded: Loaded) -> None:
    days = "select count(distinct (created_at at time zone 'Asia/Shanghai')::date) from ticket"
    assert loaded.ask(days) in (90, 91)
    assert not loaded.ask("select count(*) from entry where at > %(now)s")


def test_load_demo_speaks_both_languages(loaded: Loaded) -> None:
    chinese = loaded.ask("""
        select avg((c.locale = 'zh-CN')::int)::float from ticket t join customer c on c.id = t.customer_id""")
    assert 0.6 < chinese < 0.7


def test_load_demo_uses_every_channel_kind_and_category(loaded: Loaded) -> None:
    assert (
        loaded.ask("""
        select count(distinct h.kind) from ticket t join channel h on h.id = t.channel_id""")
        == 4
    )
    assert loaded.ask("select count(distinct category) from ticket") == 6


# What the verbs copy onto a ticket's row, recounted: each statement counts the rows that are wrong.
WRONG = {
    "message counters": """
        select count(*) from ticket t left join lateral (
            select count(*) as n, max(id) as newest from public_entry e where e.ticket_id = t.id) m on true
        where t.message_count <> m.n or t.last_message_id is distinct from m.newest""",
    "previews": """
        select count(*) from ticket t join entry e on e.id = t.last_message_id
        where t.preview_by <> case e.direction when 'in' then 'customer' else 'person' end
            or left(t.preview, 20) <> left(btrim(regexp_replace(e.text, '\\s+', ' ', 'g')), 20)""",
    "holders": """
        select count(*) from ticket t left join lateral (
            select e.details from entry e where e.ticket_id = t.id
                and e.details ->> 'field' = any('{assignee,team}') order by e.id desc limit 1) c on true
        where t.assignee_id is distinct from case c.details ->> 'field'
            when 'assignee' then (c.details ->> 'to_value')::bigint end""",
    "statuses": """
        select count(*) from ticket t join status s on s.id = t.status_id where s.category <> t.category""",
    "solved without its moment": """
        select count(*) from ticket where (category in ('solved', 'closed')) <> (solved_at is not null)
            or (category = 'closed') <> (closed_at is not null)""",
    "teams": """
        select count(*) from ticket t join lateral (
            select (e.details ->> 'to_value')::bigint as team from entry e
            where e.ticket_id = t.id and e.details ->> 'field' = 'team' order by e.id desc limit 1) c on true
        where c.team <> t.team_id""",
    "priorities": """
        select count(*) from ticket t join lateral (
            select (e.details ->> 'to_value')::int as priority from entry e
            where e.ticket_id = t.id and e.details ->> 'field' = 'priority' order by e.id desc limit 1) c on true
        where c.priority <> t.priority""",
    "waiting since": """
        select count(*) from ticket t where t.category in ('new', 'open') and t.waiting_since is distinct from (
            select min(e.at) from public_entry e where e.ticket_id = t.id and e.direction = 'in'
                and e.id > coalesce((select max(o.id) from public_entry o
                                     where o.ticket_id = t.id and o.direction = 'out'), 0))""",
    "creation": """
        select count(*) from ticket t where t.created_at <> (select min(at) from entry e where e.ticket_id = t.id)""",
    "times that run backwards": """
        select count(*) from (select at < lag(at) over (partition by ticket_id order by id) as back from entry) e
        where back""",
    "words": """
        select count(*) from ticket t left join ticket_words w on w.ticket_id = t.id
        where w.ticket_id is null""",
    "notes that customers could read": """
        select count(*) from public_entry p join entry e using (id) where e.kind <> 'message'""",
    "answers without an outbox row": """
        select count(*) from entry e left join outbox o on o.entry_id = e.id
        where e.direction = 'out' and o.id is null""",
    "outbox rows still to be sent": "select count(*) from outbox where state not in ('sent', 'delivered', 'failed')",
    "mails without their id": """
        select count(*) from entry e join channel h on h.id = e.channel_id
        where h.kind = 'email' and not exists (select from mail_reference m where m.entry_id = e.id)""",
    "conversations that do not lead to the newest ticket": """
        select count(*) from conversation c join ticket t on t.id = c.ticket_id
        where exists (select from ticket n where n.customer_id = t.customer_id and n.channel_id = c.channel_id
                      and n.id > t.id)
            -- who was merged talks from several places
            and not exists (select from customer_merge m where m.survivor_id = t.customer_id)""",
    "events out of step": """
        select count(*) from (select seq, row_number() over (order by seq) as place, at,
                                     lag(at) over (order by seq) as before from event) e
        where seq <> place or at < before""",
    "entries without an event": """
        select count(*) from entry e where e.kind <> 'change'
            and not exists (select from event v
                where v.ticket_id = e.ticket_id and (v.data ->> 'entry_id')::bigint = e.id)""",
    "names left open": "select count(*) from entry where text ~ '[{}<>¦]|~ ' and text !~ 'http' and kind = 'message'",
    "open tickets of people who left": """
        select count(*) from ticket t join person p on p.id = t.assignee_id
        where t.is_open and p.deactivated_at is not null""",
    "open tickets of people outside the team": """
        select count(*) from ticket t where t.is_open and t.assignee_id is not null
            and not exists (select from membership m where m.person_id = t.assignee_id and m.team_id = t.team_id)""",
    "people beyond their capacity": """
        select count(*) from (
            select p.id from person p join ticket t on t.assignee_id = p.id and t.category in ('new', 'open')
                and t.snoozed_until is null
            group by p.id having sum(t.load_points) > p.capacity_points) full_people""",
}


@pytest.mark.parametrize("what", WRONG)
def test_load_demo_leaves_no_row_wrong(loaded: Loaded, what: str) -> None:
    assert loaded.ask(WRONG[what].replace("%", "%%")) == 0


def test_load_demo_leaves_a_dozen_tickets_to_you(loaded: Loaded) -> None:
    you = loaded.summary.administrator_id
    mine = loaded.ask("select count(*) from ticket where assignee_id = %(you)s and is_open", you=you)
    assert 10 <= mine <= 14
    unread = "select count(*) from notification where person_id = %(you)s and read_at is null"
    assert loaded.ask(unread, you=you) > 3
    assert loaded.ask("select count(*) from mention where person_id = %(you)s", you=you) == 9
    assert loaded.ask("select count(*) from membership where person_id = %(you)s", you=you) == 2


def test_load_demo_leaves_work_in_the_queues(loaded: Loaded) -> None:
    assert loaded.ask("select count(*) from ticket where is_open and assignee_id is null") > 15
    assert loaded.ask("select count(*) from ticket where snoozed_until > %(now)s") > 10
    assert loaded.ask("select count(*) from outbox where state = 'failed'") > 0


def test_load_demo_shows_the_cluster_of_manuals(loaded: Loaded) -> None:
    batch = loaded.ask("select count(*) from ticket where 'M-0915' = any(tags)")
    assert batch > 60
    assert not loaded.ask("""
        select count(*) from ticket where 'M-0915' = any(tags) and created_at < %(now)s - interval '10 days'""")
    region = """
        select avg((e.text ~ '苏州|无锡|常州|南通|Suzhou|Wuxi|Changzhou|Nantong|R3')::int)::float
        from (select string_agg(e.text, ' ') as text from entry e join ticket t on t.id = e.ticket_id
              where 'M-0915' = any(t.tags) group by t.id) e"""
    assert loaded.ask(region) > 0.8


def test_load_demo_moves_the_sequences_behind_its_rows(loaded: Loaded) -> None:
    for table in ("customer", "ticket", "entry", "outbox", "notification", "file", "attachment", "person", "channel"):
        following = f"select nextval(pg_get_serial_sequence('{table}', 'id')) > (select max(id) from {table})"
        assert loaded.ask(following), table
    assert loaded.ask("select seq from event_head") == loaded.ask("select max(seq) from event")


def test_load_demo_keeps_every_attached_file(loaded: Loaded) -> None:
    assert loaded.ask("select count(*) from attachment") > 1_000
    tokens = loaded.ask("select array_agg(token) from file")
    assert 8 <= len(tokens) <= 12
    kept = {path.name for path in loaded.files.rglob("*") if path.is_file()}
    assert set(tokens) <= kept


def test_load_demo_leaves_indexes_as_the_migrations_made_them(loaded: Loaded) -> None:
    assert loaded.ask("select count(*) from pg_indexes where tablename = 'ticket'") >= 8
    assert loaded.ask("select count(*) from pg_indexes where tablename = 'entry'") >= 4


def test_load_demo_puts_no_customer_text_into_the_log(loaded: Loaded) -> None:
    assert loaded.ask("select max(length(data::text)) from event") < 200


def test_load_demo_shows_followers_checklists_and_time(loaded: Loaded) -> None:
    assert loaded.ask("select count(*) from checklist_template") == 4
    mine = "select count(*) from follower f join ticket t on t.id = f.ticket_id where f.person_id = 1 and t.is_open"
    assert loaded.ask(mine) > 50
    assert (
        loaded.ask(
            "select count(*) from follower f join ticket t on t.id = f.ticket_id where t.assignee_id = f.person_id"
        )
        == 0
    )
    assert loaded.ask("select count(distinct ticket_id) from checklist_item") > 100
    assert loaded.ask("select count(*) from checklist_item where done_at is not null") > 50
    assert loaded.ask("select count(*) from checklist_item where done_at < created_at or done_at > %(now)s") == 0
    assert loaded.ask("select count(*) from time_spent where at > %(now)s") == 0


def test_load_demo_gives_open_tickets_their_clocks(loaded: Loaded) -> None:
    is_open = "select count(*) from ticket where is_open"
    with_clock = f"{is_open} and exists (select from clock where ticket_id = ticket.id and state <> 'ended')"
    assert loaded.ask(with_clock) > 0.5 * loaded.ask(is_open)
    late = loaded.ask(f"{is_open} and due_at <= %(now)s") / loaded.ask(is_open)
    assert 0.05 < late < 0.45
    metrics = loaded.ask("select count(distinct metric) from clock")
    assert metrics >= 4
    assert loaded.ask("select count(*) from clock where outcome = 'met'") > 100


def test_load_demo_leaves_nothing_due_in_the_past(loaded: Loaded) -> None:
    assert loaded.ask("select count(*) from clock where next_at <= %(now)s") == 0
    assert loaded.ask("select count(*) from event_new where kind like 'clock%%'") == 0
