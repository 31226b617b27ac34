"""One exchange with one endpoint: the form that it understands, attempts, one repair, checks. Knows no database."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final, Generic, Protocol, TypeVar

from msgspec import Struct, structs

from ombud.intelligence.models.forms import WrongForm, form_in_words, read_answer, schema_of
from ombud.intelligence.models.rules import DEGRADED, pause_before
from ombud.intelligence.models.schemas import Attempt, Message, Output, Problem, Said, Target, Usage

T = TypeVar("T")
MOST_REPEATS: Final = 2
MOST_ATTEMPTS: Final = 6
KEPT_ANSWER: Final = 20_000
FORM_STATUSES: Final = frozenset({400, 404, 415, 422, 501})


class Problematic(Protocol):
    """A request that failed, as the wire tells it."""

    problem: Problem
    detail: str
    retry_after: str | None
    may_repeat: bool
    status: int


class Chat(Protocol):
    """What sends a request: the library of a provider."""

    async def chat(
        self,
        target: Target,
        messages: list[Message],
        *,
        output: Output,
        schema: dict[str, Any],
        max_tokens: int,
        seconds: float,
    ) -> Said:
        """Ask."""


class Question(Struct, Generic[T], frozen=True):
    """A question ready to be asked; ``read`` makes a checked value of an answer or says what is wrong with it."""

    messages: list[Message]
    shape: type[T]
    # puts personal data back
    restore: Callable[[T], T]
    check: Callable[[T], str]
    max_tokens: int


class Answered(Struct, Generic[T]):
    """How it ended."""

    value: T | None = None
    problem: Problem | None = None
    detail: str = ""
    answer: str = ""
    output: Output = "json_schema"
    usage: Usage = Usage()
    attempts: list[Attempt] = []
    messages: list[Message] = []
    asked_to_wait: str | None = None


class Exchange(Generic[T]):
    """Asks until there is an answer that stands, or no reason to go on."""

    def __init__(
        self,
        wire: Chat,
        failure: type[Exception],
        target: Target,
        question: Question[T],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._wire = wire
        self._failure = failure
        self._target = target
        self._question = question
        self._sleep = sleep
        self._deadline = time.monotonic() + target.timeout_seconds
        self._repeats = 0
        self._is_repaired = False
        self.found: Answered[T] = Answered(output=target.output, messages=list(question.messages))

    async def run(self) -> Answered[T]:
        """The answer with all that led to it."""
        while len(self.found.attempts) < MOST_ATTEMPTS and not await self._step():
            pass
        return self.found

    async def _step(self) -> bool:
        """One request; whether it was the last."""
        started = time.monotonic()
        left = self._deadline - started
        if left <= 0:
            return self._end("timeout", f"No whole answer within {self._target.timeout_seconds} s.")
        try:
            said = await self._wire.chat(
                self._target,
                self._told(),
                output=self.found.output,
                schema=schema_of(self._question.shape),
                max_tokens=self._question.max_tokens,
                seconds=left,
            )
        except self._failure as problem:
            return await self._after(problem, started)  # type: ignore[arg-type]  # the wire's own error
        return self._judge(said, started)

    def _told(self) -> list[Message]:
        """The messages; models that know no schema are told it in words."""
        first, *rest = self.found.messages
        if self.found.output == "json_schema" and not self._is_repaired:
            return self.found.messages
        return [structs.replace(first, content=f"{first.content}\n{form_in_words(self._question.shape)}"), *rest]

    async def _after(self, failed: Problematic, started: float) -> bool:
        self._note(failed.problem, failed.detail, "", started)
        self.found.asked_to_wait = failed.retry_after
        if failed.problem == "wrong_model" and failed.status in FORM_STATUSES and self.found.output in DEGRADED:
            self.found.output = DEGRADED[self.found.output]
            return False
        pause = pause_before(self._repeats, failed.retry_after, now=datetime.now(UTC))
        if failed.may_repeat and self._repeats < MOST_REPEATS and time.monotonic() + pause < self._deadline:
            self._repeats += 1
            await self._sleep(pause)
            return False
        return self._end(failed.problem, failed.detail)

    def _judge(self, said: Said, started: float) -> bool:
        self.found.usage = self.found.usage.plus(said.usage)
        self.found.answer = said.text[:KEPT_ANSWER]
        if said.is_cut:
            self._note("cut", "The answer was cut off.", said.text, started)
            return self._end("cut", "The answer was cut off.")
        problem, detail = self._read(said.text)
        self._note(problem or "", detail, said.text, started)
        if problem is None:
            return True
        if self._is_repaired:
            return self._end(problem, detail)
        self._is_repaired = True
        wrong = f"This was not accepted: {detail} Answer again, as the instructions ask."
        self.found.messages += [Message("assistant", said.text[:KEPT_ANSWER]), Message("user", wrong)]
        return False

    def _read(self, text: str) -> tuple[Problem | None, str]:
        try:
            read = read_answer(text, self._question.shape)
        except WrongForm as wrong:
            return "nonsense", f"It is not of the form that was asked for: {wrong}"
        value = self._question.restore(read)
        wrong_value = self._question.check(value)
        if wrong_value:
            return "refused", wrong_value
        self.found.value = value
        return None, ""

    def _note(self, problem: Any, detail: str, answer: str, started: float) -> None:
        milliseconds = round((time.monotonic() - started) * 1000)
        one = Attempt(self.found.output, problem, detail, answer[:KEPT_ANSWER], milliseconds)
        self.found.attempts = [*self.found.attempts, one]

    def _end(self, problem: Problem, detail: str) -> bool:
        self.found.problem, self.found.detail = problem, detail
        return True
