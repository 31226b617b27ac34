"""Turns cases into the rows of tickets, entries, mails and events, with every copied column as the verbs leave it."""

import random
from dataclasses import dataclass, field
from typing import Any

from ombud.demo.desk import Case
from ombud.demo.ground import Ground
from ombud.demo.hours import moment
from ombud.demo.story import Beat

FIRST_TICKET = 10001
CAPACITY = 60
CATEGORIES = {
    "new": "new",
    "dispatch": "new",
    "open": "open",
    "review": "open",
    "waiting": "waiting",
    "on_hold": "on_hold",
    "solved": "solved",
    "follow_up": "solved",
    "closed": "closed",
    "archived": "closed",
}
Details = dict[str, object]
Fact = tuple[str, Details]


@dataclass(slots=True)
class Line:
    """An entry before it has its number."""

    at: float
    ticket: int
    beat: Beat
    kind: str
    direction: str | None
    author: tuple[str, int | None]
    channel: int | None
    details: Details
    quoted: str | None = None
    message_id: str = ""
    facts: list[Fact] = field(default_factory=list)
    stamp: str = ""
    id: int = 0


@dataclass(slots=True)
class Page:
    """A ticket with its lines."""

    number: int
    case: Case
    lines: list[Line]
    type_id: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)


class Writer:
    """Writes the lines of one case after the other."""

    def __init__(self, ground: Ground, rng: random.Random) -> None:
        self._ground, self._rng = ground, rng

    def write(self, case: Case, number: int) -> Page:
        """Write a case as a ticket with its timeline."""
        page = Page(number, case, [])
        state = _State(self._ground.teams[case.first_team], self._ground.statuses["new"], case)
        case.beats.sort(key=lambda beat: beat.at)
        at = 0.0
        for beat in case.beats:
            at = max(at + 0.002, beat.at)
            line = self._line(page, beat, at, state)
            line.stamp = str(moment(at))
            page.lines.append(line)
        return page

    def _line(self, page: Page, beat: Beat, at: float, state: "_State") -> Line:
        if beat.by in {"change", "close"}:
            return self._change(page, beat, at, state)
        if beat.by == "note":
            author = ("person", self._ground.people[beat.agent])
            return Line(at, page.number, beat, "note", None, author, None, {})
        return self._message(page, beat, at, state)

    def _message(self, page: Page, beat: Beat, at: float, state: "_State") -> Line:
        story = page.case.story
        is_in = beat.by == "customer"
        author = ("customer", self._ground.buyers[story.buyer.number]) if is_in else self._person(beat)
        is_first = not state.previous
        channel, is_mail = self._ground.channel_of(story, is_first=is_first)
        line = Line(at, page.number, beat, "message", "in" if is_in else "out", author, channel, {})
        if is_mail:
            self._make_mail(line, page, state)
        elif is_in and is_first and story.channel == "chat":
            line.details = {"page": {"url": "https://shop.lanjia.example/service", "title": "Service"}}
        state.previous = beat.text
        state.previous_by = story.buyer.name if is_in else self._ground.shop_name(story)
        state.previous_at = at
        return line

    def _make_mail(self, line: Line, page: Page, state: "_State") -> None:
        story = page.case.story
        customer = {"address": story.buyer.email, "name": story.buyer.name}
        shop = {"address": self._ground.mailbox(story), "name": self._ground.shop_name(story)}
        is_in = line.direction == "in"
        prefix = "" if not state.previous else "Re: " if story.language == "en" else "回复:"
        line.details = {
            "from": customer if is_in else shop,
            "to": [shop if is_in else customer],
            "subject": prefix + story.subject,
        }
        copies = self._ground.copies(story)
        if copies:
            line.details["cc"] = copies
        domain = story.buyer.email.partition("@")[2] if is_in else "desk.lanjia.example"
        line.message_id = f"{self._rng.getrandbits(72):018x}@{domain}"
        if is_in:
            line.details["authentication"] = {"spf": "pass", "dkim": "pass", "dmarc": "pass"}
            if state.previous and self._rng.random() < 0.75:  # noqa: PLR2004
                line.quoted = state.quote(story.language)
        if story.ends == "junk" and is_in and story.scene == "out_of_office":
            line.details["kind"] = "auto_reply"

    def _change(self, page: Page, beat: Beat, at: float, state: "_State") -> Line:
        line = Line(at, page.number, beat, beat.by, None, self._person(beat), None, {})
        if beat.field == "assignee":
            self._assignee(line, page, beat, state)
        elif beat.field == "snooze":
            until = moment(page.case.snoozed_until or 0)
            line.details = {"field": "snooze", "from_value": None, "to_value": until}
            line.facts = [state.changed("snooze")]
        else:
            writers = {"team": self._team, "priority": self._priority, "tag": self._tags, "status": self._status}
            writers[beat.field](line, beat, state)
        return line

    def _person(self, beat: Beat) -> tuple[str, int | None]:
        return ("person", self._ground.people[beat.agent]) if beat.agent >= 0 else ("system", None)

    def _assignee(self, line: Line, page: Page, beat: Beat, state: "_State") -> None:
        holder = self._ground.people[beat.agent]
        previous = self._ground.people[state.assignee] if state.assignee >= 0 else None
        if beat.value:
            by = self._ground.supervisor_of(page.case.team)
            line.author = ("person", self._ground.people[by])
            reason: Details = {"code": "by_hand"}
        else:
            # Complaints are taken by hand, the rest is given out.
            is_taken = page.case.team == "complaints"
            line.author = ("person", holder) if is_taken else ("system", None)
            reason = {"code": "by_hand"} if is_taken else self._least_loaded()
        line.details = {"field": "assignee", "from_value": previous, "to_value": holder, "reason": reason}
        code = str(reason["code"])
        line.facts = [("ticket_assigned", {"from_id": previous, "to_id": holder, "reason": code})]
        state.assignee = beat.agent
        state.status = self._ground.statuses["open"] if state.status == self._ground.statuses["new"] else state.status

    def _least_loaded(self) -> Details:
        candidates, load = 1 + int(self._rng.random() * 5), int(self._rng.random() * 14)
        return {"code": "least_loaded", "candidates": candidates, "load_points": load, "capacity_points": CAPACITY}

    def _team(self, line: Line, beat: Beat, state: "_State") -> None:
        team = self._ground.teams[beat.value]
        line.details = {"field": "team", "from_value": state.team, "to_value": team}
        line.facts = [("ticket_moved", {"from_team_id": state.team})]
        state.team, state.assignee = team, -1

    def _priority(self, line: Line, beat: Beat, state: "_State") -> None:
        line.details = {"field": "priority", "from_value": state.priority, "to_value": int(beat.value)}
        line.facts = [state.changed("priority")]
        state.priority = int(beat.value)

    def _tags(self, line: Line, beat: Beat, state: "_State") -> None:
        line.details = {"field": "tags", "from_value": state.tags, "to_value": [*state.tags, beat.value]}
        line.facts = [state.changed("tags")]
        state.tags = [*state.tags, beat.value]

    def _status(self, line: Line, beat: Beat, state: "_State") -> None:
        status = self._ground.statuses[beat.value]
        line.details = {"field": "status", "from_value": state.status, "to_value": status}
        if beat.agent < 0:
            line.details["reason"] = {"code": "silence"}
        state.status, state.category = status, CATEGORIES[beat.value]
        line.facts = [state.changed("status")]
        if state.category in {"solved", "closed"}:
            line.facts.append(("ticket_solved", {"status_id": status, "category": state.category}))


class _State:
    """What a ticket's fields hold as its timeline goes on."""

    def __init__(self, team: int, status: int, case: Case) -> None:
        self.team, self.status, self.category = team, status, "new"
        self.assignee = -1
        self.priority = case.first_priority
        self.tags: list[str] = list(case.first_tags)
        self.previous = ""
        self.previous_by = ""
        self.previous_at = 0.0

    def changed(self, name: str) -> Fact:
        """The fact that a field has another value."""
        return ("ticket_changed", {"fields": [name], "status_id": self.status, "category": self.category})

    def quote(self, language: str) -> str:
        """The message before, as a mail program puts it under an answer."""
        when = moment(self.previous_at)
        body = "\n".join("> " + piece for piece in self.previous.splitlines())
        if language == "zh":
            head = f"------------------ 原始邮件 ------------------\n发件人: {self.previous_by}"
            return f"{head}\n发送时间: {when:%Y-%m-%d %H:%M}\n\n{body}"
        return f"On {when:%d %b %Y at %H:%M}, {self.previous_by} wrote:\n{body}"
