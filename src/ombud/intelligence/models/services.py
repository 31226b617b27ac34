"""Ask a model. Whoever asks has a way without it: every failure is an outcome, none is an error.

A question is never asked inside a transaction: somebody else's machine takes its time.
"""

import asyncio
import importlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct, structs

from ombud.intelligence.models import queries
from ombud.intelligence.models.asking import Answered, Exchange, Question
from ombud.intelligence.models.checks import leak_problem
from ombud.intelligence.models.endpoints import key_place, note_answered, note_failed
from ombud.intelligence.models.fencing import PREAMBLE, first_messages, new_mark
from ombud.intelligence.models.hiding import Hiding
from ombud.intelligence.models.injections import without_injections
from ombud.intelligence.models.queries import Planned
from ombud.intelligence.models.rules import cost_micros, estimate, fits
from ombud.intelligence.models.schemas import (
    About,
    Message,
    Outcome,
    Problem,
    Purpose,
    Source,
    Target,
    Task,
    Usage,
)
from ombud.shared.clock import Clock
from ombud.shared.crypto import KeyMissing, KeyRing
from ombud.shared.database import Database, Transaction, execute, value
from ombud.shared.outbound import Guard

T = TypeVar("T")
AT_ONCE: Final = 4
WAITING: Final = 8
WIRE: Final = "ombud.intelligence.models.wire"
TRIAL: Final = "trial"
FORM: Final = "The answer is one JSON object of the form that was given with this request."
# What belongs to an endpoint's health; the rest is ours, or nobody's fault.
OURS: Final = frozenset[Problem]({"no_model", "off", "over_budget", "resting", "busy"})


def _no_check(_: Any) -> str:
    return ""


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


