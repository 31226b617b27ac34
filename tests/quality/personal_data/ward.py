"""A desk with personal data in its messages, and a search of everything that is kept for words that must be gone."""

from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from ombud.quality.personal_data.services.ending import destroy_files
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction
from ombud.tickets.schemas import InboundMessage
from ombud.tickets.schemas.post import StoredAttachment
from tests.accounts.desk import Browser
from tests.site import Site

ID_NUMBER = "11010519491231002X"
CARD = "6222020318328454059"
PHONE = "13800131234"
SAID = f"我叫王小明,身份证{ID_NUMBER},电话 {PHONE},退到卡 {CARD}。"


@dataclass
class Ward:
    """Lin answers, Wu leads, Ada administers."""

    site: Site
    lin: Browser
    wu: Browser
    ada: Browser
    people: dict[str, Actor] = field(default_factory=dict)

    async def ticket(self, text: str = SAID, **more: Any) -> int:
        """A new ticket that is in the search."""
        ticket = await self.site.ticket(text, **more)
        await self.site.desk.index()
        return ticket

    async def entries(self, ticket: int, who: Browser | None = None) -> list[dict[str, Any]]:
        """A ticket's messages and notes as its page shows them."""
        answer = await (who or self.lin).get(f"/tickets/{ticket}/timeline")
        assert answer.status_code == 200, answer.text
        return [one for one in answer.json()["items"] if one["kind"] != "change"]

    async def redact(self, ticket: int, words: str, *, reason: str = "", place: int = 0) -> dict[str, Any]:
        """Wu blacks out words of a message."""
        newest = "from entry where ticket_id = %(id)s and kind <> 'change' order by id offset %(n)s limit 1"
        text = await self.site.desk.sql(f"select text {newest}", id=ticket, n=place)
        entry = await self.site.desk.sql(f"select id {newest}", id=ticket, n=place)
        start = text.index(words)
        data = {"entry_id": entry, "start": start, "end": start + len(words), "reason": reason}
        answer = await self.wu.post(f"/tickets/{ticket}/redactions", data)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def policy(self, **changes: Any) -> None:
        """Ada changes the policy: kinds by their name, or a setting."""
        policy = (await self.ada.get("/personal-data/policy")).json()
        policy.pop("waiting")
        for name, new in changes.items():
            if name in policy["kinds"]:
                policy["kinds"][name] |= new
            else:
                policy[name] = new
        answer = await self.ada.put("/personal-data/policy", policy)
        assert answer.status_code == 200, answer.text
        # Whom a request is from is remembered for two seconds.
        self.site.desk.later(seconds=3)

    async def mail_with_file(self, text: str, content: bytes, name: str = "claim.txt") -> int:
        """A ticket by mail with its raw original in the database and a file of some content."""
        desk = self.site.desk
        stored = await desk.parts.files.put(content)
        file = StoredAttachment(stored.token, name, "text/plain", stored.size, stored.sha256.hex())
        message: InboundMessage = desk.mail(text, html=f"<p>{text}</p>", quoted=f"> {text}", attachments=[file])
        channel = await desk.channel("email", address="help@desk.example")
        await desk.deliver(channel, message)
        [*_, ticket] = await desk.tickets()
        await desk.run("update inbox set raw = %(raw)s where ticket_id = %(t)s", raw=text.encode(), t=ticket)
        await desk.index()
        return ticket

    async def places_of(self, words: str) -> list[str]:
        """Every table and column, and every file of the store, in which some words stand."""
        async with self.site.desk.parts.database.transaction() as tx:
            found = [one for one in await _columns(tx) if await _holds(tx, one, words)]
        await destroy_files(self.site.desk.parts.database, self.site.desk.parts.files)
        folder = self.site.desk.parts.settings.files
        stored = [path for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]
        return [*(f"{table}.{column}" for table, column, _ in found), *map(str, stored)]


async def _columns(tx: Transaction) -> list[tuple[str, str, str]]:
    statement = """
        select c.relname, a.attname, format_type(a.atttypid, null) from pg_attribute a
        join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
            and format_type(a.atttypid, null) in ('text', 'jsonb', 'text[]', 'bytea', 'tsvector')"""
    async with tx.cursor() as cursor:
        await cursor.execute(statement)
        return await cursor.fetchall()


async def _holds(tx: Transaction, place: tuple[str, str, str], words: str) -> bool:
    table, column, kind = place
    # Search words have small letters.
    test = (
        "position({words}::bytea in {column})"
        if kind == "bytea"
        else "position(lower({words}) in lower({column}::text))"
    )
    statement = sql.SQL("select exists (select from {table} where " + test + " > 0)").format(
        table=sql.Identifier(table),
        column=sql.Identifier(column),
        words=sql.Literal(words.encode() if kind == "bytea" else words),
    )
    async with tx.cursor() as cursor:
        await cursor.execute(statement)
        return bool((await cursor.fetchone() or [False])[0])


async def ward_on(site: Site) -> Ward:
    """The desk and its people."""
    people = {
        "lin": await site.desk.person("Lin"),
        "wu": await site.desk.person("Wu", role="supervisor"),
        "ada": await site.desk.person("Ada", role="administrator", everywhere=True),
    }
    lin, wu, ada = [await site.browser(one) for one in people.values()]
    return Ward(site, lin, wu, ada, people)


__all__ = ["CARD", "ID_NUMBER", "PHONE", "SAID", "Ward", "ward_on"]
