"""What may be done, by name, and which role may do it. docs/permissions.md explains each; a test compares the two."""

from typing import Literal

Role = Literal["administrator", "supervisor", "agent", "read_only", "partner"]

READS = frozenset({"tickets.read", "customers.read", "releases.read", "knowledge.read"})
WORK = frozenset(
    {
        "tickets.write",
        "tickets.reply",
        "tickets.note",
        "tickets.assign",
        "customers.write",
        "customers.merge",
        "presence.own",
        "tasks.work",
        "personal_data.show",
        "knowledge.write",
    }
)
LEAD = frozenset(
    {
        "canned_replies.manage",
        "intake.manage",
        "views.manage",
        "customers.unmask",
        "customers.export",
        "service_levels.manage",
        "teamwork.lead",
        "processes.manage",
        "promises.money",
        "releases.write",
        "releases.decide",
        "floor.lead",
        "routing.manage",
        "surge.manage",
        "portal.grant",
        "answering.manage",
        "personal_data.redact",
        "knowledge.publish",
        "knowledge.manage",
        "knowledge.care",
        "notices.manage",
        "guidance.manage",
    }
)
ADMINISTRATION = frozenset(
    {
        "channels.manage",
        "people.manage",
        "teams.manage",
        "api_keys.manage",
        "statuses.manage",
        "fields.manage",
        "webhooks.manage",
        "rules.manage",
        "portal.manage",
        "personal_data.manage",
        "personal_data.unseal",
        "models.manage",
        "models.audit",
    }
)
PROGRAMS = frozenset({"messages.write", "outgoing.read", "events.read", "metrics.read"})
"""Scopes that only an API key can hold."""

ALL = READS | WORK | LEAD | ADMINISTRATION | PROGRAMS

OF_CUSTOMERS = frozenset({"tickets.reply", "tickets.assign"})
"""What somebody who is kept from customers for a while may not do meanwhile."""

ROLES: dict[Role, frozenset[str]] = {
    # Administration is no licence to read: which tickets are seen is decided by teams alone.
    "administrator": READS | WORK | LEAD | ADMINISTRATION,
    "supervisor": READS | WORK | LEAD,
    "agent": READS | WORK,
    "read_only": READS,
    # Somebody of another department without a seat: what their teams are asked for, and nothing else.
    "partner": frozenset({"tasks.work", "releases.read"}),
}

SCOPES = ALL - {"presence.own", "floor.lead", "personal_data.unseal"}
"""What an API key may be given; a program is never present, leads nobody, and opens no seal."""
