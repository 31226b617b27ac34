"""Ask a model. Whoever asks has a way without it: every failure is an outcome, none is an error.

A question is never asked inside a transaction: somebody else's machine takes its time.
"""

import asyncio
import importlib
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from msgspec import Struct, structs

from ombud.intelligence.models.asking import Answered, Exchange, Question
from ombud.intelligence.models.checks import (
    acts,
    all_text,
    amount_problem,
    contact_problem,
    customer_problem,
    faithful_problem,
    language_problem,
    leak_problem,
    link_problem,
    number_problem,
    payload_problem,
    placeholder_problem,
    quote_problem,
    support_problem,
    time_problem,
)
from ombud.intelligence.models.exchanges import TRIAL, Begun, begin, end
from ombud.intelligence.models.fencing import PREAMBLE, first_messages, new_mark
from ombud.intelligence.models.hiding import PLACEHOLDER, Hiding
from ombud.intelligence.models.injections import find_injections, without_injections
from ombud.intelligence.models.schemas import About, Attempt, Message, Outcome, Purpose, Source, Target, Task
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database
from ombud.shared.outbound import Guard

# Whoever asks checks with these, and hides and shows what is personal with those.
__all__ = [
    "PLACEHOLDER",
    "Hiding",
    "Models",
    "acts",
    "all_text",
    "amount_problem",
    "ask",
    "complete",
    "contact_problem",
    "customer_problem",
    "embed",
    "faithful_problem",
    "find_injections",
    "language_problem",
    "link_problem",
    "number_problem",
    "payload_problem",
    "placeholder_problem",
    "quote_problem",
    "restored",
    "support_problem",
    "time_problem",
]

T = TypeVar("T")
AT_ONCE: Final = 4
WAITING: Final = 8
WIRE: Final = "ombud.intelligence.models.wire"
FORM: Final = "The answer is one JSON object of the form that was given with this request."


def _no_check(_: Any) -> str:
    return ""


def _any_target(_: Target) -> bool:
    return True


class Models:
    """The models of this installation as one process asks them."""

    def __init__(self, database: Database, keys: KeyRing, clock: Clock, guard: Guard) -> None:
        self.database = database
        self.keys = keys
        self.clock = clock
        self.guard = guard
        self.sleep: Callable[[float], Any] = asyncio.sleep
        self._wire: Any = None
        self._turns: dict[int, asyncio.Semaphore] = {}
        self._waiting: dict[int, int] = {}

    async def wire(self) -> Any:
        """The module that speaks the protocol, and its connection; loaded once, beside the loop."""
        if self._wire is None:
            module = await asyncio.to_thread(importlib.import_module, WIRE)
            if self._wire is None:
                self._wire = module.Wire(self.guard), module.WireProblem
        return self._wire

    async def close(self) -> None:
        """Close what is open."""
        if self._wire is not None:
            await self._wire[0].close()

    async def in_turn(self, endpoint_id: int, asking: Callable[[], Any]) -> Any:
        """Ask when it is our turn: a slow model is not asked by everybody at once. None where too many wait."""
        if self._waiting.get(endpoint_id, 0) >= AT_ONCE + WAITING:
            return None
        self._waiting[endpoint_id] = self._waiting.get(endpoint_id, 0) + 1
        try:
            async with self._turns.setdefault(endpoint_id, asyncio.Semaphore(AT_ONCE)):
                return await asking()
        finally:
            self._waiting[endpoint_id] -= 1


async def complete(
    models: Models,
    purpose: Purpose,
    task: Task,
    shape: type[T],
    *,
    check: Callable[[T], str] = _no_check,
    about: About = About(),  # noqa: B008 – frozen
) -> T | None:
    """The checked answer of a model, or None: there is none, it is off, over its budget, resting or talks nonsense."""
    return (await ask(models, purpose, task, shape, check=check, about=about)).value


async def ask(
    models: Models,
    purpose: Purpose,
    task: Task,
    shape: type[T],
    *,
    check: Callable[[T], str] = _no_check,
    about: About = About(),  # noqa: B008 – frozen
    endpoint_id: int | None = None,
) -> Outcome[T]:
    """The checked answer of a model, or what stood in its way.

    Personal data of all sources is hidden before anything leaves, and put back before ``check`` sees the answer.
    ``endpoint_id`` asks a certain one whatever its state is: for trials, which no budget counts.

    Emits: ModelEndpointRested, ModelEndpointRecovered
    """
    hiding, mark = Hiding(task.names), new_mark()
    sources, injections = _prepared(task.sources, hiding)
    messages = first_messages(task.instructions, sources, mark, FORM)
    async with models.database.transaction() as tx:
        begun = await begin(
            tx,
            models.keys,
            purpose,
            messages,
            task.max_tokens,
            endpoint_id=endpoint_id,
            about=about,
            counts=(hiding.count, injections),
            now=models.clock.now(),
        )
    if isinstance(begun, Outcome):
        return begun
    secrets = (mark, begun.target.key) if len(begun.target.key) > 8 else (mark,)  # noqa: PLR2004 – no key is shorter
    told = f"{PREAMBLE}\n{task.instructions}"

    def judge(answer: T) -> str:
        return leak_problem("\n".join(_texts(answer)), told, secrets) or check(answer)

    question = Question(messages, shape, lambda answer: restored(answer, hiding), judge, task.max_tokens)
    found: Answered[T] | None = await models.in_turn(begun.target.id, lambda: _exchange(models, begun, question))
    if found is None:
        found = Answered(
            problem="busy", detail="Too many questions wait for this endpoint.", output=begun.target.output
        )
    async with models.database.transaction() as tx:
        is_trial = endpoint_id is not None
        await end(tx, TRIAL if is_trial else purpose, begun, found, now=models.clock.now(), is_trial=is_trial)
    return Outcome(found.value, found.problem, found.detail, begun.exchange_id)


