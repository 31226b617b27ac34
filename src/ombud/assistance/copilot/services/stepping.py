"""What to do next on a ticket, by its process first; without one, by what waits."""

from datetime import datetime
from typing import Any, Final

from ombud.assistance.copilot import queries
from ombud.assistance.copilot.queries import Subject
from ombud.assistance.copilot.schemas import CopilotStep, CopilotSteps, StepKind
from ombud.processes.schemas import ProcessView, Stage
from ombud.processes.services.showing import show_process
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction

NEEDS: Final[dict[str, StepKind]] = {
    "told": "told",
    "tasks": "tasks",
    "solution": "solution",
    "confirmation": "confirmation",
    "exit_when": "condition",
}
DONE: Final = frozenset({"solved", "closed"})


async def next_steps(tx: Transaction, ticket_id: int, *, by: Actor, now: datetime) -> CopilotSteps:
    """What to do next, the most pressing first; nothing for a ticket that is done.

    Raises:
        NotFound: it does not exist, or ``by`` may not see it.
    """
    subject = await queries.find_subject(tx, ticket_id, by=by)
    if subject.category in DONE:
        return CopilotSteps([])
    view = await show_process(tx, subject.id, by=by, now=now)
    stage = _present(view)
    items = await _waiting(tx, subject)
    items += _of_stage(view, stage) if stage is not None else _without_process(subject, items)
    return CopilotSteps(items, stage.name_en if stage else "", stage.name_zh if stage else "")


async def _waiting(tx: Transaction, subject: Subject) -> list[CopilotStep]:
    items = [
        CopilotStep("promise", [one.text], [one.text], one.due_at, one.id)
        for one in await queries.open_promises(tx, subject.id)
    ]
    if subject.waiting_since is not None:
        items.insert(0, CopilotStep("reply", at=subject.waiting_since))
    return items


def _present(view: ProcessView) -> Stage | None:
    if view.run is None or view.run.ended_at is not None:
        return None
    visit = next((one for one in view.run.visits if one.ended_at is None), None)
    return next((one for one in view.run.spec.stages if visit and one.key == visit.stage), None)


def _of_stage(view: ProcessView, stage: Stage) -> list[CopilotStep]:
    problems: dict[str, Any] = view.run.problems if view.run else {}
    tried = [one for one in view.solutions if one.outcome is None]
    items = [CopilotStep("outcome", [one.text], [one.text], one.at, one.id) for one in tried]
    open_questions = [one for one in stage.questions if f"answers.{one.key}" in problems]
    if open_questions:
        items.append(
            CopilotStep("questions", [one.name_en for one in open_questions], [one.name_zh for one in open_questions])
        )
    items += [CopilotStep(kind) for need, kind in NEEDS.items() if need in problems]
    if not problems:
        items.append(CopilotStep("advance", [stage.name_en], [stage.name_zh]))
    return items


def _without_process(subject: Subject, waiting: list[CopilotStep]) -> list[CopilotStep]:
    items = []
    if subject.assignee_id is None:
        items.append(CopilotStep("assign"))
    if subject.type_id is None:
        items.append(CopilotStep("type"))
    if not waiting:
        items.append(CopilotStep("solve"))
    return items
