"""Who acts: a person, an API key, a customer or the system itself."""

from typing import Literal

from msgspec import Struct

from ombud.shared.errors import NotAllowed


class Actor(Struct, frozen=True):
    """Whoever a verb is done for, with what they may do and see.

    ``team_ids`` None means every team. Membership decides what is seen, permissions what may be done.
    """

    kind: Literal["person", "api_key", "customer", "system"]
    id: int | None = None
    name: str = ""
    permissions: frozenset[str] = frozenset()
    team_ids: frozenset[int] | None = frozenset()
    session_id: int | None = None
    csrf: str = ""
    locale: str = "en"

    def may(self, permission: str) -> bool:
        """Whether the actor holds a permission; the system holds all."""
        return self.kind == "system" or permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise NotAllowed unless the actor holds the permission."""
        if not self.may(permission):
            raise NotAllowed(f"This needs the permission {permission}. Ask an administrator.")

    def sees_team(self, team_id: int) -> bool:
        """Whether tickets of a team are visible to the actor."""
        return self.team_ids is None or team_id in self.team_ids

    def visible_teams(self) -> list[int] | None:
        """Team ids as a query parameter; None for every team."""
        return None if self.team_ids is None else sorted(self.team_ids)

    @property
    def person_id(self) -> int:
        """The person who acts; 0, nobody's id, for a program or the system: their ids are numbers of other tables."""
        return self.id if self.kind == "person" and self.id is not None else 0

    @property
    def key(self) -> str:
        """A short stable name for limits and idempotency keys: ``person:7``."""
        return f"{self.kind}:{self.id or 0}"


SYSTEM = Actor(kind="system", name="Ombud", team_ids=None)
