"""Reads of this room: one function, one statement."""

from ombud.accounts.queries.actors import alive_sessions, key_actor, session_actors
from ombud.accounts.queries.api_keys import api_key, api_keys
from ombud.accounts.queries.people import me, people, people_brief, person, teams_of
from ombud.accounts.queries.sessions import sessions_of
from ombud.accounts.queries.teams import brands, team, teams

__all__ = [
    "alive_sessions",
    "api_key",
    "api_keys",
    "brands",
    "key_actor",
    "me",
    "people",
    "people_brief",
    "person",
    "session_actors",
    "sessions_of",
    "team",
    "teams",
    "teams_of",
]
