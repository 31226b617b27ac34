"""Shapes of simulated days that somebody asked for on the page."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from ombud.routing.simulation.rules.replaying import Comparison
from ombud.routing.simulation.schemas import POLICIES, Policy, Words

RunState = Literal["waiting", "running", "done", "failed", "stopped"]
MOST_REPLICATIONS = 20
MOST_TEXT = 60_000


class SimulationIn(Struct, forbid_unknown_fields=True):
    """What shall be played: a shipped scenario, or ``text``, a scenario file of one's own."""

    scenario: Annotated[str, Meta(max_length=60)] = "normal_day"
    text: Annotated[str, Meta(max_length=MOST_TEXT)] = ""
    policies: Annotated[list[Policy], Meta(min_length=1, max_length=3)] = field(default_factory=lambda: [*POLICIES])
    replications: Annotated[int, Meta(ge=1, le=MOST_REPLICATIONS)] = 3
    seed: Annotated[int, Meta(ge=0, le=2**31)] | None = None


class SimulationRun(Struct):
    """One that was asked for; ``result`` when it is done."""

    id: int
    person_id: int | None
    name_en: str
    name_zh: str
    policies: list[Policy]
    replications: int
    seed: int
    state: RunState
    done: int
    total: int
    problem: str | None
    created_at: datetime
    finished_at: datetime | None
    is_rehearsal: bool
    plan_id: int | None
    result: Comparison | None = None
    # names of kinds and groups by their key
    kinds: dict[str, Words] = {}
    groups: dict[str, Words] = {}


class SimulationList(Struct):
    """The newest runs, without their results."""

    items: list[SimulationRun]


class ShippedScenario(Struct):
    """A scenario that ships with the product, with its text to begin one's own from."""

    key: str
    name: Words
    about: Words
    text: str


class ScenarioList(Struct):
    """All that ship."""

    items: list[ShippedScenario]


class Claimed(Struct):
    """A run that a process works on."""

    id: int
    spec: dict[str, Any]
    plan_id: int | None
    is_rehearsal: bool
