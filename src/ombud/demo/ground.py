"""What stands before the first ticket: brands, teams, people, channels, canned replies, customers."""

import random
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from ombud.accounts.passwords import hash_password
from ombud.channels.settings import SETTINGS, checked
from ombud.demo.cast import Buyer
from ombud.demo.copying import copy_rows
from ombud.demo.forms import Forms, define_forms
from ombud.demo.hours import DAY, moment
from ombud.demo.letters import write_templates
from ombud.demo.material import Colleague, Material
from ombud.demo.story import Story
from ombud.demo.views import make_views
from ombud.shared.crypto import new_token
from ombud.shared.database import Transaction, execute, value, values
from ombud.shared.words import tsvector

YOUNG_BRAND = ("vacuum", "cooker", "air")
NOTES = {
    "zh": (
        "电梯房,大件送货前请先电话。",
        "老人独居,请放慢语速,多确认一遍。",
        "只在晚上7点后方便接电话。",
        "家有婴儿,别按门铃。",
    ),
    "en": (
        "Prefers e-mail, no calls please.",
        "Speaks English and some Chinese.",
        "Ground floor, back entrance.",
        "Works nights: visits after 2 pm.",
    ),
}
# Greetings of the demo's widget, as the channel's settings keep them.
GREETING = {"en": "Hello! How can we help with your appliance?", "zh-CN": "您好!家电有问题,随时问我们。"}

AWAY = {
    "en": "We are here from 8:30 to 21:30 (UTC+8). Leave us a line, we answer by mail.",
    "zh-CN": "在线时间 8:30-21:30,请留言,我们会邮件回复您。",
}
FORM_TITLE = {"en": "After-sales request", "zh-CN": "售后申请"}
FORM_THANKS = {"en": "Thank you. We will write to you soon.", "zh-CN": "已收到,我们会尽快联系您。"}


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """A channel of the demo desk."""

    key: str
    kind: str
    name: str
    brand: int
    team: str
    address: str = ""
    public_key: str | None = None


CHANNELS = (
    ChannelPlan("chat", "chat", "官网聊天 · Website chat", 0, "front", public_key="demo-lanjia-chat"),
    ChannelPlan("email_zh", "email", "客服邮箱 · Mailbox (zh)", 0, "front", "kefu@lanjia.example"),
    ChannelPlan("email_en", "email", "Customer care · 英文邮箱", 0, "front", "care@lanjia.example"),
    ChannelPlan("form", "form", "售后申请 · After-sales form", 0, "front", public_key="demo-lanjia-form"),
    ChannelPlan("api", "api", "商城 App · Shop app", 0, "front"),
    ChannelPlan("chat_young", "chat", "青柚聊天 · Qingyou chat", 1, "front", public_key="demo-qingyou-chat"),
    ChannelPlan("email_young", "email", "青柚邮箱 · Qingyou mailbox", 1, "front", "hi@qingyou.example"),
    # Whoever tries the shop writes here; the simulated customers have the chat above.
    ChannelPlan("chat_shop", "chat", "演示商店聊天 · Demo shop chat", 0, "front", public_key="demo-lanjia-shop"),
)

ADDRESSES = {plan.key: plan.address for plan in CHANNELS}


@dataclass(slots=True)
class Ground:
    """The ids of what stands before the first ticket."""

    material: Material
    brands: list[int]
    teams: dict[str, int]
    people: list[int]
    channels: dict[str, int]
    statuses: dict[str, int]
    buyers: list[int]
    forms: Forms

    def brand_of(self, story: Story) -> int:
        """Which of the two brands the customer bought from."""
        return 1 if story.purchase.kind.key in YOUNG_BRAND else 0

    def mail_key(self, story: Story) -> str:
        """The mailbox that serves this customer."""
        return "email_young" if self.brand_of(story) else f"email_{story.language}"

    def mailbox(self, story: Story) -> str:
        """Its address."""
        return ADDRESSES[self.mail_key(story)]

    def shop_name(self, story: Story) -> str:
        """How the shop signs its mails."""
        brand = self.material.staff.brands[self.brand_of(story)]
        return _shop_name(brand, is_chinese=story.language == "zh")

    def channel_of(self, story: Story, *, is_first: bool) -> tuple[int, bool]:
        """The channel of a message, and whether it is a mail: what begins in a form goes on by mail."""
        if story.channel == "chat":
            return self.channels["chat_young" if self.brand_of(story) else "chat"], False
        if story.channel == "api" or (story.channel == "form" and is_first):
            return self.channels[story.channel], False
        return self.channels[self.mail_key(story)], True

    def copies(self, story: Story) -> list[dict[str, str]]:
        """Who gets copies of a long thread between firms."""
        if story.scene != "project":
            return []
        domain = story.buyer.email.partition("@")[2]
        return [
            {"address": f"accounts.{story.buyer.number}@{domain}", "name": "Accounts"},
            {"address": f"site.{story.buyer.number}@{domain}", "name": "Site office"},
        ]

    def supervisor_of(self, team: str) -> int:
        """Who hands over work in a team, by place in the staff's file."""
        people = self.material.staff.people
        return next((n for n, one in enumerate(people) if one.role == "supervisor" and team in one.teams), 1)


