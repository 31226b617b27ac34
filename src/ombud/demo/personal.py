"""What the demo desk's customers wrote of themselves: numbers of papers and cards that belong to nobody."""

from datetime import datetime, timedelta

from msgspec import Struct

from ombud.intelligence.personal_data.numbers import is_id_number, passes_luhn
from ombud.intelligence.personal_data.services import kept_spans
from ombud.shared.database import Transaction, rows
from ombud.tickets.search.services import index_entries
from ombud.tickets.services.timeline import refresh_preview

SINCE = timedelta(days=3)
_ZH = (
    "我的身份证号是{id_number}，方便核对。",
    "退款请打到我的银行卡 {bank_card}，户名王小明。",
    "护照号码：{passport}，手机 13800131234。",
    "车牌 浙A·12345 的车上也装了一台，电话 139 0000 5678。",
)
_EN = (
    "My passport number is {passport}, if you need it.",
    "Please refund it to my card {bank_card}.",
    "You can reach me at rosa.diaz@example.com or +1 415 555 0132.",
)
# Every so many of the newest messages.
EVERY, MOST = 7, 24


class _Said(Struct):
    id: int
    ticket_id: int
    text: str


async def make_personal_data(tx: Transaction, *, now: datetime) -> int:
    """Have some of the newest messages end with what people write of themselves; how many."""
    sql = """
        select e.id, e.ticket_id, e.text from public_entry e join ticket t on t.id = e.ticket_id
        where e.direction = 'in' and e.author_kind = 'customer' and e.html is null and e.at > %(since)s
            and t.category in ('new', 'open', 'waiting') order by e.id desc limit %(most)s"""
    found = (await rows(tx, _Said, sql, {"since": now - SINCE, "most": EVERY * MOST}))[::EVERY]
    for place, one in enumerate(found):
        words = _ZH if any("\u4e00" <= sign <= "\u9fff" for sign in one.text) else _EN
        added = words[place % len(words)].format(**papers_of(place))
        text = f"{one.text}\n{added}"
        update = "update entry set text = %(text)s, personal_data = %(spans)s::jsonb where id = %(id)s"
        await tx.execute(update, {"text": text, "spans": kept_spans(text), "id": one.id})
        await refresh_preview(tx, one.ticket_id)
    await index_entries(tx, [one.id for one in found])
    return len(found)


def papers_of(place: int) -> dict[str, str]:
    """Numbers whose checksums are right, of nobody: by their place in the list."""
    body = f"1101011949{1 + place % 12:02}{1 + place % 28:02}{place % 1_000:03}"
    id_number = next(body + sign for sign in "0123456789X" if is_id_number(body + sign))
    start = f"622202{place:09}000"
    bank_card = next(start + str(last) for last in range(10) if passes_luhn(start + str(last)))
    return {"id_number": id_number, "bank_card": bank_card, "passport": f"E{12345678 + place}"}
