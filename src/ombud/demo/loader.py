"""Fills an empty desk with 90 days of a shop's history, in one transaction."""

import gc
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec
from msgspec import Struct

from ombud.accounts.permissions import ROLES
from ombud.demo.answering import make_answering
from ombud.demo.asides import make_asides
from ombud.demo.cast import Buyer, draw_buyers
from ombud.demo.desk import Case, Desk
from ombud.demo.engine import make_decisions
from ombud.demo.floor import make_floor
from ombud.demo.ground import lay_ground
from ombud.demo.help_centre import make_help_centres
from ombud.demo.hours import DAY, draw_arrivals
from ombud.demo.joined import join_some
from ombud.demo.knowledge import make_knowledge
from ombud.demo.ledger import FIRST_TICKET, Page, Writer
from ombud.demo.levels import make_levels
from ombud.demo.material import Material, ScenePlay, read_material
from ombud.demo.members import write_members
from ombud.demo.notices import make_notices
from ombud.demo.personal import make_personal_data
from ombud.demo.promised import make_promises
from ombud.demo.records import Records, write_records
from ombud.demo.relations import write_relations
from ombud.demo.risky import make_risks
from ombud.demo.rules import make_rules
from ombud.demo.skills import make_skills
from ombud.demo.story import Player, Roster
from ombud.demo.surge import make_surge
from ombud.demo.waits import make_waits
from ombud.demo.work.scenes import show_work
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Conflict
from ombud.shared.files import StoredFile
from ombud.shared.sequencer import make_partitions

CUSTOMERS = 2_000
TICKETS = 20_000
DAYS = 90
CLUSTER = "manual"
CLUSTER_DAYS = 10
CLUSTER_REGION = "R3"
CLUSTER_TICKETS = 140
JUNK_SENDERS = 60
# Keeps a file's bytes; without one the demo's attachments are left out.
KeepFile = Callable[[bytes], Awaitable[StoredFile]]


class DeskNotEmpty(Conflict):
    """The desk already holds tickets or customers; the demo only fills an empty one. Use a data folder of its own."""

    code = "desk_not_empty"


class DemoSummary(Struct, frozen=True):
    """What was loaded; `administrator_id` is the person to sign in."""

    administrator_id: int
    customers: int
    tickets: int
    entries: int
    messages: int
    events: int
    open_tickets: int
    seconds: float


async def load_demo(
    tx: Transaction, *, now: datetime, seed: int = 1, keep_file: KeepFile | None = None, tickets: int = TICKETS
) -> DemoSummary:
    """Load the demo desk; the same seed and moment load the same desk.

    Raises:
        DeskNotEmpty: there are tickets, customers or more than one person already.
    """
    started = time.monotonic()
    await _require_empty(tx)
    with _without_garbage_collection():
        records = await _load(tx, now=now, seed=seed, keep_file=keep_file, tickets=tickets)
    return msgspec.structs.replace(records, seconds=round(time.monotonic() - started, 3))


async def _load(tx: Transaction, *, now: datetime, seed: int, keep_file: KeepFile | None, tickets: int) -> DemoSummary:
    await make_partitions(tx, now=_months_before(now), months=8)
    present = now.timestamp()
    material = read_material()
    rng = random.Random(seed)
    buyers = draw_buyers(material, rng, count=CUSTOMERS, now=present)
    ground = await lay_ground(tx, material, buyers, rng, now=present)
    cases = play_cases(material, buyers, rng, now=present, tickets=tickets)
    writer = Writer(ground, rng)
    pages = [writer.write(case, FIRST_TICKET + place) for place, case in enumerate(cases)]
    records = await write_records(tx, ground, pages, rng, now=present, keep_file=keep_file)
    await write_relations(tx, ground, buyers, seed=seed, now=present)
    await write_members(tx, ground, buyers, seed=seed, now=present)
    await make_levels(tx, now=now)
    await make_promises(tx, now=now)
    await make_risks(tx, now=now)
    await make_personal_data(tx, now=now)
    return _summary(ground.people[0], records, pages)


