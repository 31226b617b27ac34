"""What agents of the demo desk write with: templates of new tickets, signatures, and mails with a plan as a list."""

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape

import msgspec
from msgspec import Struct

from ombud.demo.copying import copy_rows
from ombud.shared.database import Transaction, rows
from ombud.shared.written import text_of_written, written_of_text
from ombud.tickets.rules import preview_of
from ombud.tickets.schemas import TemplateTicket
from ombud.tickets.search.index import index_entries

SIGNATURES = ("{{brand.name}}\n400-000-0000 · service@lanjia.example", "{{brand.name}} · service@qingyou.example")
# A plan of three points, as the scenes tell it in one breath.
PLAN = re.compile(
    r"(?P<head>.*?[:：])\s*(?:1\.|一、)\s*(?P<first>[^;；]+)[;；]\s*(?:2\.|二、)\s*(?P<second>[^;；]+)[;；]"
    r"\s*(?:3\.|三、)\s*(?P<third>[^.。;；,，]+)[.。;；,，]\s*(?P<rest>.*)",
    re.DOTALL,
)


class DemoTemplate(Struct, frozen=True):
    """A template for everybody, its team by its key."""

    title: str
    ticket: TemplateTicket
    team: str = ""


class _Mail(Struct):
    id: int
    text: str


async def write_templates(
    tx: Transaction, templates: Sequence[DemoTemplate], teams: dict[str, int], since: datetime
) -> None:
    """Templates for everybody, and a signature for each brand."""
    made = []
    for place, one in enumerate(templates):
        ticket = msgspec.structs.replace(one.ticket, team_id=teams[one.team]) if one.team else one.ticket
        made.append((one.title, msgspec.json.encode(ticket).decode(), 5 * (4 - place % 4), since, since))
    await copy_rows(tx, "ticket_template", "title ticket uses created_at updated_at", made)
    sql = """
        update brand b set signature = s.text from (
            select id, (%(texts)s::text[])[row_number() over (order by id)] as text from brand) s
        where s.id = b.id and s.text is not null"""
    await tx.execute(sql, {"texts": list(SIGNATURES)})


async def format_plans(tx: Transaction) -> int:
    """Mails that tell a plan of three points show it as a list; how many."""
    sql = """
        select e.id, e.text from entry e join channel c on c.id = e.channel_id and c.kind = 'email'
        where e.kind = 'message' and e.direction = 'out'
            and (e.text like '%%2. %%3. %%' or e.text like '%%二、%%三、%%')
        order by e.id"""
    shown = [(one.id, html) for one in await rows(tx, _Mail, sql, {}) if (html := plan_as_list(one.text))]
    sql = """
        update entry e set html = n.html, text = n.text
        from unnest(%(ids)s::bigint[], %(htmls)s::text[], %(texts)s::text[]) as n (id, html, text) where e.id = n.id"""
    texts = [text_of_written(html) for _, html in shown]
    params = {"ids": [number for number, _ in shown], "htmls": [html for _, html in shown], "texts": texts}
    await tx.execute(sql, params)
    sql = """
        update ticket t set preview = n.preview from unnest(%(ids)s::bigint[], %(previews)s::text[]) as n (id, preview)
        where t.last_message_id = n.id"""
    await tx.execute(sql, {"ids": params["ids"], "previews": [preview_of(text) for text in texts]})
    # What is found is what stands there now.
    await index_entries(tx, [number for number, _ in shown])
    return len(shown)


def plan_as_list(text: str) -> str:
    """The mail with its three points as a numbered list, '' where it has none."""
    found = PLAN.fullmatch(text)
    if found is None:
        return ""
    points = (found[name].strip() for name in ("first", "second", "third"))
    items = "".join(f"<li><p>{escape(point, quote=False)}</p></li>" for point in points)
    return f"{written_of_text(found['head'])}<ol>{items}</ol>{written_of_text(found['rest'].strip())}"
