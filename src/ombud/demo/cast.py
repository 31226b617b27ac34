"""The customers: names, ways to reach them, tiers, what they bought."""

import random
from dataclasses import dataclass, field

from ombud.demo.hours import DAY
from ombud.demo.material import Material, ProductKind

CHINESE_SHARE = 0.65
# Names of tiers are the desk's own words, like those of its teams: here in both languages.
VIP, GOLD, SILVER, STANDARD = "VIP", "金卡·Gold", "银卡·Silver", ""
TIERS = ((STANDARD, 62), (SILVER, 20), (GOLD, 12), (VIP, 6))
MAIL_DOMAINS = ("example.com", "example.net", "example.org", "mail.example", "post.example")
ZONES = ("Asia/Shanghai", "Asia/Singapore", "Asia/Shanghai", "Europe/London", "Asia/Hong_Kong", "Asia/Shanghai")


@dataclass(slots=True)
class Purchase:
    """Something a customer bought; moments in seconds, price in yuan."""

    kind: ProductKind
    model: str
    order: str
    price: int
    bought_at: float
    serial: str


@dataclass(slots=True)
class Buyer:
    """A customer of the shop."""

    number: int
    name: str
    called: str
    language: str
    email: str
    phone: str
    city: tuple[str, str, str]
    street: str
    tier: str
    time_zone: str
    visitor: str
    since: float
    activity: float
    purchases: list[Purchase] = field(default_factory=list)


def draw_buyers(material: Material, rng: random.Random, *, count: int, now: float) -> list[Buyer]:
    """Draw the customers; the same seed draws the same people."""
    phones = rng.sample(range(10_000), count)
    return [_draw_buyer(material, rng, number, phones[number], now) for number in range(count)]


def draw_order(rng: random.Random, bought_at: float) -> str:
    """Draw an order number that tells the day it was made."""
    return f"LJ{int(bought_at // DAY) % 10000:04d}{rng.randrange(10**6):06d}"


def draw_purchase(rng: random.Random, kind: ProductKind, bought_at: float) -> Purchase:
    """Draw a purchase of that kind."""
    price = rng.randrange(kind.price[0] // 10, kind.price[1] // 10) * 10 + 9
    model = rng.choice(kind.models)
    return Purchase(kind, model, draw_order(rng, bought_at), price, bought_at, f"{model[:2]}{rng.randrange(10**9):09d}")


def _draw_buyer(material: Material, rng: random.Random, number: int, phone: int, now: float) -> Buyer:
    language = "zh" if rng.random() < CHINESE_SHARE else "en"
    name, called, mailbox = (_chinese_name if language == "zh" else _english_name)(material, rng)
    places = material.places
    streets = places.streets_zh if language == "zh" else places.streets_en
    buyer = Buyer(
        number=number,
        name=name,
        called=called,
        language=language,
        email=f"{mailbox}{number % 97 if rng.random() < 0.6 else ''}.{number}@{rng.choice(MAIL_DOMAINS)}",  # noqa: PLR2004
        phone=f"1380013{phone:04d}" if language == "zh" else f"+44 7700 90{phone:04d}",
        city=rng.choice(places.cities),
        street=rng.choice(streets),
        tier=rng.choices([tier for tier, _ in TIERS], [weight for _, weight in TIERS])[0],
        time_zone="Asia/Shanghai" if language == "zh" else rng.choice(ZONES),
        visitor=f"{rng.getrandbits(64):016x}",
        since=now - DAY * (91 + rng.random() * 1100),
        activity=0.15 + rng.random() ** 3 * 4,
    )
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4))):
        buyer.purchases.append(draw_purchase(rng, rng.choice(material.products), now - DAY * (95 + rng.random() * 900)))
    return buyer


def _chinese_name(material: Material, rng: random.Random) -> tuple[str, str, str]:
    names = material.names
    surname, surname_spelt = names.surnames[int(rng.random() ** 1.7 * len(names.surnames))].split()
    is_woman = rng.random() < 0.52  # noqa: PLR2004
    given, given_spelt = rng.choice(names.women if is_woman else names.men).split()
    return surname + given, surname + ("女士" if is_woman else "先生"), f"{given_spelt}.{surname_spelt.lower()}"


def _english_name(material: Material, rng: random.Random) -> tuple[str, str, str]:
    names = material.names
    is_woman = rng.random() < 0.5  # noqa: PLR2004
    first = rng.choice(names.first_women if is_woman else names.first_men)
    last = rng.choice(names.last)
    mailbox = f"{first}.{last}".lower().replace(" ", "").replace("'", "").replace("ü", "ue")
    return f"{first} {last}", f"{'Ms' if is_woman else 'Mr'} {last}", mailbox
