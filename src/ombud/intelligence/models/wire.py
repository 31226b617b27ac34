"""OpenAI's protocol by OpenAI's library, behind the guard of addresses. Loaded when the first question is asked.

The library takes 50 MB and most of a second to load: a desk without a model never pays for it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, NoReturn

import httpx
import openai
from openai.types import CreateEmbeddingResponse
from openai.types.chat import ChatCompletion

from ombud.intelligence.models.schemas import Message, Output, Problem, Said, Target, Usage
from ombud.shared.errors import OmbudError
from ombud.shared.outbound import AddressRefused, Guard, OutboundFailed, PinnedTransport

MAX_BODY_BYTES: Final = 4 * 1024 * 1024
DETAIL_LENGTH: Final = 300
# Models that think aloud want another name for the same limit.
OTHER_LIMIT: Final = "max_completion_tokens"
# The library would send what its variables of the environment say to every endpoint.
NOT_OURS: Final[Any] = {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
NO_QUOTA: Final = frozenset({"insufficient_quota", "billing_hard_limit_reached", "arrearage"})


class WireProblem(Exception):
    """What went wrong with one request; ``may_repeat``: another attempt may do better."""

    def __init__(
        self,
        problem: Problem,
        detail: str,
        *,
        retry_after: str | None = None,
        may_repeat: bool = False,
        status: int = 0,
    ) -> None:
        super().__init__(detail)
        self.problem: Problem = problem
        self.detail = detail
        self.retry_after = retry_after
        self.may_repeat = may_repeat
        self.status = status


class _Bounded(httpx.AsyncByteStream):
    """A body that ends with an error when it goes on for too long."""

    def __init__(self, inner: httpx.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for part in self._inner:
            size += len(part)
            if size > MAX_BODY_BYTES:
                raise httpx.ReadError(f"The answer is longer than {MAX_BODY_BYTES} bytes.")
            yield part

    async def aclose(self) -> None:
        await self._inner.aclose()


class _BoundedTransport(PinnedTransport):
    """The guard's transport, for answers of a bounded size."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _Bounded(response.stream)
        return response


class Wire:
    """Sends requests to endpoints; one per process."""

    def __init__(self, guard: Guard) -> None:
        self._http = httpx.AsyncClient(transport=_BoundedTransport(guard), trust_env=False, follow_redirects=False)
        self._limits: dict[tuple[str, str], str] = {}

    async def close(self) -> None:
        """Close what is open."""
        await self._http.aclose()

    async def chat(
        self,
        target: Target,
        messages: Sequence[Message],
        *,
        output: Output,
        schema: dict[str, Any],
        max_tokens: int,
        seconds: float,
    ) -> Said:
        """One question and its answer.

        Raises:
            WireProblem: there was no answer, or not by the protocol.
        """
        wanted = _wanted(target, messages, output, schema)
        try:
            return await self._limited(target, wanted, max_tokens, seconds)
        except WireProblem as problem:
            if OTHER_LIMIT not in problem.detail:
                raise
        # Learnt for the life of the process: asked once, it is known.
        self._limits[target.base_url, target.model] = OTHER_LIMIT
        return await self._limited(target, wanted, max_tokens, seconds)

    async def embed(self, target: Target, texts: Sequence[str], *, seconds: float) -> tuple[list[list[float]], Usage]:
        """Texts as vectors, in their order.

        Raises:
            WireProblem: there was no answer, or not by the protocol.
        """

        async def ask() -> Any:
            client = self._client(target, seconds)
            found = await client.embeddings.create(model=target.model, input=list(texts), encoding_format="float")
            return _vectors(found, len(texts))

        found: tuple[list[list[float]], Usage] = await self._guarded(target, seconds, ask())
        return found

    async def _limited(self, target: Target, wanted: dict[str, Any], max_tokens: int, seconds: float) -> Said:
        limit = self._limits.get((target.base_url, target.model), "max_tokens")
        asking = self._ask(target, {**wanted, limit: max_tokens}, seconds)
        found: Said = await self._guarded(target, seconds, asking)
        return found

    async def _ask(self, target: Target, wanted: dict[str, Any], seconds: float) -> Said:
        client = self._client(target, seconds)
        answer = await client.chat.completions.create(**wanted)
        return await _heard(answer) if target.streams else _said(answer)

    def _client(self, target: Target, seconds: float) -> openai.AsyncOpenAI:
        # Not of the environment: what an endpoint may know of us is what the administrator entered.
        return openai.AsyncOpenAI(
            api_key=target.key or "none",
            base_url=target.base_url,
            http_client=self._http,
            max_retries=0,
            timeout=seconds,
            default_headers=NOT_OURS,
        )

    async def _guarded(self, target: Target, seconds: float, asking: Any) -> Any:
        try:
            async with asyncio.timeout(seconds):
                return await asking
        except (TimeoutError, openai.APITimeoutError) as problem:
            raise WireProblem("timeout", f"No whole answer within {seconds:g} s.") from problem
        except openai.APIStatusError as problem:
            _raise_status(problem, target.key)
        except openai.APIConnectionError as problem:
            _raise_connection(problem.__cause__ or problem)
        except (openai.OpenAIError, httpx.HTTPError, OmbudError) as problem:
            _raise_connection(problem)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as problem:
            # The library believes whatever comes: an answer that is not the protocol ends in one of these.
            raise WireProblem("failed", f"It does not speak the protocol: {_short(str(problem))}") from problem