@cache
def _shop_name(brand: str, *, is_chinese: bool) -> str:
    chinese, english = brand.split()
    return f"{chinese}客服" if is_chinese else f"{english} customer care"


async def lay_ground(
    tx: Transaction, material: Material, buyers: list[Buyer], rng: random.Random, *, now: float
) -> Ground:
    """Write all of it; the first person of the staff's file is the signed-in one."""
    since = moment(now - 120 * DAY)
    brands = await _make_brands(tx, material, since)
    teams = await _make_teams(tx, material, since)
    # Colleagues have signed in before, by a password that nobody knows; without one they would count as invited.
    password_hash = await hash_password(new_token())
    people = [await _make_person(tx, one, password_hash, now) for one in material.staff.people]
    await _join_teams(tx, material, teams, people)
    await _make_presence(tx, material, people, rng, now)
    channels = {plan.key: await _make_channel(tx, plan, brands, teams, since) for plan in CHANNELS}
    await _make_canned_replies(tx, material, teams, since)
    await _make_macros(tx, material, since)
    await write_templates(tx, material.templates, teams, since)
    statuses = await _statuses(tx)
    await make_views(tx, teams, people, since)
    forms = await define_forms(tx, material, now)
    ground = Ground(material, brands, teams, people, channels, statuses, [], forms)
    ground.buyers = await _make_customers(tx, ground, buyers, rng)
    return ground


async def _make_brands(tx: Transaction, material: Material, since: datetime) -> list[int]:
    first, second = material.staff.brands
    sql = "update brand set name = %(name)s where id = (select min(id) from brand) returning id"
    made = [await value(tx, int, sql, {"name": first}) or await _insert_brand(tx, first, since)]
    return [*made, await _insert_brand(tx, second, since)]


async def _insert_brand(tx: Transaction, name: str, since: datetime) -> int:
    sql = "insert into brand (name, created_at) values (%(name)s, %(at)s) returning id"
    return await value(tx, int, sql, {"name": name, "at": since}) or 0


async def _make_teams(tx: Transaction, material: Material, since: datetime) -> dict[str, int]:
    found: dict[str, int] = {}
    # The team that every desk starts with becomes the front desk.
    rename = """
        update team set name = %(name)s, routing = %(routing)s
        where id = (select min(id) from team) returning id"""
    insert = """
        insert into team (name, routing, created_at) values (%(name)s, %(routing)s, %(at)s) returning id"""
    for place, team in enumerate(material.staff.teams):
        params = {"name": team.name, "routing": team.routing, "at": since}
        made = await value(tx, int, rename, params) if place == 0 else None
        found[team.key] = made or await value(tx, int, insert, params) or 0
    return found


async def _make_person(tx: Transaction, one: Colleague, password_hash: str, now: float) -> int:
    is_you = one.role == "administrator"
    params: dict[str, Any] = {
        "email": one.email,
        "name": one.name,
        "shown": one.shown,
        "number": one.number,
        "role": one.role,
        "locale": "zh-CN" if "zh" in one.languages else "en",
        "zone": "Asia/Shanghai",
        "sees": one.role in {"administrator", "supervisor", "read_only"},
        "capacity": 60 if one.role == "agent" else 30,
        "signature": "",
        "password_hash": None if is_you else password_hash,
        "left": moment(now - one.left_days_ago * DAY) if one.left_days_ago is not None else None,
        "at": moment(now - 120 * DAY),
    }
    adopt = """
        update person set name = %(name)s, display_name = %(shown)s, staff_number = %(number)s,
            sees_all_teams = true, capacity_points = %(capacity)s
        where role = 'administrator' and id = (select min(id) from person) returning id"""
    insert = """
        insert into person (email, name, display_name, staff_number, role, locale, time_zone, sees_all_teams,
            capacity_points, signature, password_hash, deactivated_at, created_at)
        values (%(email)s, %(name)s, %(shown)s, %(number)s, %(role)s, %(locale)s, %(zone)s, %(sees)s,
            %(capacity)s, %(signature)s, %(password_hash)s, %(left)s, %(at)s)
        returning id"""
    adopted = await value(tx, int, adopt, params) if is_you else None
    return adopted or await value(tx, int, insert, params) or 0


async def _join_teams(tx: Transaction, material: Material, teams: dict[str, int], people: list[int]) -> None:
    # Whoever was made by the first start belongs to the team of the first start; here teams are as planned.
    await execute(tx, "delete from membership")
    rows = [
        (teams[team], people[place])
        for place, one in enumerate(material.staff.people)
        if one.left_days_ago is None
        for team in one.teams
    ]
    await copy_rows(tx, "membership", "team_id person_id", rows)


async def _make_presence(
    tx: Transaction, material: Material, people: list[int], rng: random.Random, now: float
) -> None:
    # Nobody is online before the simulated colleagues sit down: presence needs heartbeats.
    rows = [
        (people[place], "offline", moment(now - 3600 * (1 + rng.random() * 10)), moment(now - 3600), None)
        for place, one in enumerate(material.staff.people)
        if one.left_days_ago is None and place
    ]
    await copy_rows(tx, "presence", "person_id state since seen_at last_assigned_at", rows)


