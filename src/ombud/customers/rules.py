"""Pure rules about customers: names, masks, check levels, domains."""

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

from ombud.customers.schemas import (
    CheckMethod,
    Customer,
    CustomerListItem,
    CustomerPolicy,
    Identity,
    Preferences,
    Product,
    RecordChange,
)
from ombud.fields.services.values import is_place
from ombud.shared.clock import zone_of
from ombud.shared.lines import one_line

LEVELS: dict[CheckMethod, int] = {
    "order_number": 1,
    "known_number": 1,
    "mail_code": 2,
    "verified_channel": 2,
    "documents": 3,
    "call_back": 3,
}
"""How sure each way makes us: 1 knows what only they should know, 2 holds a proven channel, 3 was looked at."""

# Providers whose addresses say nothing about where somebody works.
FREE_MAIL_TEXT = """
126.com 139.com 163.com 163.net 188.com 189.cn 21cn.com aim.com aliyun.com aol.com att.net bluewin.ch btinternet.com
comcast.net daum.net fastmail.com foxmail.com free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net
googlemail.com hanmail.net hey.com hotmail.com hotmail.co.uk hotmail.de hotmail.fr icloud.com laposte.net libero.it
live.cn live.com mac.com mail.com mail.ru me.com msn.com naver.com online.de orange.fr outlook.com outlook.de
privaterelay.appleid.com proton.me protonmail.com qq.com rocketmail.com sina.cn sina.com sohu.com t-online.de
tom.com tuta.com tutanota.com verizon.net vip.163.com vip.qq.com vip.sina.com web.de wo.cn yahoo.cn yahoo.co.jp
yahoo.co.uk yahoo.com yahoo.com.cn yahoo.de yahoo.fr yandex.com yandex.ru yeah.net zoho.com
"""
FREE_MAIL = frozenset(FREE_MAIL_TEXT.split())
# Marketplaces give each order an address of its own.
ORDER_MAIL = ("marketplace.amazon.", "members.ebay.", "guest.booking.com", "messages.homeaway.com")
DOMAIN = re.compile(r"(?!-)[a-z0-9\u0080-\uffff-]{1,63}(\.[a-z0-9\u0080-\uffff-]{1,63})+")
MASK = "****"
SHORT_NUMBER = 7
# With fewer digits hidden somebody would try them all.
LEAST_HIDDEN = 3


def display_name(name: str, email: str) -> str:
    """What to call a customer: the given name, else the part of the address before the @."""
    return (one_line(name) or one_line(email.partition("@")[0]))[:200]


def mask_phone(phone: str) -> str:
    """A number with its middle hidden: 138****0000; of a short one, in which that would hide nothing, only the end."""
    if is_masked(phone):
        return phone
    digits = re.sub(r"\D", "", phone)
    if len(digits) < SHORT_NUMBER:
        return MASK if digits else phone
    is_abroad = phone.strip().startswith("+")
    head = digits[:2] if is_abroad else digits[:3]
    if len(digits) - len(head) - 4 < LEAST_HIDDEN:
        return f"{MASK}{digits[-2:]}"
    return f"{'+' if is_abroad else ''}{head}{MASK}{digits[-4:]}"


def mask_email(email: str) -> str:
    """An address with most of its name hidden: r****@example.com."""
    name, at, domain = email.partition("@")
    return f"{name[:1]}{MASK}{at}{domain}" if at else MASK if email else ""


def mask_serial(serial: str) -> str:
    """A serial number of which the end is shown."""
    return f"{MASK}{serial[-4:]}" if len(serial) > 4 else MASK if serial else ""  # noqa: PLR2004 – the digits that are read out


def is_masked(value: str) -> bool:
    """Whether a text is what a mask left: it must never be written back."""
    return MASK in value