async def embed(
    models: Models,
    texts: Sequence[str],
    *,
    endpoint_id: int | None = None,
    is_bulk: bool = False,
    fits: Callable[[Target], bool] = _any_target,
) -> Outcome[list[list[float]]]:
    """Texts as vectors by the endpoint of the purpose ``embed``; personal data is hidden, as everywhere.

    ``is_bulk``: the exchange keeps how much was sent, and not the texts, which stand in the knowledge base. ``fits``
    says whether an endpoint is the one that is meant: settings may have changed since it was chosen.

    Emits: ModelEndpointRested, ModelEndpointRecovered
    """
    hiding = Hiding()
    hidden = [hiding.hide(one) for one in texts]
    short = [Message("user", f"{len(hidden)} texts, {sum(map(len, hidden))} characters")] if is_bulk else None
    async with models.database.transaction() as tx:
        begun = await begin(
            tx,
            models.keys,
            "embed",
            [Message("user", one) for one in hidden],
            0,
            endpoint_id=endpoint_id,
            about=About(),
            counts=(hiding.count, 0),
            kept=short,
            now=models.clock.now(),
        )
    if isinstance(begun, Outcome):
        return begun
    found = await _vectors(models, begun, hidden, fits)
    async with models.database.transaction() as tx:
        is_trial = endpoint_id is not None
        await end(tx, TRIAL if is_trial else "embed", begun, found, now=models.clock.now(), is_trial=is_trial)
    return Outcome(found.value, found.problem, found.detail, begun.exchange_id)


async def _vectors(
    models: Models, begun: Begun, texts: Sequence[str], fits: Callable[[Target], bool]
) -> Answered[list[list[float]]]:
    found: Answered[list[list[float]]] = Answered(output=begun.target.output)
    if not fits(begun.target):
        found.problem, found.detail = "off", "Another endpoint is used for vectors now."
        return found
    wire, failure = await models.wire()
    seconds = begun.target.timeout_seconds
    started = time.monotonic()
    try:
        asked = await models.in_turn(begun.target.id, lambda: wire.embed(begun.target, texts, seconds=seconds))
    except failure as problem:
        found.problem, found.detail, found.asked_to_wait = problem.problem, problem.detail, problem.retry_after
    else:
        if asked is None:
            found.problem, found.detail = "busy", "Too many questions wait for this endpoint."
        else:
            found.value, found.usage = asked
    milliseconds = round((time.monotonic() - started) * 1000)
    found.attempts = [Attempt(found.output, found.problem or "", found.detail, "", milliseconds)]
    return found


def restored(answer: T, hiding: Hiding) -> T:
    """An answer with the personal data that its placeholders stand for."""
    # Not converted anew: what was hidden may be longer than its placeholder, and is no mistake of the model.
    found: T = _restored(answer, hiding)
    return found


def _restored(one: Any, hiding: Hiding) -> Any:
    if isinstance(one, str):
        return hiding.restore(one)
    if isinstance(one, list | tuple):
        return type(one)(_restored(part, hiding) for part in one)
    if isinstance(one, Struct):
        return structs.replace(one, **{name: _restored(part, hiding) for name, part in structs.asdict(one).items()})
    return one


def _texts(one: Any) -> list[str]:
    if isinstance(one, str):
        return [one]
    if isinstance(one, list | tuple):
        return [text for part in one for text in _texts(part)]
    if isinstance(one, Struct):
        return [text for part in structs.asdict(one).values() for text in _texts(part)]
    return []


def _prepared(sources: Sequence[Source], hiding: Hiding) -> tuple[list[Source], int]:
    """Sources as they leave: without what speaks to machines, without personal data."""
    prepared, injections = [], 0
    for one in sources:
        text, count = without_injections(one.text)
        injections += count
        prepared.append(structs.replace(one, text=hiding.hide(text)))
    return prepared, injections


async def _exchange(models: Models, begun: Begun, question: Question[T]) -> Answered[T]:
    wire, failure = await models.wire()
    return await Exchange(wire, failure, begun.target, question, sleep=models.sleep).run()
