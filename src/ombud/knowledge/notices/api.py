"""Endpoints of notices."""

import asyncio

from litestar import Response, Router, delete, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_201_CREATED, HTTP_204_NO_CONTENT

from ombud.knowledge.notices import queries
from ombud.knowledge.notices.schemas import (
    Edition,
    Graded,
    Notice,
    NoticeAnswers,
    NoticeIn,
    NoticeList,
    OwnNotices,
    ReaderList,
    Reminded,
    Which,
)
from ombud.knowledge.notices.services import reading, telling, writing
from ombud.knowledge.notices.tables import readers_table
from ombud.shared.http import By, Now, Reading, Tx, may, signed_in
from ombud.shared.spreadsheets import TYPES, FileKind, write_file

NOTICE = "/notices/{notice_id:int}"
MANAGE = [may("notices.manage")]


@get("/notices", guards=[signed_in])
async def get_notices(reading: Reading, actor: By, now: Now, which: FromQuery[Which] = "current") -> NoticeList:
    """Notices that are for the reader; whoever writes notices sees those of their teams."""
    return NoticeList(await queries.list_notices(reading, which, by=actor, now=now))


@get("/notices/own", guards=[signed_in])
async def get_own_notices(reading: Reading, actor: By, now: Now) -> OwnNotices:
    """What the reader has not settled, what bars going online first."""
    return OwnNotices(await queries.own_notices(reading, by=actor, now=now))


@post("/notices", guards=MANAGE, status_code=HTTP_201_CREATED)
async def post_notice(tx: Tx, actor: By, now: Now, data: JSONBody[NoticeIn]) -> Notice:
    """Keep a draft."""
    return await writing.write_notice(tx, data, by=actor, now=now)


@get(NOTICE, guards=[signed_in])
async def get_notice(reading: Reading, actor: By, now: Now, notice_id: FromPath[int]) -> Notice:
    """One with its questions; which options are right only for whoever may write it."""
    return await queries.find_notice(reading, notice_id, by=actor, now=now)


@put(NOTICE, guards=MANAGE)
async def put_notice(tx: Tx, actor: By, now: Now, notice_id: FromPath[int], data: JSONBody[NoticeIn]) -> Notice:
    """Change it. 409 ``changed_meanwhile``, ``withdrawn``."""
    return await writing.change_notice(tx, notice_id, data, by=actor, now=now)


@delete(NOTICE, guards=MANAGE, status_code=HTTP_204_NO_CONTENT)
async def delete_notice(tx: Tx, actor: By, now: Now, notice_id: FromPath[int]) -> None:
    """Throw a draft away. 409 ``not_a_draft``."""
    await writing.remove_draft(tx, notice_id, by=actor, now=now)


@put(f"{NOTICE}/publication", guards=MANAGE)
async def put_publication(tx: Tx, actor: By, now: Now, notice_id: FromPath[int]) -> Notice:
    """Let it hold from its moment on; its audience is told then."""
    return await writing.publish_notice(tx, notice_id, by=actor, now=now)


@put(f"{NOTICE}/withdrawal", guards=MANAGE)
async def put_withdrawal(tx: Tx, actor: By, now: Now, notice_id: FromPath[int]) -> Notice:
    """Take it back; its receipts stay."""
    return await writing.withdraw_notice(tx, notice_id, by=actor, now=now)


@put(f"{NOTICE}/opened", guards=[signed_in])
async def put_opened(tx: Tx, actor: By, now: Now, notice_id: FromPath[int]) -> Notice:
    """Open it to read."""
    return await reading.open_notice(tx, notice_id, by=actor, now=now)


@put(f"{NOTICE}/read", guards=[signed_in])
async def put_read(tx: Tx, actor: By, now: Now, notice_id: FromPath[int], data: JSONBody[Edition]) -> Notice:
    """Tick it as read. 409 ``notice_changed``, ``notice_over``."""
    return await reading.read_notice(tx, notice_id, data.edition, by=actor, now=now)


@post(f"{NOTICE}/tries", guards=[signed_in], status_code=HTTP_200_OK)
async def post_try(tx: Tx, actor: By, now: Now, notice_id: FromPath[int], data: JSONBody[NoticeAnswers]) -> Graded:
    """Answer its questions. 409 ``no_tries_left``, ``notice_changed``, ``notice_over``."""
    return await reading.answer_questions(tx, notice_id, data, by=actor, now=now)


@get(f"{NOTICE}/readers", guards=MANAGE)
async def get_readers(reading: Reading, actor: By, now: Now, notice_id: FromPath[int]) -> ReaderList:
    """Whom it is for, of those whom the actor leads, and how far each is."""
    await queries.find_notice(reading, notice_id, by=actor, now=now)
    return ReaderList(await queries.list_readers(reading, notice_id, by=actor))


@get(f"{NOTICE}/readers/file", guards=MANAGE)
async def get_readers_file(
    reading: Reading, actor: By, now: Now, notice_id: FromPath[int], kind: FromQuery[FileKind] = "csv"
) -> Response[bytes]:
    """The receipts as a file for spreadsheets, in the reader's language and time zone."""
    await queries.find_notice(reading, notice_id, by=actor, now=now)
    head, cells = await readers_table(reading, notice_id, by=actor)
    content = await asyncio.to_thread(write_file, head, cells, kind)
    headers = {
        "Content-Disposition": f'attachment; filename="notice-{notice_id}-{now:%Y%m%d}.{kind}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=TYPES[kind], headers=headers)


@post(f"{NOTICE}/reminders", guards=MANAGE, status_code=HTTP_200_OK)
async def post_reminders(tx: Tx, actor: By, now: Now, notice_id: FromPath[int]) -> Reminded:
    """Remind whoever has not settled it; nobody twice within ten minutes."""
    return await telling.remind_readers(tx, notice_id, by=actor, now=now)


@put(f"{NOTICE}/readers/{{person_id:int}}/tries", guards=MANAGE, status_code=HTTP_204_NO_CONTENT)
async def put_tries(tx: Tx, actor: By, now: Now, notice_id: FromPath[int], person_id: FromPath[int]) -> None:
    """Let somebody try the questions anew."""
    await reading.give_tries(tx, notice_id, person_id, by=actor, now=now)


routers = [
    Router(
        "/api/v1",
        route_handlers=[
            *(get_notices, get_own_notices, post_notice, get_notice, put_notice, delete_notice, put_publication),
            *(put_withdrawal, put_opened, put_read, post_try, get_readers, get_readers_file, post_reminders),
            put_tries,
        ],
        tags=["notices"],
    )
]