class _Ready(Struct):
    """A question with all that it needs, its exchange begun."""

    exchange_id: int
    target: Target
    messages: list[Message]
    reserved: Usage
    micros: int
    price_in: int | None
    price_out: int | None


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
        begun = await _begin(
            tx,
            models,
            purpose,
            messages,
            task.max_tokens,
            endpoint_id=endpoint_id,
            about=about,
            counts=(hiding.count, injections),
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
        await _end(tx, TRIAL if is_trial else purpose, begun, found, now=models.clock.now(), is_trial=is_trial)
    return Outcome(found.value, found.problem, found.detail, begun.exchange_id)


async def embed(models: Models, texts: Sequence[str], *, endpoint_id: int | None = None) -> Outcome[list[list[float]]]:
    """Texts as vectors by the endpoint of the purpose ``embed``; personal data is hidden, as everywhere."""
    hiding = Hiding()
    hidden = [hiding.hide(one) for one in texts]
    messages = [Message("user", one) for one in hidden]
    async with models.database.transaction() as tx:
        begun = await _begin(
            tx, models, "embed", messages, 0, endpoint_id=endpoint_id, about=About(), counts=(hiding.count, 0)
        )
    if isinstance(begun, Outcome):
        return begun
    wire, failure = await models.wire()
    found: Answered[list[list[float]]] = Answered(output=begun.target.output)
    try:
        seconds = begun.target.timeout_seconds
        found.value, found.usage = await wire.embed(begun.target, hidden, seconds=seconds)
    except failure as problem:
        found.problem, found.detail = problem.problem, problem.detail
    async with models.database.transaction() as tx:
        is_trial = endpoint_id is not None
        await _end(tx, TRIAL if is_trial else "embed", begun, found, now=models.clock.now(), is_trial=is_trial)
    return Outcome(found.value, found.problem, found.detail, begun.exchange_id)


async def forget_exchanges(tx: Transaction, *, now: datetime, limit: int = 5_000) -> int:
    """Remove exchanges that are older than the policy keeps them, some at a time; how many.

    What was under way when its process ended is said to have failed.
    """
    sql = """
        update model_exchange set state = 'failed', problem = 'timeout', problem_detail = 'Its process ended.'
        where state = 'sent' and at < %(now)s - interval '1 hour'"""
    await tx.execute(sql, {"now": now})
    sql = """
        delete from model_exchange where id in (
            select id from model_exchange
            where at < %(now)s - make_interval(days => (select keep_days from model_policy)) order by at limit %(limit)s)"""
    return await execute(tx, sql, {"now": now, "limit": limit})


def restored(answer: T, hiding: Hiding) -> T:
    """An answer with the personal data that its placeholders stand for."""
    # Not converted anew: what was hidden may be longer than its placeholder, and is no mistake of the model.
    return _restored(answer, hiding)


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


async def _exchange(models: Models, begun: _Ready, question: Question[T]) -> Answered[T]:
    wire, failure = await models.wire()
    return await Exchange(wire, failure, begun.target, question, sleep=models.sleep).run()


async def _begin(
    tx: Transaction,
    models: Models,
    purpose: Purpose,
    messages: list[Message],
    max_tokens: int,
    *,
    endpoint_id: int | None,
    about: About,
    counts: tuple[int, int],
) -> "_Ready | Outcome[Any]":
    now = models.clock.now()
    planned = await queries.plan(tx, purpose, endpoint_id, now=now)
    problem = _standing_in_the_way(planned, is_trial=endpoint_id is not None)
    if planned is None or planned.endpoint_id is None or problem is not None:
        return Outcome(problem=problem or "no_model", detail=planned.problem if planned else "")
    try:
        target = _target(planned, planned.endpoint_id, models.keys)
    except KeyMissing as missing:
        await note_failed(tx, planned.endpoint_id, "wrong_key", missing.detail, asked_to_wait=None, now=now)
        return Outcome(problem="wrong_key", detail=missing.detail)
    reserved = estimate(messages, max_tokens)
    micros = cost_micros(reserved, planned.price_in_micros, planned.price_out_micros)
    if endpoint_id is None and not await _reserve(tx, purpose, planned, reserved, micros, now=now):
        return Outcome(problem="over_budget", detail="The budget of today is used up.")
    sql = """
        insert into model_exchange (purpose, endpoint_id, endpoint, model, ticket_id, person_id, request, state, hidden,
            injections, at)
        values (%(purpose)s, %(endpoint_id)s, %(endpoint)s, %(model)s, %(ticket)s, nullif(%(person)s::bigint, 0),
            %(request)s::jsonb, 'sent', %(hidden)s, %(injections)s, %(now)s) returning id"""
    params = {
        "purpose": purpose if endpoint_id is None else TRIAL,
        "endpoint_id": target.id,
        "endpoint": target.name,
        "model": target.model,
        "ticket": about.ticket_id,
        "person": about.person_id or 0,
        "request": as_json(messages),
        "hidden": counts[0],
        "injections": counts[1],
        "now": now,
    }
    exchange_id = await value(tx, int, sql, params) or 0
    prices = planned.price_in_micros, planned.price_out_micros
    return _Ready(exchange_id, target, messages, reserved, micros, *prices)


def _standing_in_the_way(planned: Planned | None, *, is_trial: bool) -> Problem | None:
    if planned is None or planned.endpoint_id is None:
        return "no_model"
    if is_trial:
        return None
    if not planned.is_on or not planned.endpoint_is_on:
        return "off"
    return "resting" if planned.is_resting else None


async def _reserve(
    tx: Transaction, purpose: str, planned: Planned, usage: Usage, micros: int, *, now: datetime
) -> bool:
    """Put aside what a question may take; what it did not take is given back at its end."""
    spent = await queries.lock_spent(tx, purpose, now.date())
    tokens = usage.tokens_in + usage.tokens_out
    if not fits(spent.tokens, tokens, planned.tokens_a_day) or not fits(spent.micros, micros, planned.micros_a_day):
        return False
    await _spend(tx, purpose, tokens, micros, 1, now=now)
    return True


async def _spend(tx: Transaction, purpose: str, tokens: int, micros: int, exchanges: int, *, now: datetime) -> None:
    sql = """
        update model_spending set tokens = greatest(tokens + %(tokens)s, 0), micros = greatest(micros + %(micros)s, 0),
            exchanges = exchanges + %(exchanges)s
        where purpose = %(purpose)s and day = %(day)s"""
    params = {"purpose": purpose, "day": now.date(), "tokens": tokens, "micros": micros, "exchanges": exchanges}
    await tx.execute(sql, params)


def _target(planned: Planned, endpoint_id: int, keys: KeyRing) -> Target:
    key = keys.open(planned.key, place=key_place(endpoint_id)).decode() if planned.key else ""
    return Target(
        endpoint_id,
        planned.name or "",
        planned.base_url,
        key,
        planned.model,
        planned.streams,
        planned.timeout_seconds,
        planned.output,
    )


async def _end(
    tx: Transaction, purpose: str, begun: _Ready, found: Answered[Any], *, now: datetime, is_trial: bool
) -> None:
    usage = found.usage
    if usage == Usage() and found.value is not None:
        # Servers that do not count leave the counting to us.
        usage = Usage(begun.reserved.tokens_in, estimate([Message("assistant", found.answer)], 0).tokens_in)
    micros = cost_micros(usage, begun.price_in, begun.price_out)
    state = "answered" if found.problem is None else "refused" if found.problem in {"refused", "nonsense"} else "failed"
    sql = """
        update model_exchange set state = %(state)s, problem = %(problem)s, problem_detail = %(detail)s,
            answer = %(answer)s, attempts = %(attempts)s::jsonb, request = %(request)s::jsonb, tokens_in = %(in)s,
            tokens_out = %(out)s, micros = %(micros)s, ms = %(ms)s
        where id = %(id)s"""
    params = {
        "id": begun.exchange_id,
        "state": state,
        "problem": found.problem or "",
        "detail": _storable(found.detail),
        "answer": _storable(found.answer),
        "attempts": as_json(found.attempts),
        "request": as_json(found.messages or begun.messages),
        "in": usage.tokens_in,
        "out": usage.tokens_out,
        "micros": micros,
        "ms": sum(one.ms for one in found.attempts),
    }
    await tx.execute(sql, params)
    if not is_trial:
        left = (usage.tokens_in + usage.tokens_out) - (begun.reserved.tokens_in + begun.reserved.tokens_out)
        await _spend(tx, purpose, left, micros - begun.micros, 0, now=now)
    if found.problem is None:
        await note_answered(tx, begun.target.id, found.output, now=now)
    elif found.problem not in OURS:
        asked = found.asked_to_wait
        await note_failed(tx, begun.target.id, found.problem, found.detail, asked_to_wait=asked, now=now)


def as_json(found: object) -> str:
    """As a JSON text that PostgreSQL can keep: it knows no NUL."""
    return msgspec.json.encode(found).decode().replace("\\u0000", "")


def _storable(text: str) -> str:
    return text.replace("\0", "")
