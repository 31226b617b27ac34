"""Plays a scene: from a path of steps to what was said and done, when and by whom.

A step is `c_x` (the customer says x), `a_x` (an agent), `n_x` (an internal note), with `?30` for 30 % of the plays and
`+` for a picture; `@2d`, `@3h` or `@visit` lets time pass; `#field=value` changes the ticket. `¦` in a text begins a
new message in a chat and a new line elsewhere.
"""

import random
import re
from dataclasses import dataclass, field
from typing import Literal

from ombud.demo import facts as facts_of
from ombud.demo.cast import Buyer, Purchase
from ombud.demo.grammar import Lexicon, Voice
from ombud.demo.hours import DAY, HOUR, when_awake, when_open
from ombud.demo.material import Colleague, Material, ScenePlay

# close: the end of the time to object, in the log only
By = Literal["customer", "person", "note", "change", "close"]
FAST = ("chat",)
# How often somebody writes in one message what others type in several, and leaves a polite end unsaid.
TYPES_IN_ONE = 0.84
LEFT_UNSAID = 0.4
SPEAKS_OF_FILE = re.compile("附件|截图|见图|照片|attached|creenshot|picture", re.IGNORECASE)
POLITE = {"c_ok", "c_thanks", "a_bye"}


@dataclass(slots=True)
class Beat:
    """One thing that happened in a ticket."""

    at: float
    by: By
    agent: int = -1
    text: str = ""
    picture: str = ""
    field: str = ""
    value: str = ""


@dataclass(slots=True)
class Story:
    """A ticket's life as it was played, before the present cuts it off."""

    scene: str
    channel: str
    language: str
    buyer: Buyer
    purchase: Purchase
    opened: float
    subject: str
    team: str
    ends: str
    mood: str
    beats: list[Beat] = field(default_factory=list)
    is_cut: bool = False


class Roster:
    """Who works in which team and speaks which language."""

    def __init__(self, people: tuple[Colleague, ...], now: float) -> None:
        self.people = people
        self._now = now
        self._found: dict[tuple[str, str], tuple[list[int], list[float]]] = {}

    def choose(self, team: str, language: str, rng: random.Random, at: float) -> int:
        """Choose somebody of the team who speaks the language and is still with the shop."""
        found = self._found.get((team, language))
        if found is None:
            found = self._found[team, language] = self._search(team, language)
        for _ in range(20):
            number = rng.choices(found[0], found[1])[0]
            left = self.people[number].left_days_ago
            if left is None or at < self._now - left * DAY:
                break
        return number

    def able(self, team: str, language: str) -> list[int]:
        """All who may hold a ticket of that team and language today, the signed-in person aside."""
        numbers = self._search(team, language)[0]
        return [one for one in numbers if one and self.people[one].left_days_ago is None]

    def _search(self, team: str, language: str) -> tuple[list[int], list[float]]:
        numbers: list[int] = []
        weights: list[float] = []
        for number, person in enumerate(self.people):
            if team in person.teams and language in person.languages and person.role != "read_only":
                numbers.append(number)
                main = 1.0 if person.teams[0] == team else 0.35
                # Who speaks both languages is spared for the one that fewer speak.
                main *= 0.7 if len(person.languages) > len(language) else 1.0
                weights.append(main * {"agent": 1.0, "supervisor": 0.15, "administrator": 0.12}[person.role])
        return numbers, weights


