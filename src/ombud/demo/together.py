"""Who follows which open ticket of the demo desk, what is left to do on it, and how long people worked on it."""

from collections.abc import Sequence

from msgspec import Struct

from ombud.demo.copying import Value, array, copy_rows
from ombud.demo.ground import Ground
from ombud.demo.hours import HOUR, moment
from ombud.shared.database import Transaction

# Checklists that ship with the demo: name and items, by the language of the customers they are for.
CHECKLISTS = {
    "zh": (
        ("退货", ("核对订单号和购买日期", "确认商品外观完好", "发送退货地址", "收到后登记", "办理退款")),
        ("上门维修", ("确认型号和故障现象", "核对保修期", "约定上门时间", "提醒客户断电断水", "回访")),
    ),
    "en": (
        ("Return", ("Check order and date", "Ask for a photo", "Send the return label", "Book it in", "Refund")),
        ("Repair visit", ("Model and fault", "Check the warranty", "Agree on a time", "Ask to unplug", "Call after")),
    ),
}


class OpenTicket(Struct, frozen=True):
    """What is asked of an open ticket here; people by their number in the cast."""

    number: int
    language: str
    holder: int
    opened: float
    last: float


async def write_together(tx: Transaction, ground: Ground, tickets: Sequence[OpenTicket], you: int) -> None:
    """Fill followers, checklists and time spent; every third open ticket has one of each."""
    templates = [(name, array(items)) for sets in CHECKLISTS.values() for name, items in sets]
    at = moment(min((one.opened for one in tickets), default=0.0))
    await copy_rows(tx, "checklist_template", "name items created_at updated_at", [(*one, at, at) for one in templates])
    followers: list[Sequence[Value]] = []
    items: list[Sequence[Value]] = []
    spent: list[Sequence[Value]] = []
    for place, one in enumerate(tickets):
        items += _items(ground, place, one) if place % 3 == 0 else ()
        if place % 3 == 1 and one.holder != you:
            followers.append((one.number, ground.people[you], "own", moment(one.opened)))
        if one.holder >= 0 and place % 3 != 1:
            seconds = 180 + place * 97 % 1_500
            key = f"demo-{one.number}"
            spent.append((one.number, ground.people[one.holder], seconds, "timer", moment(one.last), key))
    await copy_rows(tx, "follower", "ticket_id person_id way since", followers)
    await copy_rows(tx, "checklist_item", "ticket_id text position created_at done_at done_by", items)
    await copy_rows(tx, "time_spent", "ticket_id person_id seconds way at client_key", spent)


def _items(ground: Ground, place: int, one: OpenTicket) -> list[Sequence[Value]]:
    """Some items of a checklist; whoever holds the ticket has done the first of them."""
    _, texts = CHECKLISTS[one.language][place // 3 % 2]
    done = place // 6 % len(texts) if one.holder >= 0 else 0
    by = ground.people[one.holder] if one.holder >= 0 else None
    opened, done_at = moment(one.opened), moment(min(one.opened + HOUR, one.last))
    return [
        (one.number, text, number, opened, done_at if number < done else None, by if number < done else None)
        for number, text in enumerate(texts)
    ]
