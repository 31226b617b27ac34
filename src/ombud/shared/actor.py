"""Who acts: a person, an API key, a customer or the system itself."""

from typing import Literal

from msgspec import Struct

from ombud.shared.errors import NotAllowed


class Actor(Struct, frozen=True):
    """Whoever a verb is done for, with what they may do and see.

    ``team_ids`` None means every team, ``brand_ids`` None every brand. Membership and brands decide what is seen,
    permissions what may be done. SQL asks the same by :func:`seen` with the parameters of :meth:`sight`.
    """

    kind: Literal["person", "api_key", "customer", "system"]
    id: int | None = None
    name: str = ""
    permissions: frozenset[str] = frozenset()
    team_ids: frozenset[int] | None = frozenset()
    session_id: int | None = None
    csrf: str = ""
    locale: str = "en"
    brand_ids: frozenset[int] | None = None
    # kinds of personal data that texts hide from the actor
    hidden_kinds: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        """Whether the actor holds a permission; the system holds all."""
        return self.kind == "system" or permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise NotAllowed unless the actor holds the permission."""
        if not self.may(permission):
            raise NotAllowed(f"This needs the permission {permission}. Ask an administrator.")

    def sees(self, team_id: int, brand_id: int) -> bool:
        """Whether a ticket of a team and a brand is visible to the actor."""
        return self.sees_team(team_id) and (self.brand_ids is None or brand_id in self.brand_ids)

    def sees_team(self, team_id: int) -> bool:
        """Whether the actor belongs to a team; what they see of it depends on the brand, too."""
        return self.team_ids is None or team_id in self.team_ids

    def visible_teams(self) -> list[int] | None:
        """Team ids as a query parameter; None for every team."""
        return None if self.team_ids is None else sorted(self.team_ids)

    def visible_brands(self) -> list[int] | None:
        """Brand ids as a query parameter; None for every brand."""
        return None if self.brand_ids is None else sorted(self.brand_ids)

    def sight(self) -> dict[str, object]:
        """The parameters of :func:`seen`."""
        return {"teams": self.visible_teams(), "brands": self.visible_brands()}

    @property
    def person_id(self) -> int:
        """The person who acts; 0, nobody's id, for a program or the system: their ids are numbers of other tables."""
        return self.id if self.kind == "person" and self.id is not None else 0

    @property
    def key(self) -> str:
        """A short stable name for limits and idempotency keys: ``person:7``."""
        return f"{self.kind}:{self.id or 0}"


def seen(row: str = "t") -> str:
    """Whether a row of a ticket, or of a channel, is visible: the one rule of every list, search, export and count."""
    return f"""((%(teams)s::bigint[] is null or {row}.team_id = any(%(teams)s))
        and (%(brands)s::bigint[] is null or {row}.brand_id = any(%(brands)s)))"""


def of_brands(by: Actor, row: str = "t") -> str:
    """The brands' half of :func:`seen`, for statements that read the indexes of visible teams one by one.

    Nothing for whoever sees every brand, so that their counts need the index alone.
    """
    return "" if by.brand_ids is None else f" and {row}.brand_id = any(%(brands)s::bigint[])"


SYSTEM = Actor(kind="system", name="Ombud", team_ids=None)
