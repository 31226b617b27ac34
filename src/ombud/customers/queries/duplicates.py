"""Who may be the same person twice. Suggested with the reason, never merged by itself."""

from typing import Literal

from msgspec import Struct

from ombud.customers.queries.customers import COLUMNS, LIVE, VISIBLE
from ombud.customers.rules import is_order_mail
from ombud.customers.schemas import CustomerListItem
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows

Reason = Literal["same_phone", "same_email", "same_serial", "same_name_organisation"]
MOST = 20


class Likeness(Struct):
    """One thing that two customers have in common."""

    customer_id: int
    reason: Reason
    value: str


# Values are compared in the keys of the migration: a platform's masked number or a virtual one with an extension has
# none. Each part is served by an index of its own.
LIKENESSES = """
    with me as (select c.id, c.name, c.organisation_id from customer c where c.id = %(id)s),
    numbers as (
        select phone_key(c.phone) as key from customer c where c.id = %(id)s and c.phone <> ''
        union select phone_key(i.value) from identity i where i.customer_id = %(id)s and i.kind = 'phone'
    ), addresses as (
        select lower(c.email) as key from customer c where c.id = %(id)s and c.email <> ''
        union select i.value from identity i where i.customer_id = %(id)s and i.kind = 'email'
    )
    select c.id as customer_id, 'same_phone' as reason, c.phone as value
    from numbers n join customer c on c.phone <> '' and phone_key(c.phone) = n.key
    union select i.customer_id, 'same_phone', i.value
    from numbers n join identity i on i.kind = 'phone' and phone_key(i.value) = n.key
    union select c.id, 'same_email', c.email
    from addresses a join customer c on c.email <> '' and lower(c.email) = a.key
    union select i.customer_id, 'same_email', i.value
    from addresses a join identity i on (i.kind, i.scope, i.value) = ('email', '', a.key)
    union select o.customer_id, 'same_serial', o.serial
    from product_owned p join product_owned o on o.serial <> '' and lower(o.serial) = lower(p.serial)
    where p.customer_id = %(id)s and p.serial <> ''
    union select c.id, 'same_name_organisation', c.name
    from me m join customer c on c.organisation_id = m.organisation_id and lower(c.name) = lower(m.name)
    where m.name <> ''
    limit 200"""


async def likenesses(tx: Transaction, customer_id: int) -> list[Likeness]:
    """What others have in common with a customer; a marketplace's address for one order counts for nothing."""
    found = await rows(tx, Likeness, LIKENESSES, {"id": customer_id})
    others = [one for one in found if one.customer_id != customer_id]
    return [one for one in others if not (one.reason == "same_email" and is_order_mail(one.value))]


async def visible_others(
    tx: Transaction, customer_id: int, other_ids: list[int], *, by: Actor
) -> list[CustomerListItem]:
    """Those of the customers who live, whom the actor may see, and whom nobody called different from the first."""
    sql = f"""
        select {COLUMNS} from customer c left join organisation o on o.id = c.organisation_id
        where c.id = any(%(others)s) and {LIVE} and {VISIBLE}
            and not exists (select from not_duplicate d
                where d.low_id = least(c.id, %(id)s) and d.high_id = greatest(c.id, %(id)s))
        order by c.id limit {MOST}"""
    params: dict[str, object] = {"others": other_ids, "id": customer_id, **by.sight()}
    return await rows(tx, CustomerListItem, sql, params)
