"""What the endpoints of this room need beside transaction, actor and time."""

from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers.base import BaseRouteHandler
from litestar.params import SkipValidation
from msgspec import Struct

from ombud.accounts.authentication import Connection, Surroundings, check_own_page
from ombud.accounts.services.system_mail import SystemMail
from ombud.shared.actor import Actor
from ombud.shared.crypto import KeyRing
from ombud.shared.database import Database
from ombud.shared.errors import NotAllowed


class PeopleOnly(NotAllowed):
    """This is for people who are signed in, not for API keys."""

    code = "people_only"


class EdgeParts(Struct, frozen=True):
    """The parts of the application that signing in works with.

    An endpoint takes either the transaction of its request or, where tries are counted for good, the database: with
    both, a crowd of requests that hold a connection each and wait for another would stop the whole process.
    """

    database: Database
    keys: KeyRing
    settings: Surroundings
    mail: SystemMail


Edge = NamedDependency[SkipValidation[EdgeParts]]


def provide_edge(state: State) -> EdgeParts:
    """Gather the parts from where the application keeps them."""
    return EdgeParts(state.database, state.key_ring, state.settings, state.system_mail)


async def own_page(connection: Connection, _: BaseRouteHandler) -> None:
    """A guard of public endpoints: another site may not sign its visitors in here."""
    check_own_page(connection, connection.app.state.settings)


def person_id_of(actor: Actor) -> int:
    """The id of the person who acts.

    Raises:
        PeopleOnly: a program acts.
    """
    if actor.kind != "person" or actor.id is None:
        raise PeopleOnly
    return actor.id