class Player:
    """Plays one story; holds what changes from step to step."""

    def __init__(
        self, material: Material, play: ScenePlay, buyer: Buyer, roster: Roster, rng: random.Random, opened: float
    ) -> None:
        scene = play.scene
        self._play, self._roster, self._rng = play, roster, rng
        self._language = buyer.language
        purchase = facts_of.choose_purchase(scene, buyer, material, rng, opened)
        facts, self._visit_at = facts_of.draw_facts(material, buyer, purchase, rng, opened)
        self._brand = material.staff.brands[0 if purchase.kind.key not in ("vacuum", "cooker", "air") else 1]
        facts["brand"] = self._brand.split()[0 if self._language == "zh" else 1]
        lexicon: Lexicon = play.lexicons[self._language]
        mood = _draw(scene.moods, rng)
        self._voice = Voice(rng, facts, lexicon, mood)
        channel = _draw(scene.channels, rng)
        self.story = Story(
            scene.key,
            channel,
            self._language,
            buyer,
            purchase,
            opened,
            "",
            scene.team,
            "solved",
            mood,
        )
        self._at = opened
        self._team = scene.team
        self._agent = -1
        self._greeted: set[int] = set()
        self._last: By | None = None
        self._jumped = False
        self._knows_order = False
        self._was_taken = True
        self._promised_at = opened
        self._answered = ("", True)

    def play(self) -> Story:
        """Play one of the scene's paths to its end."""
        paths = self._play.scene.paths
        path = self._rng.choices(paths, [path.weight for path in paths])[0]
        self.story.ends = path.ends
        steps = path.steps.split()
        while steps[-1] in POLITE and self._rng.random() < LEFT_UNSAID:
            steps.pop()
        for step in steps:
            self._take(step)
        self.story.subject = self._line("subject")
        return self.story

    def _take(self, step: str) -> None:
        name, _, chance = step.partition("?")
        if not self._is_taken(name, chance):
            return
        if name[0] == "@":
            self._let_pass(name[1:])
        elif name[0] == "#":
            field_name, _, value = name[1:].partition("=")
            self._change(field_name, value)
        elif name[0] == "c":
            self._customer_says(name)
        elif name[0] == "a":
            self._agent_says(name)
        else:
            self._note(name)

    def _is_taken(self, name: str, chance: str) -> bool:
        was_taken, self._was_taken = self._was_taken, True
        if not self._fits(name, was_taken=was_taken):
            self._was_taken = False
            return False
        if not chance:
            self._answered = ("", True)
            return True
        # A question and its answer of the same chance are both said, or neither.
        if name[0] == "c" and self._answered[0] == chance:
            self._was_taken = self._answered[1]
            return self._was_taken
        is_taken = self._was_taken = self._rng.random() * 100 < float(chance)
        self._answered = (chance if name[0] == "a" else "", is_taken)
        return is_taken

    def _fits(self, name: str, *, was_taken: bool) -> bool:
        if name in {"a_ask_order", "c_order"}:
            return not self._knows_order
        # A good-bye answers what was said just before.
        return name != "a_bye" or (was_taken and self._last == "customer")

    def _let_pass(self, span: str) -> None:
        if span == "visit":
            self._at = max(self._at, self._visit_at) + (1 + self._rng.random() * 4) * HOUR
        else:
            unit = DAY if span.endswith("d") else HOUR
            self._at += float(span[:-1]) * unit * (0.75 + self._rng.random() * 0.6)
        self._jumped = True

    def _change(self, field_name: str, value: str) -> None:
        if field_name == "team":
            self._team = value
        self._at += 20 + self._rng.random() * 60
        self.story.beats.append(Beat(self._at, "change", self._agent, field=field_name, value=value))
        if field_name == "team":
            self._agent = -1

    def _customer_says(self, name: str) -> None:
        if self.story.beats:
            self._at = when_awake(self._at + self._customer_gap(), self._rng)
        name, _, picture = name.partition("+")
        shown = picture or self._play.scene.pictures.get(name, "plate" if name == "c_photo" else "")
        text = self._line(name)
        self._knows_order = self._knows_order or self._voice.facts["order"] in text
        speaks_of_it = name == "c_photo" or SPEAKS_OF_FILE.search(text) is not None
        has_picture = bool(shown) and (bool(picture) or speaks_of_it or self._rng.random() < 0.3)  # noqa: PLR2004
        self._say("customer", text, shown if has_picture else "")

    def _agent_says(self, name: str) -> None:
        self._at = when_open(self._at + self._agent_gap(), self._rng)
        self._take_over()
        if self._at > self._promised_at + DAY / 2:
            self._visit_at = facts_of.renew_dates(self._voice.facts, self._language, self._at, self._visit_at)
            self._promised_at = self._at
        body = self._line(name)
        if self.story.channel in FAST:
            body = self._greeting() + body
        self._say("person", body, self._play.scene.pictures.get(name, ""))

    def _note(self, name: str) -> None:
        self._at = when_open(self._at + 40 + self._rng.random() * 600, self._rng)
        self._take_over()
        self.story.beats.append(Beat(self._at, "note", self._agent, self._line(name)))
        self._last = "note"

    def _take_over(self) -> None:
        if self._agent >= 0:
            return
        self._agent = self._roster.choose(self._team, self._language, self._rng, self._at)
        person = self._roster.people[self._agent]
        facts_of.speak_of_agent(self._voice.facts, person, self._brand, self._language)
        self._voice.style = person.style
        begun = self.story.beats[-1].at if self.story.beats else self.story.opened
        at = min(self._at - 2, begun + (3 if self.story.channel in FAST else 40) + self._rng.random() * 30)
        at = max(when_open(at, self._rng), begun + 0.5)
        self.story.beats.append(Beat(min(at, self._at - 0.5), "change", self._agent, field="assignee"))

    def _greeting(self) -> str:
        if self._agent in self._greeted:
            return ""
        self._greeted.add(self._agent)
        return self._line("greeting")

    def _line(self, name: str) -> str:
        return self._voice.lexicon.pick(name, self._voice).text(self._voice)

    def _say(self, by: By, text: str, picture: str) -> None:
        channel = self.story.channel
        agent = self._agent if by == "person" else -1
        if channel in FAST:
            pieces = self._pieces(text)
            for number, piece in enumerate(pieces):
                self._at += (2 + self._rng.random() * 6 + len(piece) * 0.12) if number else 0
                shown = picture if number == len(pieces) - 1 else ""
                self.story.beats.append(Beat(self._at, by, agent, piece, shown))
        else:
            joint = "" if self._language == "zh" else " "
            whole = joint.join(piece.strip() for piece in text.split("¦"))
            self.story.beats.append(Beat(self._at, by, agent, self._as_letter(by, whole), picture))
        self._last = by
        self._jumped = False

    def _pieces(self, text: str) -> list[str]:
        pieces = [piece.strip() for piece in text.split("¦") if piece.strip()]
        if self._rng.random() < TYPES_IN_ONE:
            joint = "" if self._language == "zh" else " "
            return [joint.join(pieces)]
        return pieces

    def _as_letter(self, by: By, body: str) -> str:
        if self.story.channel == "api" or (self.story.channel == "form" and not self.story.beats):
            return body
        frame = "letter_out" if by == "person" else "letter_in"
        head, _, foot = self._line(frame).partition("…")
        if by == "person":
            head += self._introduction()
        return f"{head.strip()}\n\n{body}\n\n{foot.strip()}".strip()

    def _introduction(self) -> str:
        if self._agent in self._greeted:
            return ""
        self._greeted.add(self._agent)
        return "\n\n" + self._line("introduction")

    def _customer_gap(self) -> float:
        random_share = self._rng.random()
        if self.story.channel in FAST:
            return 8 + random_share**2 * 150
        if self._jumped:
            return random_share * HOUR
        return 900 + random_share**2 * (9 if self.story.channel == "api" else 20) * HOUR

    def _agent_gap(self) -> float:
        random_share = self._rng.random()
        is_first = not any(beat.by == "person" for beat in self.story.beats)
        if self.story.channel in FAST:
            return (12 + random_share**3 * 400) if is_first else (10 + random_share**2 * 140)
        if self._last in {"note", "person"} or self._jumped:
            return 120 + random_share * 1800
        return 600 + random_share**2 * (7 if is_first else 5) * HOUR


def _draw(weights: dict[str, float], rng: random.Random) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
