"""The facts of one conversation: the same order, model, dates and sums whenever they are spoken of."""

import random
from datetime import UTC, datetime
from functools import cache

from ombud.demo.cast import GOLD, SILVER, STANDARD, VIP, Buyer, Purchase, draw_purchase
from ombud.demo.hours import DAY, HOUR, local_day, start_of_day
from ombud.demo.material import Colleague, Material, Scene

WEEKDAYS_ZH = "一二三四五六日"
SLOTS_ZH = ("上午9点到11点", "上午10点到12点", "下午1点到3点", "下午2点到4点", "下午4点到6点")
SLOTS_EN = ("9 to 11 am", "10 am to 12", "1 to 3 pm", "2 to 4 pm", "4 to 6 pm")
# As they are said in a sentence: Chinese, English.
TIERS_SAID = {STANDARD: ("普通", "Standard"), SILVER: ("银卡", "Silver"), GOLD: ("金卡", "Gold"), VIP: ("VIP", "VIP")}
SLOT_HOURS = (9, 10, 13, 14, 16)
RECENT_DAYS = 24


def choose_purchase(scene: Scene, buyer: Buyer, material: Material, rng: random.Random, opened: float) -> Purchase:
    """Choose what the customer writes about: something they own, or something bought in the days before."""
    kinds = [kind for kind in material.products if not scene.kinds or kind.key in scene.kinds]
    if scene.purchase == "owned":
        owned = [purchase for purchase in buyer.purchases if purchase.kind in kinds]
        if owned:
            return owned[int(rng.random() * len(owned))]
        bought_at = opened - DAY * (100 + rng.random() * 700)
    else:
        bought_at = opened - DAY * (5 + rng.random() * (RECENT_DAYS - 5))
    purchase = draw_purchase(rng, kinds[int(rng.random() * len(kinds))], bought_at)
    buyer.purchases.append(purchase)
    return purchase


class Calendar:
    """The dates of one conversation, spoken in its language."""

    def __init__(self, language: str) -> None:
        self._is_chinese = language == "zh"

    def day(self, at: float) -> str:
        """A day without its weekday."""
        return _spoken_day(local_day(at), is_chinese=self._is_chinese)[0]

    def near_day(self, at: float) -> str:
        """A day with its weekday, as one says it of days close by."""
        return _spoken_day(local_day(at), is_chinese=self._is_chinese)[1]


# A quarter has few days, and each is spoken of some thousand times.
@cache
def _spoken_day(day: int, *, is_chinese: bool) -> tuple[str, str]:
    date = datetime.fromtimestamp(day * DAY, UTC)
    if is_chinese:
        plain = f"{date.month}月{date.day}日"
        return plain, f"周{WEEKDAYS_ZH[date.weekday()]}({plain})"
    plain = f"{date.day} {date:%B}"
    return plain, f"{date:%A} {plain}"


def draw_facts(
    material: Material, buyer: Buyer, purchase: Purchase, rng: random.Random, opened: float
) -> tuple[dict[str, str], float]:
    """Draw all facts of a conversation, and the moment of the visit that may be in it."""
    slot = int(rng.random() * len(SLOT_HOURS))
    visit_at = start_of_day(opened) + DAY * (1 + int(rng.random() * 3)) + SLOT_HOURS[slot] * HOUR
    facts = _facts_of_purchase(purchase, buyer.language, rng)
    facts |= _facts_of_place(material, buyer, rng)
    facts |= _facts_of_dates(Calendar(buyer.language), purchase, rng, opened, visit_at)
    facts["slot"] = (SLOTS_ZH if buyer.language == "zh" else SLOTS_EN)[slot]
    facts["new_slot"] = (SLOTS_ZH if buyer.language == "zh" else SLOTS_EN)[(slot + 2) % len(SLOT_HOURS)]
    return facts, visit_at


