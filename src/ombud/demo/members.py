"""Custom fields of the demo's customers and firms, how people like to be contacted, and who changed what of them."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from psycopg.types.json import Jsonb

from ombud.customers.services.making import rewrite_customer_words
from ombud.demo.cast import Buyer
from ombud.demo.copying import copy_rows
from ombud.demo.forms import Named, choice_of, write_field
from ombud.demo.ground import Ground
from ombud.demo.hours import DAY, moment
from ombud.fields.schemas import FieldOptions
from ombud.shared.database import Transaction

HOMES: tuple[Named, ...] = (("flat", "Flat", "公寓"), ("house", "House", "独栋住宅"), ("shop", "Shop", "商铺"))
PLACES: tuple[Named, ...] = (
    ("east", "East", "华东"),
    ("east/shanghai", "Shanghai", "上海"),
    ("east/hangzhou", "Hangzhou", "杭州"),
    ("south", "South", "华南"),
    ("south/guangzhou", "Guangzhou", "广州"),
    ("abroad", "Abroad", "海外"),
)
LIKES: tuple[Named, ...] = (
    ("kitchen", "Kitchen", "厨房电器"),
    ("laundry", "Laundry", "洗护电器"),
    ("air", "Air and water", "空气与净水"),
)
SECTORS: tuple[Named, ...] = (
    ("hotel", "Hotel", "酒店"),
    ("school", "School", "学校"),
    ("care", "Care", "养老"),
    ("property", "Property", "物业"),
)
# key, kind, English name, Chinese name, choices, what else the definition says
OF_CUSTOMERS: tuple[tuple[str, str, str, str, tuple[Named, ...], dict[str, Any]], ...] = (
    ("member_no", "text", "Member number", "会员号", (), {"max_length": 20}),
    ("member_since", "date", "Member since", "入会日期", (), {}),
    ("home", "choice", "Home", "住宅类型", HOMES, {}),
    ("service_place", "tree", "Service area", "服务区域", PLACES, {}),
    ("interests", "multi_choice", "Interested in", "感兴趣的品类", LIKES, {}),
    ("household", "number", "People at home", "家庭人数", (), {"minimum": 1, "maximum": 20, "decimals": 0}),
    ("store_credit", "money", "Store credit", "储值余额", (), {"minimum": 0, "currency": "CNY"}),
    ("referred_by", "customer", "Referred by", "推荐人", (), {}),
    ("home_address", "text", "Home address", "家庭住址", (), {"max_length": 200}),
    ("contract", "file", "Maintenance contract", "保养合同", (), {}),
    ("has_app", "yes_no", "Uses our app", "是否使用 App", (), {}),
    ("story", "long_text", "Background", "背景说明", (), {}),
)
OF_ORGANISATIONS: tuple[tuple[str, str, str, str, tuple[Named, ...], dict[str, Any]], ...] = (
    ("sector", "choice", "Sector", "行业", SECTORS, {}),
    ("rooms", "number", "Rooms", "房间数", (), {"minimum": 1, "decimals": 0}),
    ("contract_until", "date", "Contract until", "合同到期", (), {}),
    ("yearly_volume", "money", "Yearly volume", "年采购额", (), {"minimum": 0, "currency": "CNY"}),
    ("pays_by_invoice", "yes_no", "Pays by invoice", "是否月结", (), {}),
    ("buyer", "customer", "Who buys", "采购联系人", (), {}),
    ("frame_contract", "file", "Frame contract", "框架合同", (), {}),
)
REMARKS = {"zh": "请先发短信再打电话。", "en": "Text first, then ring."}
MEMBERS = 900
HISTORIES = 300


async def write_members(tx: Transaction, ground: Ground, buyers: list[Buyer], *, seed: int, now: float) -> None:
    """Write fields, preferences and histories, from a source of chance of their own."""
    rng = random.Random(seed + 2)
    since = moment(now - 120 * DAY)
    for subject, fields in (("customer", OF_CUSTOMERS), ("organisation", OF_ORGANISATIONS)):
        for place, (key, kind, en, zh, choices, more) in enumerate(fields, 1):
            options = msgspec.convert({**more, "choices": [choice_of(*one) for one in choices]}, FieldOptions)
            await write_field(tx, subject, (key, kind, en, zh), options, place * 10, since)
    members = rng.sample(buyers, MEMBERS)
    values = {ground.buyers[one.number]: _values(one, ground, rng) for one in members}
    sql = """
        update customer c set fields = n.fields::jsonb
        from unnest(%(ids)s::bigint[], %(values)s::text[]) as n (id, fields) where c.id = n.id"""
    encoded = [msgspec.json.encode(one).decode() for one in values.values()]
    await tx.execute(sql, {"ids": list(values), "values": encoded})
    await rewrite_customer_words(tx, values)
    await _prefer(tx, ground, members, rng)
    await _remember(tx, ground, values, rng, now)
    await _describe_firms(tx, ground, rng, now)


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _values(buyer: Buyer, ground: Ground, rng: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {
        "member_no": f"LJ-{buyer.number + 10_000}",
        "member_since": _day(buyer.since),
        "home": rng.choice(HOMES)[0],
        "service_place": "abroad" if buyer.language == "en" else rng.choice(PLACES[1:5])[0],
        "household": rng.randrange(1, 7),
        "has_app": rng.random() < 0.6,  # noqa: PLR2004
    }
    if rng.random() < 0.4:  # noqa: PLR2004
        found["interests"] = sorted({rng.choice(LIKES)[0], rng.choice(LIKES)[0]})
        found["store_credit"] = {"amount_cents": rng.randrange(1, 300) * 1_000, "currency": "CNY"}
        found["home_address"] = f"{buyer.city[0]} {buyer.street} {rng.randrange(1, 200)}"
    if rng.random() < 0.1:  # noqa: PLR2004
        found["referred_by"] = rng.choice(ground.buyers)
    return found


async def _prefer(tx: Transaction, ground: Ground, members: list[Buyer], rng: random.Random) -> None:
    """Some want to be left alone at night, or to be reached by one channel."""
    chosen = {ground.buyers[one.number]: _preferences(one, rng) for one in members[: MEMBERS // 3]}
    sql = """
        update customer c set preferences = n.preferences::jsonb,
            time_zone = coalesce(nullif(c.time_zone, ''), 'Asia/Shanghai')
        from unnest(%(ids)s::bigint[], %(values)s::text[]) as n (id, preferences) where c.id = n.id"""
    values = [msgspec.json.encode(one).decode() for one in chosen.values()]
    await tx.execute(sql, {"ids": list(chosen), "values": values})


def _preferences(buyer: Buyer, rng: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {"channel": rng.choice(("email", "phone", "chat"))}
    if rng.random() < 0.5:  # noqa: PLR2004
        found["quiet_hours"] = rng.choice(({"start": 1_320, "end": 480}, {"start": 720, "end": 840}))
    if rng.random() < 0.3:  # noqa: PLR2004
        found["remark"] = REMARKS[buyer.language]
    return found


async def _remember(
    tx: Transaction, ground: Ground, values: dict[int, dict[str, Any]], rng: random.Random, now: float
) -> None:
    rows = []
    for customer, known in rng.sample(sorted(values.items()), HISTORIES):
        by = rng.choice(ground.people[1:])
        at = moment(now - DAY * (2 + 80 * rng.random()))
        steps: list[tuple[str, Any, Any]] = [
            ("fields.household", max(1, known["household"] - 1), known["household"]),
            ("fields.home", rng.choice(HOMES)[0], known["home"]),
        ]
        for place, (field, old, new) in enumerate(one for one in steps if one[1] != one[2]):
            moved = at + timedelta(minutes=place)
            rows.append((customer, field, Jsonb(old), Jsonb(new), "person", by, moved))
    sql = """
        insert into record_change (customer_id, field, from_value, to_value, by_kind, by_id, at)
        select * from unnest(%(a)s::bigint[], %(b)s::text[], %(c)s::jsonb[], %(d)s::jsonb[], %(e)s::text[],
            %(f)s::bigint[], %(g)s::timestamptz[]) order by 7"""
    await tx.execute(sql, dict(zip("abcdefg", map(list, zip(*rows, strict=True)), strict=True)))


async def _describe_firms(tx: Transaction, ground: Ground, rng: random.Random, now: float) -> None:
    sectors = ("hotel", "property", "school", "care", "property", "property", "hotel", "property", "school", "property")
    rows = []
    for number, sector in enumerate(sectors, 1):
        rooms = rng.randrange(12, 400)
        found = {
            "sector": sector,
            "rooms": rooms,
            "contract_until": _day(now + DAY * rng.randrange(-30, 500)),
            "yearly_volume": {"amount_cents": rng.randrange(5, 90) * 1_000_000, "currency": "CNY"},
            "pays_by_invoice": rng.random() < 0.7,  # noqa: PLR2004
        }
        await tx.execute(
            "update organisation set fields = %(fields)s where id = %(id)s", {"fields": Jsonb(found), "id": number}
        )
        by, at = rng.choice(ground.people[1:]), moment(now - DAY * rng.randrange(3, 60))
        rows.append((number, "fields.rooms", str(rooms - 4), str(rooms), "person", by, at))
    columns = "organisation_id field from_value to_value by_kind by_id at"
    await copy_rows(tx, "record_change", columns, rows)
