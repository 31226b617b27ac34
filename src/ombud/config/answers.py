"""Answers as they leave: personal data that whoever asked may not see is hidden in each of them, at this one place."""

from typing import Any, TypeVar

from litestar import Request, Response
from litestar.response.base import ASGIResponse

from ombud.intelligence.personal_data.services import mask_tree

T = TypeVar("T")


class Answer(Response[T]):
    """An answer to a request; what a guard let in has an actor, and the actor may not see everything."""

    def to_asgi_response(self, request: Request[Any, Any, Any], **rest: Any) -> ASGIResponse:  # type: ignore[override]
        """Mask the content for who asked, then go on as ever."""
        scope: dict[str, Any] = request.scope  # type: ignore[assignment]  # a place for our own
        actor = scope.get("ombud_actor")
        if actor is not None and actor.hidden_kinds:
            self.content = mask_tree(self.content, actor.hidden_kinds)
        return super().to_asgi_response(request=request, **rest)