async def ensure_demo(tx: Transaction, *, now: datetime, keep_file: KeepFile | None = None) -> DemoSummary | None:
    """Load the demo desk unless this database already holds tickets, as after a restart; None if it does."""
    if await value(tx, bool, "select exists (select from ticket)"):
        return None
    loaded = await load_demo(tx, now=now, keep_file=keep_file)
    await join_some(tx, loaded.administrator_id, now=now)
    name = await value(tx, str, "select name from person where id = %(id)s", {"id": loaded.administrator_id})
    by = Actor("person", loaded.administrator_id, name or "", ROLES["administrator"], None)
    await make_rules(tx, by, now=now)
    await make_asides(tx, by, now=now)
    await make_floor(tx, by, now=now)
    await make_skills(tx, by, now=now)
    await make_waits(tx, by, now=now)
    await make_surge(tx, by, now=now)
    await make_decisions(tx, now=now)
    await make_knowledge(tx, by, now=now)
    await make_help_centres(tx, by, now=now)
    await make_answering(tx, by, now=now)
    await make_notices(tx, by, now=now)
    # The last: it numbers what happened so far, so that nobody takes it for news.
    await show_work(tx, by, now=now)
    return loaded


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    # A million living objects and no cycles: the collector would look through them again and again for nothing.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def play_cases(
    material: Material, buyers: list[Buyer], rng: random.Random, *, now: float, tickets: int = TICKETS
) -> list[Case]:
    """Play all stories in the order in which they began, and settle what became of each."""
    roster = Roster(material.staff.people, now)
    desk = Desk(material, roster, rng, now)
    plan = _plan(material, buyers, rng, now, tickets)
    cases = [desk.settle(Player(material, play, buyer, roster, rng, at).play()) for at, play, buyer in plan]
    desk.relieve(cases)
    desk.give_to_you(cases)
    return cases


Planned = tuple[float, ScenePlay, Buyer]


def _plan(material: Material, buyers: list[Buyer], rng: random.Random, now: float, tickets: int) -> list[Planned]:
    plays = [play for play in material.scenes.values() if play.scene.key != CLUSTER]
    weights = [play.scene.weight for play in plays]
    customers, junk = buyers[JUNK_SENDERS:], buyers[:JUNK_SENDERS]
    activity = [buyer.activity for buyer in customers]
    cluster = material.scenes.get(CLUSTER)
    hurt = CLUSTER_TICKETS * tickets // TICKETS if cluster else 0
    plan: list[Planned] = []
    arrivals = draw_arrivals(rng, count=tickets - hurt, since=now - DAYS * DAY, until=now)
    scenes = rng.choices(plays, weights, k=len(arrivals))
    writers = rng.choices(customers, activity, k=len(arrivals))
    for at, play, writer in zip(arrivals, scenes, writers, strict=True):
        buyer = rng.choice(junk) if play.scene.senders == "junk" else writer
        plan.append((at, play, buyer))
    if cluster:
        near = [buyer for buyer in customers if buyer.city[2] == CLUSTER_REGION]
        begins = draw_arrivals(rng, count=hurt, since=now - CLUSTER_DAYS * DAY, until=now)
        plan += [(at, cluster, rng.choice(near)) for at in begins]
    return sorted(plan, key=lambda one: one[0])


async def _require_empty(tx: Transaction) -> None:
    sql = """
        select exists (select from ticket) or exists (select from customer) or (select count(*) > 1 from person)"""
    if await value(tx, bool, sql):
        raise DeskNotEmpty(str(DeskNotEmpty.__doc__))


def _months_before(now: datetime) -> datetime:
    month = now.year * 12 + now.month - 1 - 4
    return now.replace(year=month // 12, month=month % 12 + 1, day=1)


def _summary(you: int, records: Records, pages: list[Page]) -> DemoSummary:
    return DemoSummary(
        administrator_id=you,
        customers=CUSTOMERS,
        tickets=len(pages),
        entries=records.entries,
        messages=records.messages,
        events=records.events,
        open_tickets=sum(page.case.is_open for page in pages),
        seconds=0.0,
    )
