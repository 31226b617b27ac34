"""What people change of themselves."""

import zoneinfo
from datetime import datetime

import msgspec
from msgspec import UNSET, structs
from psycopg.types.json import Jsonb

from ombud.accounts.events import PersonChanged
from ombud.accounts.queries.people import me as read_me
from ombud.accounts.schemas import Me, MeChange
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute
from ombud.shared.errors import Invalid
from ombud.shared.events import emit

MAX_PREFERENCES_BYTES = 16_384


async def change_me(tx: Transaction, *, person_id: int, change: MeChange, by: Actor, now: datetime) -> Me:
    """Change a person's own data; what is the same already emits nothing.

    Raises:
        Invalid: the time zone is unknown, or the preferences are too large.

    Emits: PersonChanged
    """
    before = await read_me(tx, person_id)
    new = {name: wanted for name, wanted in structs.asdict(change).items() if wanted is not UNSET}
    changed = {name: wanted for name, wanted in new.items() if wanted != getattr(before, name)}
    if not changed:
        return before
    _check(changed)
    if "preferences" in changed:
        changed["preferences"] = Jsonb(changed["preferences"])
    sql = """
        update person set name = coalesce(%(name)s, name), display_name = coalesce(%(display_name)s, display_name),
            staff_number = coalesce(%(staff_number)s, staff_number), locale = coalesce(%(locale)s, locale),
            time_zone = coalesce(%(time_zone)s, time_zone), theme = coalesce(%(theme)s, theme),
            signature = coalesce(%(signature)s, signature), preferences = coalesce(%(preferences)s, preferences)
        where id = %(id)s"""
    await execute(tx, sql, dict.fromkeys(MeChange.__struct_fields__) | changed | {"id": person_id})
    await emit(tx, PersonChanged(person_id=person_id, fields=sorted(changed)), by=by, at=now)
    return await read_me(tx, person_id)


def _check(changed: dict[str, object]) -> None:
    zone = changed.get("time_zone")
    if zone is not None and zone not in zoneinfo.available_timezones():
        raise Invalid(f"There is no time zone {zone}.", fields={"time_zone": "unknown"})
    if len(msgspec.json.encode(changed.get("preferences"))) > MAX_PREFERENCES_BYTES:
        raise Invalid("The preferences are larger than 16 KiB.", fields={"preferences": "too_large"})
