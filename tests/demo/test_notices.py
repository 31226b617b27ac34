"""What surrounds the demo's articles: a notice, a card, wordings, requests, feedback and the board."""

from ombud.demo.knowledge import make_knowledge
from ombud.demo.notices import make_notices
from ombud.knowledge.notices.queries import list_notices, list_readers
from ombud.knowledge.reports.queries.board import board
from ombud.knowledge.reports.queries.figures import health, search_report
from tests.desk import Desk


async def test_make_notices_fills_every_report_with_something(desk: Desk) -> None:
    you = await desk.person("Ada", role="administrator", everywhere=True)
    await desk.person("Bao", role="supervisor", everywhere=True)
    for name in ("Lin", "Wei", "Mei", "Rui", "Omar"):
        await desk.person(name)
    async with desk.parts.database.transaction() as tx:
        await make_knowledge(tx, you, now=desk.now)
        await make_notices(tx, you, now=desk.now)
        [notice] = await list_notices(tx, "current", by=you, now=desk.now)
        progress = {one.progress for one in await list_readers(tx, notice.id, by=you)}
        since = desk.now.replace(day=1)
        contributors = await board(tx, since=since, until=desk.now)
        found = await health(tx, since=since, until=desk.now, by=you, now=desk.now)
        searches = await search_report(tx, since=since, until=desk.now, only_without=True)
    assert (notice.questions, notice.standing) == (2, "current")
    assert {"unread", "opened", "settled"} <= progress
    assert contributors
    assert found.uses
    assert found.stale["unhelpful"] >= 1
    assert (found.requests_open, found.requests_answered) == (2, 1)
    assert searches.items[0].without_result >= 1
    assert await desk.sql("select count(*) from guidance_card") == 1
    assert await desk.sql("select count(*) from script_variant") >= 6
