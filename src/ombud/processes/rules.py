"""Pure rules of processes: is it a process at all, where does a stage lead, what does it still need."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from ombud.processes.schemas import Condition, ProcessSpec, Question, QuestionKind, Stage
from ombud.shared.conditions import Kind

END = ""
Holds = Callable[[Condition], bool]
KINDS: dict[QuestionKind, Kind] = {
    "text": "text",
    "long_text": "text",
    "choice": "choice",
    "yes_no": "yes_no",
    "number": "number",
    "date": "date",
}
MOST_TEXT = {"text": 300, "long_text": 5_000}


def stage_of(spec: ProcessSpec, key: str) -> Stage | None:
    """The stage of a key."""
    return next((one for one in spec.stages if one.key == key), None)


def is_always(condition: Condition) -> bool:
    """Whether a condition holds whatever the ticket is like."""
    return condition == {"all": []}


def _follower(spec: ProcessSpec, stage: Stage) -> str:
    place = spec.stages.index(stage)
    return spec.stages[place + 1].key if place + 1 < len(spec.stages) else END


def exits(spec: ProcessSpec, stage: Stage) -> list[str]:
    """Where a stage can lead when it is done: its ways, and the next one unless a way is always open."""
    found = []
    for way in stage.ways:
        found.append(way.to)
        if is_always(way.when):
            return found
    return [*found, _follower(spec, stage)]


def jumps(spec: ProcessSpec, stage: Stage) -> list[str]:
    """Where a stage can lead although it is not done."""
    return [one for one in (stage.late_to, stage.not_solved_to, spec.fails_to) if one]


def find_problems(spec: ProcessSpec) -> Iterator[tuple[str, str]]:
    """What keeps stages from being a process: the stage or question, and a word for what is wrong with it."""
    keys = [one.key for one in spec.stages]
    questions = [question.key for one in spec.stages for question in one.questions]
    yield from ((key, "twice") for key in sorted({key for key in keys if keys.count(key) > 1}))
    yield from ((key, "question_twice") for key in sorted({key for key in questions if questions.count(key) > 1}))
    aims = [(one.key, aim) for one in spec.stages for aim in [way.to for way in one.ways] + jumps(spec, one)]
    unknown = [stage for stage, aim in aims if aim != END and aim not in keys]
    yield from ((stage, "leads_nowhere") for stage in dict.fromkeys(unknown))
    if unknown or len(set(keys)) < len(keys):
        return
    yield from ((key, "no_exit") for key in _without_end(spec))
    yield from ((key, "never_reached") for key in _unreached(spec))


def _without_end(spec: ProcessSpec) -> list[str]:
    """Stages from which no chain of exits comes to the end."""
    good = {END}
    while True:
        more = {one.key for one in spec.stages if one.key not in good and good & set(exits(spec, one))}
        if not more:
            return [one.key for one in spec.stages if one.key not in good]
        good |= more


def _unreached(spec: ProcessSpec) -> list[str]:
    seen: set[str] = set()
    waiting = [spec.stages[0].key]
    while waiting:
        key = waiting.pop()
        stage = stage_of(spec, key)
        if stage is None or key in seen:
            continue
        seen.add(key)
        # A stage that is passed over leads where it would have led.
        waiting += [*exits(spec, stage), *jumps(spec, stage)]
    return [one.key for one in spec.stages if one.key not in seen]


def lead(spec: ProcessSpec, stage: Stage, holds: Holds) -> str:
    """Where a stage leads now: the first way that holds, else the next; stages that are not entered are passed over."""
    key = _way(spec, stage, holds)
    for _ in spec.stages:
        found = stage_of(spec, key)
        if found is None or holds(found.enters_when):
            return key
        key = _way(spec, found, holds)
    return END


def begin(spec: ProcessSpec, holds: Holds) -> str:
    """The first stage that is entered."""
    first = spec.stages[0]
    return first.key if holds(first.enters_when) else lead(spec, first, holds)


def _way(spec: ProcessSpec, stage: Stage, holds: Holds) -> str:
    for way in stage.ways:
        if holds(way.when):
            return way.to
    return _follower(spec, stage)


def unanswered(stage: Stage, answers: Mapping[str, Any]) -> list[str]:
    """Keys of required questions without an answer."""
    return [one.key for one in stage.questions if one.is_required and answers.get(one.key) in (None, "")]


def is_answer(question: Question, given: Any) -> bool:
    """Whether something can be an answer to a question."""
    match question.kind:
        case "text" | "long_text":
            return isinstance(given, str) and len(given) <= MOST_TEXT[question.kind]
        case "choice":
            return given in [one.value for one in question.choices]
        case "yes_no":
            return isinstance(given, bool)
        case "number":
            return isinstance(given, int | float) and not isinstance(given, bool) and abs(given) < 10**15
        case "date":
            return isinstance(given, str) and _is_date(given)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def solution_key(text: str) -> str:
    """By what the same solution is known again: its letters and figures, whatever their case, blanks and signs."""
    return "".join(char for char in text.casefold() if char.isalnum())


def is_drawn(number: int, one_in: int | None, *, is_severe: bool) -> bool:
    """Whether the ``number``-th ticket that somebody brings through a stage is inspected; it can be counted again."""
    return is_severe or (one_in is not None and number % one_in == 0)


def teams_of(spec: ProcessSpec) -> Sequence[int]:
    """Departments that a process names."""
    named = [one.team_id for one in spec.stages] + [task.team_id for one in spec.stages for task in one.tasks]
    return sorted({one for one in named if one is not None})