def _wanted(target: Target, messages: Sequence[Message], output: Output, schema: dict[str, Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "model": target.model,
        "messages": [{"role": one.role, "content": one.content} for one in messages],
    }
    if output == "json_schema":
        wanted["response_format"] = {"type": output, "json_schema": {"name": "answer", "schema": schema}}
    elif output == "json_object":
        wanted["response_format"] = {"type": output}
    if target.streams:
        wanted |= {"stream": True, "stream_options": {"include_usage": True}}
    return wanted


def _said(answer: Any) -> Said:
    if not isinstance(answer, ChatCompletion) or not answer.choices:
        raise WireProblem("failed", f"It does not speak the protocol: {_short(str(answer))}")
    first = answer.choices[0]
    return Said(first.message.content or "", _usage(answer.usage), first.finish_reason == "length")


async def _heard(parts: Any) -> Said:
    text, usage, ending = [], Usage(), None
    async for part in parts:
        usage = _usage(part.usage) if part.usage else usage
        for choice in part.choices or ():
            text.append(choice.delta.content or "")
            ending = choice.finish_reason or ending
    if not text and ending is None:
        raise WireProblem("failed", "It does not speak the protocol: the stream held no answer.")
    # A stream that ends without saying so broke off.
    return Said("".join(text), usage, ending in {"length", None})


def _usage(found: Any) -> Usage:
    if found is None:
        return Usage()
    return Usage(int(found.prompt_tokens or 0), int(getattr(found, "completion_tokens", 0) or 0))


def _vectors(found: Any, count: int) -> tuple[list[list[float]], Usage]:
    if not isinstance(found, CreateEmbeddingResponse) or len(found.data) != count:
        raise WireProblem("failed", "It does not speak the protocol: not as many vectors as texts.")
    vectors = [[float(one) for one in row.embedding] for row in sorted(found.data, key=lambda row: row.index)]
    if not vectors or any(len(one) != len(vectors[0]) or not one for one in vectors):
        raise WireProblem("failed", "It does not speak the protocol: the vectors differ in length.")
    return vectors, _usage(found.usage)


def _raise_status(error: openai.APIStatusError, key: str) -> NoReturn:
    status, detail = error.status_code, f"{error.status_code}: {_detail(error, key)}"
    retry_after = error.response.headers.get("retry-after")
    if status in {401, 403}:
        raise WireProblem("wrong_key", detail, status=status) from error
    if status == 429:  # noqa: PLR2004 – too many requests
        may_repeat = error.code not in NO_QUOTA
        raise WireProblem("limited", detail, retry_after=retry_after, may_repeat=may_repeat, status=status) from error
    if status >= 500:  # noqa: PLR2004 – theirs
        raise WireProblem("failed", detail, retry_after=retry_after, may_repeat=True, status=status) from error
    if status >= 400:  # noqa: PLR2004 – ours
        raise WireProblem("wrong_model", detail, status=status) from error
    raise WireProblem("failed", f"{detail} (it leads elsewhere, which is not followed)", status=status) from error


def _raise_connection(error: BaseException) -> NoReturn:
    if isinstance(error, AddressRefused):
        raise WireProblem("wrong_address", error.detail) from error
    if isinstance(error, OutboundFailed):
        raise WireProblem("unreachable", error.detail) from error
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        raise WireProblem("unreachable", f"No connection: {_short(str(error)) or type(error).__name__}") from error
    raise WireProblem("failed", _short(f"{type(error).__name__}: {error}")) from error


def _detail(error: openai.APIStatusError, key: str) -> str:
    body = error.body
    text = body.get("message") if isinstance(body, dict) else None
    if not isinstance(text, str):
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False) if body else error.message
    return _short(text.replace(key, "•••") if key else text)


def _short(text: str) -> str:
    return " ".join(text.split())[:DETAIL_LENGTH]