def mask_customer(customer: Customer, policy: CustomerPolicy) -> Customer:
    """Hide in place what the customer's standing does not allow to be shown, and name it in ``masked``."""
    level = customer.standing.level
    if level < policy.show_phone:
        _mask(customer, "phone", bool(customer.phone))
        customer.phone = mask_phone(customer.phone)
        _mask_identities(customer, "phone")
    if level < policy.show_email:
        _mask(customer, "email", bool(customer.email))
        customer.email = mask_email(customer.email)
        _mask_identities(customer, "email")
    if level < policy.show_serial:
        _mask(customer, "serial", any(one.serial for one in customer.products))
        customer.products = mask_products(customer.products)
    if level < policy.show_address:
        hidden = {key: MASK for key, value in customer.fields.items() if is_place(key) and value}
        _mask(customer, "address", bool(hidden))
        customer.fields = customer.fields | hidden
    return customer


def _mask(customer: Customer, name: str, is_needed: bool) -> None:
    if is_needed and name not in customer.masked:
        customer.masked = [*customer.masked, name]


def _mask_identities(customer: Customer, kind: str) -> None:
    for one in customer.identities:
        if one.kind == kind:
            one.value = masked_value(one)
            _mask(customer, kind, is_needed=True)


def masked_value(identity: Identity) -> str:
    """An identity's value with its middle hidden."""
    return mask_phone(identity.value) if identity.kind == "phone" else mask_email(identity.value)


def mask_products(products: list[Product]) -> list[Product]:
    """Products with their serial numbers hidden but for the end."""
    for one in products:
        one.serial = mask_serial(one.serial)
    return products


def mask_changes(changes: list[RecordChange], policy: CustomerPolicy, *, level: int) -> list[RecordChange]:
    """Changes with what a standing of this level does not show hidden, old values as well as new ones."""
    for one in changes:
        one.from_value = _hidden(one.field, one.from_value, policy, level)
        one.to_value = _hidden(one.field, one.to_value, policy, level)
    return changes


def _hidden(field: str, value: Any, policy: CustomerPolicy, level: int) -> Any:
    if field == "phone" and level < policy.show_phone:
        return mask_phone(value or "")
    if field == "email" and level < policy.show_email:
        return mask_email(value or "")
    is_hidden = field.startswith("fields.") and is_place(field.removeprefix("fields."))
    return MASK if is_hidden and value and level < policy.show_address else value


def mask_item(item: CustomerListItem, policy: CustomerPolicy) -> CustomerListItem:
    """Hide in a row of a list what nobody sees without a check."""
    if policy.show_phone > 0:
        item.phone = mask_phone(item.phone)
    if policy.show_email > 0:
        item.email = mask_email(item.email)
    return item


def quiet_until(preferences: Preferences, time_zone: str, now: datetime) -> datetime | None:
    """When the customer's quiet hours that are now end; None while they may be disturbed."""
    hours = preferences.quiet_hours
    if hours is None or hours.start == hours.end:
        return None
    zone = zone_of(time_zone)
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    runs_over = hours.start > hours.end
    is_quiet = minute >= hours.start or minute < hours.end if runs_over else hours.start <= minute < hours.end
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1 if runs_over and minute >= hours.start else 0)
    # Wall-clock time: a change of the clocks in the night moves it with the customer.
    wall = datetime.combine(day, time(hours.end // 60, hours.end % 60))
    return wall.replace(tzinfo=zone).astimezone(UTC)


def normal_domain(domain: str) -> str:
    """A mail domain in the spelling in which it is stored: small letters, without @ and blanks."""
    return domain.strip().lower().removeprefix("@").rstrip(".")


def is_domain(domain: str) -> bool:
    """Whether a text is a mail domain."""
    return DOMAIN.fullmatch(domain) is not None


def is_order_mail(address: str) -> bool:
    """Whether a marketplace made the address for one order: it does not tell who somebody is."""
    domain = address.partition("@")[2].lower()
    return MASK[0] in address or any(domain.startswith(start) or domain == start for start in ORDER_MAIL)
