"""The floor of the demo desk: who is on a break or busy, a raised hand, rules for breaks, the duty log, a hand-over."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.accounts.permissions import ROLES
from ombud.routing.floor.schemas import BreakRule, DutyItemIn, DutyNoteIn, HandIn, HandoverIn, Thresholds
from ombud.routing.floor.services.duty import hand_over, propose_handover, write_note
from ombud.routing.floor.services.hands import raise_hand
from ombud.routing.floor.services.presence import StateChange, set_states
from ombud.routing.floor.services.rules import set_break_rule, set_thresholds
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, row, value, values

RULE = BreakRule(minutes_per_shift=60, times_per_shift=4, at_most_at_once=2, blocked_from="orange")
# The demo's history leaves many tickets open: alarms are for what is wrong, not for what is.
THRESHOLDS = Thresholds(
    waiting=200, oldest_seconds=None, unanswered_seconds=240, service_level_percent=70, idle_seconds=7_200
)
NOTES = {
    "zh": (
        ("round", "巡场：全员到岗，两名新同事由小组长带教。", False),
        ("fault", "退款接口 10:20 起偶发超时，已报技术，预计下午恢复；先登记，不重复提交。", True),
        ("weather", "华东暴雨，上门维修普遍延后半天，主动告知客户。", False),
        ("vip", "金卡客户的投诉今天必须有人回电，已指定专人。", True),
    ),
    "en": (
        ("round", "Round: everybody is in; two new colleagues sit with their leader.", False),
        ("fault", "Refunds time out now and then since 10:20. Reported; take notes, do not submit twice.", True),
        ("weather", "Storm in the north: visits are half a day late. Tell customers before they ask.", False),
        ("vip", "The complaint of a gold customer needs a call today; somebody is named.", True),
    ),
}
# Teams whose shift was just handed over.
HANDED = 2
QUESTIONS = {"zh": "客户要求当场退差价 180 元，我能直接答应吗？", "en": "May I promise a refund of 180 right away?"}
SUMMARIES = {
    "zh": "整体平稳，下午退款接口恢复后请回访登记的客户。",
    "en": "Calm. Once refunds work again, call those we noted.",
}
# Beginning, so many minutes ago, and how long it may last: the second is over its time.
STATES = (
    ("break", "meal", 12, 45),
    ("busy", "ticket_work", 38, 30),
    ("break", "rest", 6, 15),
    ("wrap_up", "", 0, 1),
    ("busy", "arranged", 20, None),
)


async def make_floor(tx: Transaction, by: Actor, *, now: datetime) -> None:
    """Set rules for every team, write its duty log, and hand a shift over to whoever is signed in."""
    teams = await values(tx, int, "select id from team where archived_at is null order by id")
    for place_of_team, team_id in enumerate(teams):
        await set_break_rule(tx, team_id, RULE, by=by, now=now)
        await set_thresholds(tx, team_id, THRESHOLDS, by=by, now=now)
        leader = await _leader(tx, team_id)
        if leader is None:
            continue
        language = "zh" if leader.locale == "zh-CN" else "en"
        for place, (kind, text, is_open) in enumerate(NOTES[language]):
            at = now - timedelta(minutes=200 - 45 * place)
            note = DutyNoteIn(team_id=team_id, kind=kind, text=text, is_open=is_open)  # type: ignore[arg-type]
            await write_note(tx, note, by=leader, now=at)
        proposed = await propose_handover(tx, team_id, by=leader, now=now)
        items: list[DutyItemIn] = proposed.items[:6]
        if place_of_team >= HANDED:
            continue
        data = HandoverIn(team_id=team_id, items=items, summary=SUMMARIES[language])
        await hand_over(tx, data, by=leader, now=now - timedelta(minutes=20))


class _Person(Struct):
    id: int
    name: str
    locale: str


async def _leader(tx: Transaction, team_id: int) -> Actor | None:
    sql = """
        select p.id, p.name, p.locale from person p left join membership m on m.person_id = p.id
            and m.team_id = %(team)s
        where p.role = 'supervisor' and p.deactivated_at is null order by m.team_id is null, p.id limit 1"""
    found = await row(tx, _Person, sql, {"team": team_id})
    if found is None:
        return None
    return Actor("person", found.id, found.name, ROLES["supervisor"], None, locale=found.locale)


async def settle_floor(tx: Transaction, people: Sequence[Actor], *, now: datetime) -> list[int]:
    """Send some of those at work to where people are besides; who they are. One of the others raises a hand."""
    gone = []
    for actor, (state, reason, minutes, limit) in zip(people, STATES, strict=False):
        at = now - timedelta(minutes=minutes)
        until = None if limit is None else at + timedelta(minutes=limit)
        change = StateChange(state=state, reason=reason, limit_at=until)  # type: ignore[arg-type]
        await set_states(tx, [actor.person_id], change, by=actor, now=at)
        gone.append(actor.person_id)
    await tx.execute("update presence set seen_at = %(now)s where person_id = any(%(ids)s)", {"ids": gone, "now": now})
    for actor in people[len(STATES) :]:
        sql = "select id from ticket where assignee_id = %(id)s and is_open order by activity_at desc limit 1"
        ticket_id = await value(tx, int, sql, {"id": actor.person_id})
        if ticket_id is not None:
            language = "zh" if any("一" <= letter <= "龥" for letter in actor.name) else "en"
            await raise_hand(tx, HandIn(ticket_id=ticket_id, question=QUESTIONS[language]), by=actor, now=now)
            break
    return gone


async def take_turns(
    tx: Transaction, gone: set[int], others: Sequence[Actor], rng: random.Random, *, now: datetime
) -> set[int]:
    """Let one of those who are gone come back and another one go; who is gone then."""
    if not gone or not others:
        return gone
    back, leaves = rng.choice(sorted(gone)), rng.choice(list(others))
    state, reason, _, limit = rng.choice([one for one in STATES if one[0] == "break"])
    by = Actor("person", back)
    await set_states(tx, [back], StateChange(state="online"), by=by, now=now)
    until = now + timedelta(minutes=limit or 15)
    change = StateChange(state=state, reason=reason, limit_at=until)  # type: ignore[arg-type]
    await set_states(tx, [leaves.person_id], change, by=leaves, now=now)
    return gone - {back} | {leaves.person_id}
