"""What a request borrows, such as a transaction, and gives back even where the framework forgets to ask for it."""

import logging
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Generic, TypeVar

from litestar.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger(__name__)
KEY = "ombud_lent"
T = TypeVar("T")


class Abandoned(Exception):
    """The request ended before the endpoint got what it had borrowed: another dependency refused it."""


class Lending(AbstractAsyncContextManager[T], Generic[T]):
    """Something that is open for one request: ``async with Lending(scope, database.transaction()) as tx: yield tx``.

    Litestar forgets a dependency when another one fails beside or after it. Python would then close the generators of
    provider, transaction and driver each in a task of its own, at the same time, and they would fall over one another.
    """

    def __init__(self, scope: Scope, lent: AbstractAsyncContextManager[T]) -> None:
        self._scope: dict[str, Any] = scope  # type: ignore[assignment]  # a place for our own
        self._lent = lent
        self._is_open = False

    async def __aenter__(self) -> T:
        """Open it."""
        thing = await self._lent.__aenter__()
        self._is_open = True
        self._scope.setdefault(KEY, []).append(self)
        return thing

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it; not where the provider was forgotten: that is left to the end of the request."""
        if kind is not GeneratorExit and self._is_open:
            self._is_open = False
            await self._lent.__aexit__(kind, problem, trace)

    async def end(self) -> None:
        """Close what was forgotten; what was done in it is undone."""
        if self._is_open:
            problem = Abandoned()
            await self.__aexit__(Abandoned, problem, None)


def give_back(app: ASGIApp) -> ASGIApp:
    """Wrap an application: whatever was lent to a request is closed when the request ends."""

    async def giving_back(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        finally:
            own: dict[str, Any] = scope  # type: ignore[assignment]  # a place for our own
            lent: list[Lending[Any]] = own.pop(KEY, [])
            for one in lent:
                try:
                    await one.end()
                except Exception as problem:  # noqa: BLE001 – the answer has left; the pool throws away what is broken
                    log.warning("What a request had borrowed could not be closed: %s", problem)

    return giving_back
