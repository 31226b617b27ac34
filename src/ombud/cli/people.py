"""``ombud people``: for whoever runs the installation, above all when nobody can sign in."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from ombud.accounts import queries
from ombud.accounts.permissions import ROLES
from ombud.accounts.queries.people import credentials_by_email
from ombud.accounts.schemas import NewPerson, Person
from ombud.accounts.services.links import make_sign_in_link
from ombud.accounts.services.people import add_person
from ombud.accounts.services.second_factor import remove_second_factor
from ombud.cli.commands import Commands
from ombud.cli.database import open_database
from ombud.config.settings import Settings
from ombud.shared.actor import SYSTEM
from ombud.shared.clock import utc_now
from ombud.shared.database import Database, Transaction, values
from ombud.shared.errors import OmbudError
from ombud.shared.installation import InstallationError

T = TypeVar("T")


def add_commands(commands: Commands) -> None:
    """Add ``people``."""
    people = commands.add_parser("people", help="who works here; sign-in links for those who cannot get in")
    actions = people.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list the people who work here")
    listing.set_defaults(run=run_list)
    link = actions.add_parser("link", help="print a link that signs a person in once")
    link.add_argument("email", help="the person's address")
    link.add_argument("--reset-second-factor", action="store_true", help="switch their second factor off, too")
    link.set_defaults(run=run_link)
    add = actions.add_parser("add", help="add a person and print a link that signs them in once")
    add.add_argument("email", help="their address")
    add.add_argument("--name", required=True, help="their name")
    add.add_argument("--role", choices=list(ROLES), default="agent", help="what they may do (agent)")
    add.add_argument("--team", action="append", default=[], metavar="NAME", help="a team; may be given many times")
    add.add_argument("--all-teams", action="store_true", help="let them see the tickets of every team")
    add.set_defaults(run=run_add)


def run_list(_: argparse.Namespace) -> int:
    """Print a line for each person."""
    for person in _on_database(Settings.from_env(), _list):
        state = "invited" if person.invited else "active" if person.is_active else "deactivated"
        print(f"{person.email}\t{person.name}\t{person.role}\t{state}")
    return 0


def run_link(arguments: argparse.Namespace) -> int:
    """Print a new sign-in link; links that were printed before are worth nothing then."""
    settings = Settings.from_env()

    async def work(tx: Transaction) -> str:
        if arguments.reset_second_factor:
            await _reset_second_factor(tx, arguments.email)
        return await make_sign_in_link(tx, email=arguments.email, address=settings.address, now=utc_now())

    print(_on_database(settings, work))
    return 0


def run_add(arguments: argparse.Namespace) -> int:
    """Add a person and print their sign-in link."""
    settings = Settings.from_env()

    async def work(tx: Transaction) -> str:
        team_ids = await _team_ids(tx, arguments.team)
        wanted = NewPerson(
            arguments.email, arguments.name, arguments.role, team_ids, sees_all_teams=arguments.all_teams
        )
        await add_person(tx, wanted=wanted, by=SYSTEM, now=utc_now())
        return await make_sign_in_link(tx, email=arguments.email, address=settings.address, now=utc_now())

    print(_on_database(settings, work))
    return 0


async def _list(tx: Transaction) -> list[Person]:
    return await queries.people(tx, now=utc_now())


async def _reset_second_factor(tx: Transaction, email: str) -> None:
    person = await credentials_by_email(tx, email)
    if person is not None:
        await remove_second_factor(tx, person_id=person.id, by=SYSTEM, now=utc_now())


async def _team_ids(tx: Transaction, names: list[str]) -> list[int]:
    found = await values(tx, int, "select id from team where name = any(%(names)s)", {"names": names})
    if len(found) != len(set(names)):
        msg = "One of the teams does not exist. Make it first, on the settings screen."
        raise InstallationError(msg)
    return found


def _on_database(settings: Settings, work: Callable[[Transaction], Awaitable[T]]) -> T:
    with open_database(settings) as url:
        return asyncio.run(_in_transaction(url, work))


async def _in_transaction(url: str, work: Callable[[Transaction], Awaitable[T]]) -> T:
    database = Database(url, max_connections=1)
    await database.open()
    try:
        async with database.transaction() as tx:
            return await work(tx)
    except OmbudError as error:
        raise InstallationError(error.detail) from error
    finally:
        await database.close()
