"""Made-up floors for the tests of the pure core."""

from hypothesis import strategies as st

from ombud.routing.engine.schemas import Agent, Need, Step, Work

NOW = 1_000.0
TEAMS = st.lists(st.integers(1, 3), min_size=1, max_size=2, unique=True).map(tuple)
NEEDS = st.recursive(
    st.builds(Need, st.integers(1, 4), st.integers(1, 5)),
    lambda inner: st.one_of(
        st.builds(lambda some: Need(all_of=tuple(some)), st.lists(inner, min_size=1, max_size=2)),
        st.builds(lambda some: Need(any_of=tuple(some)), st.lists(inner, min_size=1, max_size=2)),
    ),
    max_leaves=3,
)
STEPS = st.lists(st.builds(Step, NEEDS, st.sampled_from([30.0, 600.0, None])), max_size=2).map(tuple)
SKILLS = st.dictionaries(st.integers(1, 4), st.integers(1, 5), max_size=4)


@st.composite
def works(draw: st.DrawFn) -> list[Work]:
    """Some waiting work of every sort."""
    return [
        Work(
            id=number,
            team_ids=draw(TEAMS),
            channel=draw(st.sampled_from(["chat", "email"])),
            points=draw(st.integers(1, 3)),
            is_interruptible=draw(st.booleans()),
            score=draw(st.sampled_from([0.0, 5.0, 80.0, 1_000_005.0])),
            eligible_at=draw(st.sampled_from([0.0, 950.0, 2_000.0])),
            steps=draw(STEPS),
            refused_by=draw(st.sampled_from([(), (1,), (1, 2)])),
            customer_id=draw(st.integers(1, 2)),
            is_hard=draw(st.booleans()),
        )
        for number in range(1, draw(st.integers(0, 12)) + 1)
    ]


@st.composite
def agents(draw: st.DrawFn) -> list[Agent]:
    """Some agents of every sort."""
    return [
        Agent(
            id=number,
            team_ids=draw(TEAMS),
            skills=draw(SKILLS),
            capacity=draw(st.integers(0, 6)),
            load=draw(st.integers(0, 4)),
            limits=draw(st.sampled_from([{}, {"chat": 1}])),
            accepts=draw(st.sampled_from([None, frozenset({"chat"})])),
            idle_since=draw(st.floats(0, 900)),
            ramp_at_most=draw(st.sampled_from([None, 0, 1])),
            hard_share=draw(st.sampled_from([1.0, 0.0])),
            excluded_customers=draw(st.sampled_from([frozenset(), frozenset({1})])),
            unavailable=draw(st.sampled_from(["", "", "offline"])),
        )
        for number in range(1, draw(st.integers(0, 5)) + 1)
    ]


def work(number: int = 1, **more: object) -> Work:
    """One piece of work for team 1."""
    return Work(id=number, **{"team_ids": (1,), **more})  # type: ignore[arg-type]


def agent(number: int = 1, **more: object) -> Agent:
    """One agent of team 1 with some room."""
    return Agent(id=number, **{"team_ids": (1,), "capacity": 4, **more})  # type: ignore[arg-type]


def step(*needs: tuple[int, int], seconds: float | None = None) -> Step:
    """A step that asks for all of some skills, each at a level."""
    return Step(Need(all_of=tuple(Need(skill, level) for skill, level in needs)), seconds)
