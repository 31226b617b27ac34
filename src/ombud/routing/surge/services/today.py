"""Today as it went so far, as a scenario: what came in by half hours and channels, and who is there."""

from datetime import datetime, timedelta

from msgspec import Struct

from ombud.routing.simulation.files import WrongScenario
from ombud.routing.simulation.schemas import Group, Kind, Scenario, Spell, Words
from ombud.shared.database import Transaction, row, rows

HALF_HOURS = 48
# How long work takes where nobody has measured it: an assumption that the page says.
HANDLING_SECONDS = {"chat": 360.0, "email": 300.0, "form": 300.0, "api": 300.0}
PATIENCE_SECONDS = 300.0
TARGET_SECONDS = {"chat": 60.0}
OTHER_TARGET_SECONDS = 7_200.0
URGENT = 4


class _Came(Struct):
    channel: str
    is_urgent: bool
    half_hour: int
    count: int


class _People(Struct):
    online: int
    capacity: float
    reserve: int


async def scenario_of_today(tx: Transaction, *, now: datetime) -> Scenario:
    """Make a scenario of the last 24 hours: real arrivals, the people who are online now, assumed handling times.

    Raises:
        WrongScenario: nothing has come in.
    """
    since = now - timedelta(hours=24)
    sql = """
        select coalesce(ch.kind, 'api') as channel, t.priority >= %(urgent)s as is_urgent,
            floor(extract(epoch from t.created_at - %(since)s) / 1800)::int as half_hour, count(*)::int as count
        from ticket t left join channel ch on ch.id = t.channel_id
        where t.created_at > %(since)s and t.created_at < %(now)s group by 1, 2, 3"""
    came = await rows(tx, _Came, sql, {"since": since, "now": now, "urgent": URGENT})
    if not came:
        raise WrongScenario("Nothing has come in within 24 hours: there is no traffic to play.")
    people = await _people(tx, now=now)
    pairs = sorted({(one.channel, one.is_urgent) for one in came})
    return Scenario(
        name=Words("The last 24 hours", "最近 24 小时"),
        about=Words(
            "What came in, with the people who are online now; handling times are assumed.",
            "实际进线量与当前在线人数；处理时长为假设值。",
        ),
        opens="00:00",
        closes="24:00",
        profiles={_key(*pair): _profile(came, pair) for pair in pairs},
        kinds={_key(*pair): _kind(came, pair) for pair in pairs},
        groups={"online": _group(people.online, people), "reserve": _group(people.reserve, people, is_reserve=True)},
    )


async def _people(tx: Transaction, *, now: datetime) -> _People:
    sql = """
        select count(*) filter (where r.state = 'online' and r.there_until > %(now)s)::int as online,
            coalesce(avg(p.capacity_points) filter (where r.state = 'online'), 6)::float8 as capacity,
            count(*) filter (where a.is_reserve and coalesce(r.state = 'offline' or r.is_silent, true))::int as reserve
        from person p left join present r on r.person_id = p.id left join agent_routing a on a.person_id = p.id
        where p.deactivated_at is null and p.role in ('agent', 'supervisor')"""
    found = await row(tx, _People, sql, {"now": now})
    return found or _People(0, 6.0, 0)


def _key(channel: str, is_urgent: bool) -> str:  # part of a name
    return f"{channel}_urgent" if is_urgent else channel


def _profile(came: list[_Came], pair: tuple[str, bool]) -> list[float]:
    counts = {one.half_hour: one.count for one in came if (one.channel, one.is_urgent) == pair}
    return [float(counts.get(number, 0)) for number in range(HALF_HOURS)]


def _kind(came: list[_Came], pair: tuple[str, bool]) -> Kind:
    channel, is_urgent = pair
    is_chat = channel == "chat"
    return Kind(
        name=Words(f"{channel}, urgent", f"{channel}，紧急") if is_urgent else Words(channel, channel),
        channel=channel,
        per_day=sum(_profile(came, pair)),
        profile=_key(*pair),
        handling=Spell(HANDLING_SECONDS.get(channel, OTHER_TARGET_SECONDS / 24), "lognormal", 0.9),
        patience=Spell(PATIENCE_SECONDS) if is_chat else None,
        points=2 if is_chat else 1,
        target_seconds=TARGET_SECONDS.get(channel, OTHER_TARGET_SECONDS),
        severity="critical" if is_urgent else "normal",
        is_interruptible=not is_chat,
    )


def _group(count: int, people: _People, *, is_reserve: bool = False) -> Group:
    name = Words("Reserve", "后备") if is_reserve else Words("Online now", "当前在线")
    return Group(
        name=name,
        count=count,
        skills={},
        starts="00:00",
        ends="24:00",
        capacity=max(round(people.capacity), 1),
        limits={"chat": max(round(people.capacity) // 2, 1)},
        is_reserve=is_reserve,
    )
