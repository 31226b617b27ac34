"""Decides what became of each story by now: who holds it, in which state it is, what waits for the signed-in person."""

import random
from collections import Counter
from dataclasses import dataclass

from ombud.demo.grammar import Voice
from ombud.demo.hours import DAY, HOUR, when_open
from ombud.demo.material import Material
from ombud.demo.story import Beat, Roster, Story
from ombud.tickets.rules import load_points

YOU = 0
MINE = 12
STUCK_SHARE = 0.038
REVIEW_DAYS = 2
BUSY = {"new", "dispatch", "open", "review"}
# Below everybody's capacity, so that routing still has somebody to give new work to.
MOST_POINTS = 26
ON_HOLD_SCENES = {"repair", "purifier", "manual", "damaged", "exchange", "part_price"}
SNOOZED_SHARE = 0.09
MENTION_COUNT = 9


@dataclass(slots=True)
class Case:
    """A story with what became of it."""

    story: Story
    beats: list[Beat]
    status: str
    assignee: int
    team: str
    priority: int
    tags: list[str]
    first_team: str
    first_priority: int
    first_tags: tuple[str, ...]
    solved_at: float | None = None
    closed_at: float | None = None
    snoozed_until: float | None = None
    has_failed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it still is to be worked on."""
        return self.status not in {"solved", "follow_up", "closed", "archived"}


class Desk:
    """All cases of the desk as of now."""

    def __init__(self, material: Material, roster: Roster, rng: random.Random, now: float) -> None:
        self._material, self._roster, self._rng, self._now = material, roster, rng, now

    def settle(self, story: Story) -> Case:
        """Cut a story at the present and see what state it is in."""
        beats = self._beats_until_now(story)
        scene = self._material.scenes[story.scene].scene
        is_raised = story.buyer.tier == "VIP" and self._rng.random() < 0.6  # noqa: PLR2004
        priority = max(scene.priority, 3 if is_raised else 1)
        case = Case(story, beats, "new", -1, scene.team, priority, list(scene.tags), scene.team, priority, scene.tags)
        for beat in beats:
            _apply(case, beat)
        if story.is_cut:
            self._leave_open(case)
        else:
            self._finish(case)
        return case

    def give_to_you(self, cases: list[Case]) -> None:
        """Leave the signed-in person a dozen tickets of her teams, some mentions and a few sleeping ones."""
        people = self._material.staff.people
        teams = people[YOU].teams
        fresh = [case for case in cases if case.is_open and case.team in teams and case.assignee >= 0]
        mine = [case for case in fresh if case.assignee == YOU]
        others = [case for case in fresh if case.assignee != YOU and case.beats[-1].at < self._now - 120]
        others.sort(key=lambda case: case.beats[-1].at, reverse=True)
        # Every second one, so that her list holds fresh and older ones.
        for case in others[::2][: max(0, MINE - len(mine))]:
            at = min(case.beats[-1].at + 60 + self._rng.random() * 1200, self._now - 30)
            case.beats.append(Beat(at, "change", YOU, field="assignee", value="handed_over"))
            case.assignee = YOU
        self._let_mails_fail(cases)
        held = [case for case in cases if case.is_open and case.assignee not in {YOU, -1}]
        for case in self._rng.sample(held, min(MENTION_COUNT, len(held))):
            self._mention_you(case)

    def relieve(self, cases: list[Case]) -> None:
        """Take what is too much from those who hold too many: nobody carries more than they are able to."""
        held: Counter[int] = Counter()
        for case in cases:
            if case.assignee < 0 or not case.is_open:
                continue
            is_busy = case.status in BUSY and case.snoozed_until is None
            points = load_points(case.story.channel) if is_busy else 0
            has_left = self._material.staff.people[case.assignee].left_days_ago is not None
            if has_left or held[case.assignee] + points > MOST_POINTS:
                self._pass_on(case, held)
            held[case.assignee] += points

    def _pass_on(self, case: Case, held: Counter[int]) -> None:
        if not any(beat.by in {"person", "note"} for beat in case.beats):
            case.beats = [beat for beat in case.beats if beat.field != "assignee"]
            case.assignee, case.status = -1, "new"
            return
        lightest = min(self._roster.able(case.team, case.story.language), key=lambda one: held[one])
        at = min(case.beats[-1].at + 60 + self._rng.random() * 1200, self._now - 30)
        case.beats.append(Beat(at, "change", lightest, field="assignee", value="handed_over"))
        case.assignee = lightest

    @staticmethod
    def _let_mails_fail(cases: list[Case]) -> None:
        """One answer of the signed-in person and a few others could not be delivered."""
        mailed = [case for case in cases if case.is_open and case.story.channel in {"email", "form"}]
        stuck = [case for case in mailed if _last_speaker(case) == "person"]
        for case in [
            *[one for one in stuck if one.assignee == YOU][:1],
            *[one for one in stuck if one.assignee > 0][:4],
        ]:
            case.has_failed = True

    def _beats_until_now(self, story: Story) -> list[Beat]:
        beats = [beat for beat in story.beats if beat.at <= self._now - 5]
        story.is_cut = len(beats) < len(story.beats)
        age = self._now - story.opened
        many = len(story.beats)
        if not story.is_cut and many > 2 and HOUR < age < 40 * DAY and self._is_stuck(age):  # noqa: PLR2004
            story.is_cut = True
            is_unanswered = age < 1.3 * DAY and self._rng.random() < 0.6  # noqa: PLR2004
            beats = beats[: 1 if is_unanswered else self._rng.randrange(max(1, many // 2), many)]
        if story.is_cut and not any(beat.by in {"person", "note"} for beat in beats):
            beats = self._perhaps_unassigned(beats, age)
        return beats or story.beats[:1]

    def _perhaps_unassigned(self, beats: list[Beat], age: float) -> list[Beat]:
        # Nobody has looked at it yet: most of these still wait for somebody with room.
        if self._rng.random() < (0.9 if age < 14 * HOUR else 0.6):
            return [beat for beat in beats if beat.field != "assignee"]
        return beats

    def _is_stuck(self, age: float) -> bool:
        fresh = 5.0 if age < 3 * DAY else 1.6 if age < 10 * DAY else 0.5
        return self._rng.random() < STUCK_SHARE * fresh

    def _leave_open(self, case: Case) -> None:
        last = _last_speaker(case)
        chance = self._rng.random()
        if case.assignee < 0:
            self._leave_unassigned(case, chance)
        elif case.status == "new" or last == "customer":
            case.status = "review" if chance < 0.04 else "open"  # noqa: PLR2004
        if case.assignee >= 0 and last == "person":
            is_held = case.story.scene in ON_HOLD_SCENES and chance < 0.35  # noqa: PLR2004
            case.status = "on_hold" if is_held else "waiting" if chance < 0.85 else "open"  # noqa: PLR2004
        if case.status in {"waiting", "on_hold"} and self._rng.random() < SNOOZED_SHARE * 3:
            self._let_sleep(case)

    def _leave_unassigned(self, case: Case, chance: float) -> None:
        case.status = "dispatch" if case.team == "repair" and chance < 0.5 else "new"  # noqa: PLR2004
        waited = self._now - case.beats[-1].at
        routing = next(team.routing for team in self._material.staff.teams if team.key == case.team)
        keeps = 1.0 if routing == "manual" else 0.9
        keeps = keeps if waited < 20 * HOUR else 0.7
        if waited > 3 * DAY or (waited > 20 * 60 and self._rng.random() > keeps):
            at = min(case.beats[-1].at + 1800 * self._rng.random() + 60, self._now - 20)
            agent = self._roster.choose(case.team, case.story.language, self._rng, at)
            case.beats.append(Beat(at, "change", agent, field="assignee"))
            case.assignee, case.status = agent, "open"

    def _let_sleep(self, case: Case) -> None:
        at = case.beats[-1].at + 30 + self._rng.random() * 300
        if at > self._now - 10:
            return
        case.snoozed_until = self._now + (0.3 + self._rng.random() ** 2 * 100) * HOUR
        case.beats.append(Beat(at, "change", case.assignee, field="snooze"))

    def _finish(self, case: Case) -> None:
        last = case.beats[-1].at
        is_junk = case.story.ends == "junk"
        is_silent = case.story.ends == "silent"
        wait = 20 + self._rng.random() * 1200
        solved_at = when_open(last + wait, self._rng)
        if solved_at > self._now:
            case.status = "waiting" if is_silent else "open"
            return
        agent = case.assignee if case.assignee >= 0 else -2
        case.solved_at = solved_at
        case.status = "solved"
        if case.team in {"repair", "complaints"} and self._rng.random() < 0.5:  # noqa: PLR2004
            case.status = "follow_up"
        if is_junk:
            case.status, case.closed_at = "archived", solved_at
        case.beats.append(Beat(solved_at, "change", agent, field="status", value=case.status))
        closed_at = solved_at + (3 + self._rng.random() * 3) * DAY
        if not is_junk and closed_at < self._now:
            case.status, case.closed_at = "closed", closed_at
            case.beats.append(Beat(closed_at, "close", -2, field="status", value="closed"))

    def _mention_you(self, case: Case) -> None:
        at = min(case.beats[-1].at + 200 + self._rng.random() * 5000, self._now - 40)
        lexicon = self._material.common[case.story.language]
        facts = {"you": self._material.staff.people[YOU].shown.split()[0 if case.story.language == "zh" else 1]}
        voice = Voice(self._rng, facts, lexicon)
        text = lexicon.pick("n_mention", voice).text(voice)
        case.beats.append(Beat(at, "note", case.assignee, text, field="mention"))


def _last_speaker(case: Case) -> str:
    return next((beat.by for beat in reversed(case.beats) if beat.by in {"customer", "person"}), "customer")


def _apply(case: Case, beat: Beat) -> None:
    if beat.by != "change":
        return
    if beat.field == "assignee":
        case.assignee, case.status = beat.agent, "open"
    elif beat.field == "team":
        case.team, case.assignee = beat.value, -1
    elif beat.field == "priority":
        case.priority = int(beat.value)
    elif beat.field == "tag":
        case.tags.append(beat.value)
    elif beat.field == "status":
        case.status = beat.value