def _facts_of_purchase(purchase: Purchase, language: str, rng: random.Random) -> dict[str, str]:
    kind = purchase.kind
    many = 2 + int(rng.random() * 4)
    part = kind.parts[int(rng.random() * len(kind.parts))]
    faults = kind.faults_zh if language == "zh" else kind.faults_en
    small = (29, 39, 49, 60, 80, 99, 120, 150, 180, 200)[int(rng.random() * 10)]
    lower = purchase.price - 50 - int(rng.random() * 30) * 10
    return {
        "product": kind.zh if language == "zh" else kind.en,
        "a_product": f"{'an' if kind.en[0] in 'aeo' else 'a'} {kind.en}",
        "A_product": f"{'An' if kind.en[0] in 'aeo' else 'A'} {kind.en}",
        "model": purchase.model,
        "order": purchase.order,
        "serial": purchase.serial,
        "amount": str(purchase.price),
        "lower": str(lower),
        "rest": str(purchase.price - lower),
        "small": str(small),
        "double": str(purchase.price * 2),
        "code": kind.codes[int(rng.random() * len(kind.codes))],
        "part": part[0] if language == "zh" else part[1],
        "a_part": f"{'an' if part[1][0] in 'aeio' else 'a'} {part[1]}",
        "part_price": str(part[2]),
        "fault": faults[int(rng.random() * len(faults))],
        "n": str(many),
        "nth": ("2nd", "3rd", "4th", "5th")[many - 2],
        "days": str(2 + int(rng.random() * 6)),
        "weeks": str(1 + int(rng.random() * 3)),
        "minutes": str((5, 10, 15, 20, 30, 40)[int(rng.random() * 6)]),
        "points": str(100 * (3 + int(rng.random() * 60))),
        "ref": f"{int(rng.random() * 10**8):08d}",
    }


def _facts_of_place(material: Material, buyer: Buyer, rng: random.Random) -> dict[str, str]:
    places = material.places
    is_chinese = buyer.language == "zh"
    home = 1 + int(rng.random() * 30)
    flat = (1 + int(rng.random() * 24)) * 100 + 1 + int(rng.random() * 4)
    return {
        "name": buyer.name,
        "called": buyer.called,
        "city": buyer.city[0] if is_chinese else buyer.city[1],
        "region": buyer.city[2],
        "address": f"{buyer.street}{home}栋{flat}" if is_chinese else f"{flat}, Block {home}, {buyer.street}",
        "phone": buyer.phone,
        "tail": buyer.phone[-4:],
        "email": buyer.email,
        "tier": TIERS_SAID[buyer.tier][0 if is_chinese else 1],
        "carrier": rng.choice(places.carriers_zh if is_chinese else places.carriers_en),
        "tracking": f"XF{int(rng.random() * 10**11):011d}",
        "bank": rng.choice(places.banks_zh if is_chinese else places.banks_en),
        "tech": rng.choice(places.technicians_zh if is_chinese else places.technicians_en),
        "tech2": rng.choice(places.technicians_zh if is_chinese else places.technicians_en),
        "company": f"{buyer.name[0]}氏物业" if is_chinese else f"{buyer.name.split()[-1]} Property Services",
        "tax": f"91{int(rng.random() * 10**16):016d}",
    }


def _facts_of_dates(
    calendar: Calendar, purchase: Purchase, rng: random.Random, opened: float, visit_at: float
) -> dict[str, str]:
    received = min(purchase.bought_at + DAY * (2 + int(rng.random() * 4)), opened - DAY)
    return {
        "bought_on": calendar.day(purchase.bought_at),
        "promised_on": calendar.day(opened - DAY * (1 + int(rng.random() * 3))),
        "received_on": calendar.day(received),
        "yesterday": calendar.day(opened - DAY),
        "paid_on": calendar.day(opened - DAY * (6 + int(rng.random() * 4))),
        "visit_on": calendar.near_day(visit_at),
        "missed_on": calendar.near_day(opened - DAY * (1 if rng.random() < 0.7 else 2)),  # noqa: PLR2004
        "soon": calendar.near_day(opened + DAY),
        "later": calendar.near_day(opened + DAY * (4 + int(rng.random() * 3))),
        "new_visit_on": calendar.near_day(visit_at + DAY * 2),
        "year": str(datetime.fromtimestamp(local_day(purchase.bought_at) * DAY, UTC).year),
    }


def renew_dates(facts: dict[str, str], language: str, at: float, visit_at: float) -> float:
    """Move the dates that an agent may still promise behind the moment of speaking; the next visit is the result."""
    calendar = Calendar(language)
    facts["soon"] = calendar.near_day(at + DAY)
    facts["later"] = calendar.near_day(at + DAY * 5)
    if visit_at < at + 2 * HOUR:
        visit_at += DAY * (1 + (at + 2 * HOUR - visit_at) // DAY)
        facts["visit_on"] = calendar.near_day(visit_at)
        facts["new_visit_on"] = calendar.near_day(visit_at + DAY)
    return visit_at


def speak_of_agent(facts: dict[str, str], agent: Colleague, brand: str, language: str) -> None:
    """Put the agent and the brand into the facts, as the customer gets to know them."""
    names = agent.shown.split()
    facts["agent"] = names[0] if language == "zh" else names[-1]
    facts["number"] = agent.number
    chinese, english = brand.split()
    facts["brand"] = chinese if language == "zh" else english
