"""What a condition may name: every field of a ticket, how it compares, and where SQL finds it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ombud.fields.schemas import Field, Subject
from ombud.fields.services.values import CONDITION_KIND, is_place
from ombud.shared.conditions import Kind


class Place(Struct, frozen=True):
    """Where a field's value lies. ``sql`` gives text, float8, timestamptz, bigint, boolean or text[] by its kind.

    ``%(key)s`` in it stands for the custom field's key, which is always a parameter.
    """

    kind: Kind
    sql: str
    # numbers where the choices are ids, words where not
    is_id: bool = False
    key: str = ""


UNREAD = """coalesce(t.preview_by = 'customer' and t.last_message_id > coalesce((
    select seen.entry_id from ticket_read seen where seen.ticket_id = t.id and seen.person_id = %(me)s), 0), false)"""

FOLLOWING = "exists (select from follower f where f.ticket_id = t.id and f.person_id = %(me)s)"
MENTIONED = "exists (select from mention m where m.ticket_id = t.id and m.person_id = %(me)s)"
STAGE = "(select v.stage from stage_visit v where v.ticket_id = t.id and v.ended_at is null limit 1)"
SPENT = "(select coalesce(sum(s.seconds), 0) from time_spent s where s.ticket_id = t.id)"
# Read from the table of risks, because conditions are built below the room that fills it.
RISKS = "array(select distinct a.kind from risk_alert a where a.ticket_id = t.id and a.state <> 'false_alarm')"
RISK_STATES = "array(select distinct a.state from risk_alert a where a.ticket_id = t.id)"
# What a machine was sure of, or a person said; a mere proposal is no value.
_SURE = "l.state in ('set', 'corrected', 'confirmed')"
_LABEL = f"(select l.label from ticket_label l where l.ticket_id = t.id and l.aspect = '{{aspect}}' and {_SURE})"
# What is another thing for each reader, whoever else is asked.
PERSONAL = frozenset({"unread", "following", "mentioned"})

SHIPPED: dict[str, Place] = {
    "number": Place("number", "t.id::float8"),
    "subject": Place("text", "t.subject"),
    "status": Place("choice", "t.status_id", is_id=True),
    "category": Place("choice", "t.category"),
    "priority": Place("number", "t.priority::float8"),
    "type": Place("choice", "t.type_id", is_id=True),
    "team": Place("team", "t.team_id", is_id=True),
    "assignee": Place("person", "t.assignee_id", is_id=True),
    "customer_name": Place("text", "c.name"),
    "tier": Place("choice", "c.tier"),
    # the customer's, as their page or their record says
    "language": Place("choice", "c.locale"),
    "organisation_name": Place("text", "(select o.name from organisation o where o.id = c.organisation_id)"),
    "brand": Place("choice", "t.brand_id", is_id=True),
    "channel": Place("choice", "(select kind from channel where channel.id = t.channel_id)"),
    "tags": Place("many", "t.tags"),
    # the key of the process's stage that it is in
    "stage": Place("choice", STAGE),
    "created": Place("time", "t.created_at"),
    "activity": Place("time", "t.activity_at"),
    "waiting": Place("time", "t.waiting_since"),
    "due": Place("time", "t.due_at"),
    "snoozed": Place("time", "t.snoozed_until"),
    "solved": Place("time", "t.solved_at"),
    "unread": Place("yes_no", UNREAD),
    "messages": Place("number", "t.message_count::float8"),
    "following": Place("yes_no", FOLLOWING),
    "mentioned": Place("yes_no", MENTIONED),
    # kinds that nobody has called a false alarm, and what people have said of all alerts
    "risk": Place("many", RISKS),
    "risk_state": Place("many", RISK_STATES),
    # of what the customer writes
    "sentiment": Place("choice", _LABEL.format(aspect="sentiment")),
    "emotion": Place("choice", _LABEL.format(aspect="emotion")),
    "written_in": Place("choice", _LABEL.format(aspect="language")),
    "is_spam": Place("yes_no", f"coalesce({_LABEL.format(aspect='spam')} = 'spam', false)"),
    # in minutes; none is no value
    "time_spent": Place("number", f"(nullif({SPENT}, 0)::float8 / 60)"),
}

# Where the values of each subject lie, and how conditions begin their names.
_FIELDS: dict[Subject, str] = {
    "ticket": "t.fields",
    "customer": "c.fields",
    "organisation": "(select o.fields from organisation o where o.id = c.organisation_id)",
}
_PREFIX: dict[Subject, str] = {
    "ticket": "fields.",
    "customer": "customer.fields.",
    "organisation": "organisation.fields.",
}
_VALUE = "({at} -> %(key)s)"
_CUSTOM: dict[str, str] = {
    "number": f"(case when jsonb_typeof({_VALUE}) = 'number' then {_VALUE}::float8 end)",
    "yes_no": f"(case when jsonb_typeof({_VALUE}) = 'boolean' then {_VALUE}::boolean end)",
    "date": f"(case when jsonb_typeof({_VALUE}) = 'string' then {{at}} ->> %(key)s end)",
    "many": (
        f"(case when jsonb_typeof({_VALUE}) = 'array' then array(select jsonb_array_elements_text({_VALUE})) end)"
    ),
    "text": "({at} ->> %(key)s)",
}
_MONEY = f"({_VALUE} ->> 'amount_cents')::float8"


def name_of(field: Field) -> str:
    """How conditions name a custom field: ``fields.fault``, ``customer.fields.home``, ``organisation.fields.size``."""
    return f"{_PREFIX[field.subject]}{field.key}"


def _nameable(fields: Sequence[Field]) -> Sequence[Field]:
    # Whoever may not see where a customer lives could else find it out by asking letter by letter.
    return [one for one in fields if one.subject != "customer" or not is_place(one.key)]


def kinds_of(fields: Sequence[Field]) -> dict[str, Kind]:
    """What conditions of views may name, with how each compares."""
    shipped = {name: place.kind for name, place in SHIPPED.items()}
    return shipped | {name_of(field): CONDITION_KIND[field.kind] for field in _nameable(fields)}


def places_of(fields: Sequence[Field]) -> Mapping[str, Place]:
    """Where SQL finds each of them."""
    return SHIPPED | {name_of(field): _custom(field) for field in _nameable(fields)}


def _custom(field: Field) -> Place:
    kind = CONDITION_KIND[field.kind]
    sql = _MONEY if field.kind == "money" else _CUSTOM.get(kind, _CUSTOM["text"])
    return Place(kind, sql.format(at=_FIELDS[field.subject]), key=field.key)
