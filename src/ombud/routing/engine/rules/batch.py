"""One batch under decision: which kind of work suits which agent, and the room that is left while it is given out."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from ombud.routing.engine.rules.fitness import FAIRNESS, LOAD, spare
from ombud.routing.engine.rules.kinds import Flags, Floats, Floor, Kind
from ombud.routing.engine.schemas import Work


class Pick(Struct):
    """One piece of work for the agent at a place of the floor."""

    agent: int
    kind: int
    work: Work
    worth: float
    # what was left of the agent, and what they carried, before this one
    spare: float
    load: int
    idle_since: float
    candidates: int
    others: list[int]


class Batch:
    """One batch under decision: which kind suits whom, with the room that is left."""

    def __init__(self, kinds: Sequence[Kind], floor: Floor, *, now: float, keep: int) -> None:
        self.kinds = kinds
        self.floor = floor
        self.now = now
        self.keep = keep
        firsts = [kind.works[0] for kind in kinds]
        self._points = np.array([one.points for one in firsts], dtype=np.int64)
        self._is_interruptible = np.array([one.is_interruptible for one in firsts], dtype=np.bool_)
        self._channels: dict[str, Flags] = {
            channel: np.array([one.channel == channel for one in firsts]) for channel in {one.channel for one in firsts}
        }
        # Whatever room they have, and with the room that is left.
        self.matches: Floats = np.ascontiguousarray(np.array([floor.matches(kind, now) for kind in kinds]).T)
        self.suits = self.matches
        self.spare: Floats = 1.0 - LOAD * np.minimum(floor.load / np.maximum(floor.capacity, 1), 2.0)
        self.spare = self.spare - FAIRNESS * floor.recent / (floor.recent + 10.0)
        self.idle_since = [one.idle_since for one in floor.agents]
        self.open()

    def open(self) -> None:
        """Look at everybody's room anew."""
        self.heads = np.array([kind.head() for kind in self.kinds])
        floor = self.floor
        used = np.where(self._is_interruptible[None, :], floor.load[:, None], floor.firm_load[:, None])
        room = (used + self._points[None, :] <= floor.capacity[:, None]) & (floor.ramp > 0)[:, None]
        self.suits = self.matches * (room & (floor.capacity > 0)[:, None])
        for place, agent in enumerate(floor.agents):
            if agent.limits:
                self._close_channels(place)

    def _close_channels(self, place: int) -> None:
        agent = self.floor.agents[place]
        counts = self.floor.per_channel.get(place, agent.per_channel)
        for channel, most in agent.limits.items():
            if counts.get(channel, 0) >= most and channel in self._channels:
                self.suits[place] *= ~self._channels[channel]

    def has_takers(self) -> bool:
        """Whether anybody could take any of what is left."""
        return bool(self.suits[:, self.heads > 0].any())

    def best(self, place: int) -> tuple[float, int]:
        """The highest value that an agent can have now, and of which kind."""
        values = self.suits[place] * self.heads
        kind = int(values.argmax())
        return float(values[kind] * self.spare[place]), kind

    def give(self, place: int, kind_place: int) -> Pick:
        """Give the next piece of a kind to an agent, whose room shrinks by it."""
        kind = self.kinds[kind_place]
        count, others = self.others(place, kind_place)
        worth, work = kind.head(), kind.take()
        self.heads[kind_place] = kind.head()
        pick = self.pick(place, kind_place, work, worth)
        pick.candidates, pick.others = count, others
        self.carry(place, work)
        self.shrink(place)
        return pick

    def pick(self, place: int, kind: int, work: Work, worth: float) -> Pick:
        """A piece of work for an agent, as they are before they have it."""
        load, idle_since = int(self.floor.load[place]), self.idle_since[place]
        return Pick(place, kind, work, worth, float(self.spare[place]), load, idle_since, 0, [])

    def carry(self, place: int, work: Work, *, times: int = 1) -> None:
        """Count a piece of work as an agent's; -1 times: as theirs no more."""
        floor, agent = self.floor, self.floor.agents[place]
        floor.load[place] += times * work.points
        floor.firm_load[place] += 0 if work.is_interruptible else times * work.points
        floor.ramp[place] -= times
        self.spare[place] = spare(float(floor.load[place]), agent.capacity, agent.recent)
        self.idle_since[place] = self.now if times > 0 else agent.idle_since
        if agent.limits:
            counts = floor.per_channel.setdefault(place, dict(agent.per_channel))
            counts[work.channel] = counts.get(work.channel, 0) + times

    def others(self, place: int, kind_place: int) -> tuple[int, list[int]]:
        """How many agents have room for a kind, and the best few of them behind the one who gets it."""
        if not self.keep:
            return 0, []
        values = self.suits[:, kind_place] * self.spare
        count = int(np.count_nonzero(values))
        few = min(count, self.keep)
        top = np.argpartition(-values, few - 1)[:few] if 0 < few < len(values) else np.arange(len(values))
        ranked = sorted((int(one) for one in top if values[one] > 0), key=lambda one: (-values[one], one))
        return count, [place, *(one for one in ranked if one != place)][: self.keep]

    def shrink(self, place: int) -> None:
        """Close what an agent has no room for any more."""
        floor, agent = self.floor, self.floor.agents[place]
        used = np.where(self._is_interruptible, floor.load[place], floor.firm_load[place])
        self.suits[place] *= (used + self._points <= floor.capacity[place]) & (floor.ramp[place] > 0)
        if agent.limits:
            self._close_channels(place)
