"""Organisations and their mail domains."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET
from psycopg.types.json import Jsonb

from ombud.customers.events import OrganisationChanged
from ombud.customers.queries.organisations import get_organisation
from ombud.customers.rules import FREE_MAIL, is_domain, normal_domain
from ombud.customers.schemas import Organisation, OrganisationIn, OrganisationPatch
from ombud.customers.services.records import Record, checked_fields, note_changes
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, rows, value, values
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit
from ombud.shared.words import tsvector


class DomainTaken(Conflict):
    """A mail domain belongs to one organisation only. Take it off the other one first."""

    code = "domain_taken"


class _Worded(msgspec.Struct):
    """What an organisation's search words are made of."""

    id: int
    name: str
    domains: list[str]


async def add_organisation(tx: Transaction, data: OrganisationIn, *, by: Actor, now: datetime) -> Organisation:
    """Make an organisation.

    Raises:
        Invalid: no name, or a domain that is none or belongs to a provider of free mail.
        DomainTaken: a domain is another organisation's.
        BadFields: custom fields do not take these values.

    Emits: OrganisationChanged
    """
    domains = _checked_domains(data.domains)
    sql = """
        insert into organisation (name, tier, notes, fields, words, created_at, updated_at)
        values (%(name)s, %(tier)s, %(notes)s, %(fields)s, %(words)s::tsvector, %(now)s, %(now)s) returning id"""
    name = _checked_name(data.name)
    kept = await checked_fields(tx, Record("organisation", 0), {}, data.fields, by=by)
    params = {"name": name, "tier": data.tier.strip(), "notes": data.notes, "fields": Jsonb(kept), "now": now}
    organisation_id = await value(tx, int, sql, params | {"words": _words(name, domains)}) or 0
    await _set_domains(tx, organisation_id, domains)
    await note_changes(tx, Record("organisation", organisation_id), {}, {"fields": kept}, by=by, now=now)
    fact = OrganisationChanged(organisation_id=organisation_id, change="made", fields=[])
    await emit(tx, fact, by=by, at=now)
    return await get_organisation(tx, organisation_id)


def _checked_name(name: str) -> str:
    if not name.strip():
        raise Invalid("Give the organisation a name.", fields={"name": "required"})
    return name.strip()


def _checked_domains(domains: list[str]) -> list[str]:
    found = sorted({normal_domain(one) for one in domains})
    for one in found:
        if not is_domain(one):
            raise Invalid(f"{one!r} is not a mail domain.", fields={"domains": "invalid"})
        if one in FREE_MAIL:
            detail = f"Anybody can have an address at {one}: it belongs to no organisation."
            raise Invalid(detail, fields={"domains": "free_mail"})
    return found


async def _set_domains(tx: Transaction, organisation_id: int, domains: list[str]) -> None:
    params = {"id": organisation_id, "domains": domains}
    sql = "delete from organisation_domain where organisation_id = %(id)s and not domain = any(%(domains)s)"
    await tx.execute(sql, params)
    sql = """
        insert into organisation_domain (domain, organisation_id) select d, %(id)s from unnest(%(domains)s::text[]) as d
        on conflict (domain) do nothing"""
    await tx.execute(sql, params)
    sql = "select domain from organisation_domain where domain = any(%(domains)s) and organisation_id <> %(id)s"
    taken = await values(tx, str, sql, params)
    if taken:
        raise DomainTaken(f"{', '.join(taken)}: {DomainTaken.__doc__}", fields={"domains": "taken"})


async def change_organisation(
    tx: Transaction, organisation_id: int, patch: OrganisationPatch, *, by: Actor, now: datetime
) -> Organisation:
    """Change an organisation, or archive it: then its domains take nobody new, and its customers stay.

    Raises:
        NotFound: there is none.
        Invalid: no name, or a domain that is none or belongs to a provider of free mail.
        DomainTaken: a domain is another organisation's.
        BadFields: custom fields do not take these values.

    Emits: OrganisationChanged
    """
    if not await value(tx, bool, "select true from organisation where id = %(id)s for update", {"id": organisation_id}):
        raise NotFound
    before = await get_organisation(tx, organisation_id)
    wanted = _wanted(patch)
    if "fields" in wanted:
        record = Record("organisation", organisation_id)
        wanted["fields"] = await checked_fields(tx, record, before.fields, wanted["fields"], by=by)
    changes = {name: new for name, new in wanted.items() if getattr(before, name) != new}
    if not changes:
        return before
    if "domains" in changes:
        await _set_domains(tx, organisation_id, changes["domains"])
    await _write(tx, organisation_id, before, changes, now=now)
    present = msgspec.structs.asdict(before)
    await note_changes(tx, Record("organisation", organisation_id), present, changes, by=by, now=now)
    fact = OrganisationChanged(organisation_id=organisation_id, change="changed", fields=sorted(changes))
    await emit(tx, fact, by=by, at=now)
    return await get_organisation(tx, organisation_id)


def _wanted(patch: OrganisationPatch) -> dict[str, Any]:
    wanted = {name: new for name, new in msgspec.structs.asdict(patch).items() if new is not UNSET}
    if "name" in wanted:
        wanted["name"] = _checked_name(wanted["name"])
    if "domains" in wanted:
        wanted["domains"] = _checked_domains(wanted["domains"])
    if wanted.get("is_archived"):
        wanted["domains"] = []
    return wanted


async def _write(
    tx: Transaction, organisation_id: int, before: Organisation, changes: dict[str, Any], *, now: datetime
) -> None:
    after = msgspec.structs.asdict(before) | changes
    sql = """
        update organisation set name = %(name)s, tier = %(tier)s, notes = %(notes)s, fields = %(fields)s,
            words = %(words)s::tsvector, version = version + 1, updated_at = %(now)s,
            archived_at = case when %(is_archived)s then coalesce(archived_at, %(now)s) end
        where id = %(id)s"""
    params = {name: after[name] for name in ("name", "tier", "notes", "is_archived")}
    words = _words(after["name"], after["domains"])
    await tx.execute(
        sql, {**params, "fields": Jsonb(after["fields"]), "words": words, "now": now, "id": organisation_id}
    )


def _words(name: str, domains: list[str]) -> str:
    return tsvector(" ".join([name, *domains]))


async def rewrite_organisation_words(tx: Transaction, organisation_ids: Collection[int]) -> int:
    """Make the search words of organisations anew from what they are; how many there are."""
    sql = """
        select o.id, o.name, array(select d.domain from organisation_domain d where d.organisation_id = o.id
            order by d.domain) as domains
        from organisation o where o.id = any(%(ids)s)"""
    found = await rows(tx, _Worded, sql, {"ids": list(organisation_ids)})
    sql = """
        update organisation o set words = n.words::tsvector
        from unnest(%(ids)s::bigint[], %(words)s::text[]) as n (id, words) where o.id = n.id"""
    params = {"ids": [one.id for one in found], "words": [_words(one.name, one.domains) for one in found]}
    return await execute(tx, sql, params)
