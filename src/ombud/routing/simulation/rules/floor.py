"""The floor of a simulated day: shifts, breaks, outages, and work in hand, with the part of it that gives way."""

from collections.abc import Callable, Iterable

from ombud.routing.engine.schemas import Agent
from ombud.routing.simulation.rules.cast import Cast, Member, Rest
from ombud.routing.simulation.rules.people import Item, Person
from ombud.routing.simulation.rules.timeline import Timeline

TEAM = 1


class Floor:
    """Who is there, and what they have in hand."""

    def __init__(self, cast: Cast, timeline: Timeline, skill_ids: dict[str, int]) -> None:
        self.cast, self.timeline = cast, timeline
        self.people = {one.id: Person(one, _agent(one, skill_ids)) for one in cast.members}
        # those who may be given something, by id
        self.free: dict[int, Person] = {}
        self.is_out = False
        self.blocks_breaks = False
        self.wrap_up_times = 1.0
        self._plan()

    def _plan(self) -> None:
        at = self.timeline.at
        at(self.cast.counts_from, self._count_from_here)
        for person in self.people.values():
            if not person.member.is_reserve:
                at(person.member.starts, _with(self.come, person))
                at(person.member.ends, _with(self.leave, person))
            for rest in person.member.rests:
                at(rest.starts, _with(self._fall_due, person, rest))
        for starts, ends in self.cast.outages:
            at(starts, self._go_out)
            at(ends, self._come_back)

    def come(self, person: Person) -> None:
        """Begin the shift."""
        now = self.timeline.now
        person.is_on_shift = True
        person.agent.idle_since = now
        person.duty.turn(on=True, now=now)
        self.look_at(person)

    def leave(self, person: Person) -> None:
        """End the shift: nothing new is taken; what is in hand is finished."""
        person.is_on_shift = False
        self._settle(person)

    def _fall_due(self, person: Person, rest: Rest) -> None:
        if not person.is_on_shift:
            return
        if self.blocks_breaks:
            person.missed_breaks += 1
            return
        person.rests_due.append(rest)
        self._settle(person)

    def _settle(self, person: Person) -> None:
        """Go to rest, or home, once nothing is in hand that cannot wait."""
        now = self.timeline.now
        if person.is_on_shift and person.rests_due and not person.firm and person.rest_until is None:
            rest = person.rests_due.pop(0)
            person.rest_until = now + rest.seconds
            self._stop_soft(person)
            self.timeline.at(person.rest_until, _with(self._rest_ends, person))
        if not person.is_on_shift and not person.has_work:
            person.duty.turn(on=False, now=now)
        self.look_at(person)

    def _rest_ends(self, person: Person) -> None:
        person.rest_until = None
        person.agent.idle_since = self.timeline.now
        self._go_on_with_soft(person)
        self._settle(person)

    def look_at(self, person: Person) -> None:
        """Put right whether they may be given something, and whether they count as busy."""
        agent = person.agent
        if person.is_ready and not self.is_out and agent.firm_load < agent.capacity:
            self.free[agent.id] = person
        else:
            self.free.pop(agent.id, None)
        is_at_work = person.has_work and person.rest_until is None
        person.busy.turn(on=is_at_work, now=self.timeline.now)

    def begin(self, person: Person, item: Item, seconds: float) -> None:
        """Take a piece of work in hand; work that may be interrupted gives way to other work."""
        now, agent = self.timeline.now, person.agent
        item.state, item.person, item.began_at = "in_hand", person, now
        item.left_seconds = seconds + person.member.wrap_up_seconds * self.wrap_up_times
        agent.load += item.work.points
        agent.per_channel[item.work.channel] = agent.per_channel.get(item.work.channel, 0) + 1
        agent.idle_since = agent.given_at = now
        person.note_begun(is_hard=item.arrival.is_hard)
        if item.work.is_interruptible:
            person.soft[item.work.id] = item
            if not person.firm:
                self._go_on(item)
        else:
            self._stop_soft(person)
            person.firm[item.work.id] = item
            agent.firm_load += item.work.points
            self._go_on(item)
        self.look_at(person)

    def _go_on(self, item: Item) -> None:
        if self.is_out:
            return
        item.token += 1
        item.finishes_at = self.timeline.now + item.left_seconds
        self.timeline.at(item.finishes_at, _with(self._finish, item, item.token))

    def _stop(self, item: Item) -> None:
        item.left_seconds = max(0.0, item.finishes_at - self.timeline.now)
        item.finishes_at = 0.0
        item.token += 1

    def _stop_soft(self, person: Person) -> None:
        for item in person.soft.values():
            if item.finishes_at:
                self._stop(item)

    def _go_on_with_soft(self, person: Person) -> None:
        if not person.firm and person.rest_until is None:
            for item in person.soft.values():
                if not item.finishes_at:
                    self._go_on(item)

    def _finish(self, item: Item, token: int) -> None:
        person = item.person
        if person is None or token != item.token:
            return
        now, agent = self.timeline.now, person.agent
        item.state, item.ended_at = "done", now
        agent.load -= item.work.points
        agent.per_channel[item.work.channel] -= 1
        if person.firm.pop(item.work.id, None) is not None:
            agent.firm_load -= item.work.points
        person.soft.pop(item.work.id, None)
        if not person.has_work:
            agent.idle_since = now
        self._settle(person)
        self._go_on_with_soft(person)
        self.look_at(person)

    def _go_out(self) -> None:
        self.is_out = True
        for item in self._in_hand():
            if item.finishes_at:
                self._stop(item)
        for person in self.people.values():
            self.look_at(person)

    def _come_back(self) -> None:
        self.is_out = False
        for person in self.people.values():
            for item in person.firm.values():
                self._go_on(item)
            self._go_on_with_soft(person)
            self.look_at(person)

    def _in_hand(self) -> Iterable[Item]:
        return [item for one in self.people.values() for item in (*one.firm.values(), *one.soft.values())]

    def close_books(self) -> None:
        """Keep how long each was on duty and busy until now."""
        for person in self.people.values():
            person.duty_seconds = person.duty.read(self.timeline.now)
            person.busy_seconds = person.busy.read(self.timeline.now)

    def _count_from_here(self) -> None:
        for person in self.people.values():
            person.duty.restart(self.timeline.now)
            person.busy.restart(self.timeline.now)


def _with(action: Callable[..., None], *arguments: object) -> Callable[[], None]:
    return lambda: action(*arguments)


def _agent(member: Member, skill_ids: dict[str, int]) -> Agent:
    return Agent(
        id=member.id,
        team_ids=(TEAM,),
        skills={skill_ids[name]: level for name, level in member.skills.items()},
        capacity=member.capacity,
        limits=dict(member.limits),
        per_channel={},
        idle_since=member.starts,
    )
