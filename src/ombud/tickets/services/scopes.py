"""For whom something reusable is: everybody, a team, or oneself. Canned replies, macros and templates share it."""

from typing import Literal

from ombud.shared.actor import Actor
from ombud.shared.errors import Invalid

Scope = Literal["all", "team", "own"]
MANAGE = "canned_replies.manage"
SCOPE = "case when person_id is not null then 'own' when team_id is not null then 'team' else 'all' end as scope"
VISIBLE = """
    ((person_id is null and team_id is null) or person_id = %(me)s
     or (team_id is not null and (%(teams)s::bigint[] is null or team_id = any(%(teams)s))))"""


def seen_by(by: Actor) -> dict[str, object]:
    """The parameters of ``VISIBLE``."""
    return {"me": by.person_id, "teams": by.visible_teams()}


def owner_columns(scope: Scope, team_id: int | None, *, by: Actor) -> dict[str, object]:
    """The columns that say for whom something is.

    Raises:
        NotAllowed: shared, without the permission.
        Invalid: a program keeps something of its own, or a team that is not the actor's.
    """
    if scope != "own":
        by.require(MANAGE)
    elif not by.person_id:
        raise Invalid(
            "A program has nothing of its own here. Choose a team or everybody.", fields={"scope": "people_only"}
        )
    if scope == "team" and (team_id is None or not by.sees_team(team_id)):
        raise Invalid("Choose one of your teams.", fields={"team_id": "required"})
    return {"team": team_id if scope == "team" else None, "person": by.person_id if scope == "own" else None}


def require_change(scope: Scope, *, by: Actor) -> None:
    """Refuse to change what others use, without the permission.

    Raises:
        NotAllowed: it is shared, and the actor may not manage what is.
    """
    if scope != "own":
        by.require(MANAGE)