async def _make_channel(
    tx: Transaction, plan: ChannelPlan, brands: list[int], teams: dict[str, int], since: datetime
) -> int:
    sql = """
        insert into channel (kind, name, public_key, brand_id, team_id, settings, health, created_at)
        values (%(kind)s, %(name)s, %(key)s, %(brand)s, %(team)s, %(settings)s::jsonb, %(health)s::jsonb, %(at)s)
        returning id"""
    settings: dict[str, object] = {}
    well = {"ok": True, "problem": "", "at": since.isoformat()}
    if plan.kind == "email":
        settings = {"address": plan.address, "sender_name": plan.address.partition("@")[2].partition(".")[0].title()}
    if plan.kind == "chat":
        settings = {"greeting": GREETING, "away_message": AWAY, "pre_chat": {"name": True, "email": "optional"}}
    if plan.kind == "form":
        questions = [
            {"key": "product", "is_required": True},
            {"key": "order_no"},
            {"key": "fault"},
            {"key": "bought_on"},
        ]
        settings = {"title": FORM_TITLE, "thanks": FORM_THANKS, "ask_phone": True, "questions": questions}
    params = {
        "kind": plan.kind,
        "name": plan.name,
        "key": plan.public_key,
        "brand": brands[plan.brand],
        "team": teams[plan.team],
        "settings": msgspec.json.encode(checked(SETTINGS, plan.kind, settings)).decode(),
        # No server stands behind the demo's mailboxes: the demo's own post carries their mails.
        "health": msgspec.json.encode({"imap": well, "smtp": well} if plan.kind == "email" else {}).decode(),
        "at": since,
    }
    return await value(tx, int, sql, params) or 0


async def _make_canned_replies(tx: Transaction, material: Material, teams: dict[str, int], since: datetime) -> None:
    columns = "title shortcut text team_id person_id uses created_at updated_at"
    rows = [
        (one.title, one.shortcut, one.text, teams[one.team] if one.team else None, None, 12 * (place % 9), since, since)
        for place, one in enumerate(material.canned)
    ]
    await copy_rows(tx, "canned_reply", columns, rows)


async def _make_macros(tx: Transaction, material: Material, since: datetime) -> None:
    solved = await value(tx, int, "select id from status where category = 'solved' and is_default") or 0
    rows = []
    for place, one in enumerate(material.macros):
        actions = msgspec.structs.replace(one.actions, status_id=solved) if one.solves else one.actions
        kept = msgspec.json.encode(actions).decode()
        rows.append((one.title, kept, one.text, one.note, 7 * (5 - place % 5), since, since))
    await copy_rows(tx, "macro", "title actions text note uses created_at updated_at", rows)


async def _statuses(tx: Transaction) -> dict[str, int]:
    names = {
        "New": "new",
        "To dispatch": "dispatch",
        "In progress": "open",
        "To review": "review",
        "Waiting for customer": "waiting",
        "On hold": "on_hold",
        "Solved": "solved",
        "To follow up": "follow_up",
        "Closed": "closed",
        "Archived": "archived",
    }
    found = await values(tx, dict[str, int], "select jsonb_object_agg(name_en, id) from status")
    return {key: found[0][name] for name, key in names.items()}


async def _make_customers(tx: Transaction, ground: Ground, buyers: list[Buyer], rng: random.Random) -> list[int]:
    ids = list(range(1, len(buyers) + 1))
    columns = "id name email phone locale time_zone tier notes words created_at updated_at"
    locale = {"zh": "zh-CN", "en": "en"}
    rows = []
    for number, buyer in zip(ids, buyers, strict=True):
        notes = rng.choice(NOTES[buyer.language]) if rng.random() < 0.08 else ""  # noqa: PLR2004
        words = tsvector(f"{buyer.name} {buyer.email} {buyer.phone}")
        since = moment(buyer.since)
        rows.append(
            (
                *(number, buyer.name, buyer.email, buyer.phone, locale[buyer.language], buyer.time_zone, buyer.tier),
                *(notes, words, since, since),
            )
        )
    await copy_rows(tx, "customer", columns, rows)
    await copy_rows(tx, "identity", "customer_id kind scope value verified_at created_at", _identities(ground, buyers))
    await tx.execute("select setval(pg_get_serial_sequence('customer', 'id'), %(last)s)", {"last": len(buyers)})
    return ids


def _identities(ground: Ground, buyers: list[Buyer]) -> list[tuple[str | int | datetime | None, ...]]:
    rows: list[tuple[str | int | datetime | None, ...]] = []
    for place, buyer in enumerate(buyers):
        number, since = place + 1, moment(buyer.since)
        rows.append((number, "email", "", buyer.email, since, since))
        rows.append((number, "visitor", "", buyer.visitor, None, since))
        rows.append((number, "external", str(ground.channels["api"]), f"shop-{number}", since, since))
        if place % 3 == 0:
            rows.append((number, "phone", "", buyer.phone.replace(" ", ""), since, since))
    return rows
