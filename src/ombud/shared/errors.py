"""The one small tree of errors. Each has an HTTP status and a stable code; its text tells what to do."""

from typing import ClassVar


class OmbudError(Exception):
    """Anything that a person caused or can mend; everything else is a bug and keeps its traceback."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"

    def __init__(self, detail: str | None = None, *, fields: dict[str, str] | None = None) -> None:
        super().__init__(detail or (self.__doc__ or self.code).strip().splitlines()[0])
        self.fields = fields or {}

    @property
    def detail(self) -> str:
        """What happened and what to do, in English; interfaces translate by ``code``."""
        return str(self.args[0])

    def extra(self) -> dict[str, object]:
        """Further members of the problem document."""
        return {"fields": self.fields} if self.fields else {}


class Invalid(OmbudError):
    """The input is not valid."""

    status = 400
    code = "invalid"


class NotSignedIn(OmbudError):
    """Sign in first, or send a valid API key."""

    status = 401
    code = "not_signed_in"


class NotAllowed(OmbudError):
    """Your role does not allow this. Ask an administrator."""

    status = 403
    code = "not_allowed"


class NotFound(OmbudError):
    """It does not exist, or you may not see it."""

    status = 404
    code = "not_found"


class Conflict(OmbudError):
    """Somebody changed it meanwhile. Look at the present state and try again."""

    status = 409
    code = "conflict"


class TooLarge(OmbudError):
    """It is larger than allowed."""

    status = 413
    code = "too_large"


class Unprocessable(OmbudError):
    """The request is well formed but cannot be carried out as it is."""

    status = 422
    code = "unprocessable"


class LimitReached(OmbudError):
    """Too many requests. Wait a moment and try again."""

    status = 429
    code = "limit_reached"

    def __init__(self, detail: str | None = None, *, retry_after_seconds: int = 60) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class UpstreamFailed(OmbudError):
    """A system outside did not answer as it should."""

    status = 502
    code = "upstream_failed"
