"""Find risks in messages, tell who is to hear of them, and learn from what people say."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ombud.intelligence.risk.schemas import Finding, Kind
from ombud.intelligence.risk.services import find_risks, phrase_of
from ombud.quality.risks import queries
from ombud.quality.risks.events import RiskDecided, RiskFound, RiskSettingsChanged
from ombud.quality.risks.queries import Written
from ombud.quality.risks.repeats import repeated
from ombud.quality.risks.schemas import (
    LanguageDoubt,
    LanguageDoubts,
    RiskAlert,
    RiskAlerts,
    RiskDecisionIn,
    RiskRecipientsIn,
    RiskSettings,
    ThirdContactIn,
)
from ombud.shared.actor import SYSTEM, Actor
from ombud.shared.database import Transaction, hold, value
from ombud.shared.errors import Invalid, NotFound
from ombud.shared.events import emit
from ombud.tickets.queries.tickets import lock_visible_ticket, require_visible, visible_mentions
from ombud.tickets.schemas import LockedTicket
from ombud.tickets.services.timeline import notify

# So many different people have to call words a false alarm before they alarm no more.
ENOUGH: Final = 3
# A life is worth any number of false alarms.
NEVER_SILENT: Final = frozenset[Kind]({"self_harm"})
# Of what no words show, no words are learned.
WORDLESS: Final = frozenset[Kind]({"third_contact"})
LONGEST_EVIDENCE: Final = 80
LONGEST_WORDS: Final = 500


async def alert(
    tx: Transaction, ticket: LockedTicket, said: Written, found: Sequence[Finding], *, now: datetime
) -> int:
    """Keep what was found in a message, each kind once; how many are new.

    Those who are to hear of a kind are told once for a ticket, until all its alerts were called false.

    Emits: RiskFound, NotificationMade
    """
    fresh = [one for one in found if await _keep(tx, ticket, said, one, now=now)]
    if fresh:
        await _score_anew(tx, ticket.id)
    return len(fresh)


async def _keep(
    tx: Transaction,
    ticket: LockedTicket,
    said: Written,
    one: Finding,
    *,
    now: datetime,
    earlier_ids: Sequence[int] = (),
) -> bool:
    sql = """
        select exists (select from risk_alert where ticket_id = %(ticket)s and kind = %(kind)s
            and state <> 'false_alarm')"""
    is_known = await value(tx, bool, sql, {"ticket": ticket.id, "kind": one.kind})
    words = said.text[one.start : one.end][:LONGEST_WORDS]
    sql = """
        insert into risk_alert (ticket_id, entry_id, kind, starts, ends, words, phrase, at, earlier_ids)
        values (%(ticket)s, %(entry)s, %(kind)s, %(starts)s, %(ends)s, %(words)s, %(phrase)s, %(now)s, %(earlier)s)
        on conflict (entry_id, kind) do nothing returning id"""
    params: dict[str, object] = {"ticket": ticket.id, "entry": said.id, "kind": one.kind}
    params |= {"starts": one.start, "ends": one.end, "earlier": list(earlier_ids)}
    made = await value(tx, int, sql, params | {"words": words, "phrase": phrase_of(words), "now": now})
    if made is None:
        return False
    fact = RiskFound(ticket_id=ticket.id, team_id=ticket.team_id, alert_id=made, entry_id=said.id, risk=one.kind)
    await emit(tx, fact, by=SYSTEM, at=now)
    if not is_known:
        await _tell(tx, ticket, one.kind, said.id, now=now)
    return True


async def alert_repeated(tx: Transaction, ticket: LockedTicket, *, now: datetime) -> bool:
    """Keep that a ticket is the third contact for the same thing, once, with the tickets before; whether it is new.

    Emits: RiskFound, NotificationMade
    """
    days = await queries.third_contact_days(tx)
    contact, said = await queries.load_contact(tx, ticket.id), await queries.first_words(tx, ticket.id)
    if not days or contact is None or said is None or not said.text:
        return False
    earlier = repeated(contact, await queries.earlier_contacts(tx, ticket.id, days=days))
    if not earlier:
        return False
    one = Finding("third_contact", 0, min(len(said.text), LONGEST_EVIDENCE))
    written = Written(said.id, said.ticket_id, said.text)
    if not await _keep(tx, ticket, written, one, now=now, earlier_ids=earlier):
        return False
    await _score_anew(tx, ticket.id)
    return True


async def _tell(tx: Transaction, ticket: LockedTicket, kind: Kind, entry_id: int, *, now: datetime) -> None:
    wanted = next(one for one in await queries.list_recipients(tx) if one.kind == kind)
    people = await queries.people_for(tx, wanted, ticket.team_id)
    seeing = await visible_mentions(tx, people, ticket) if people else []
    await notify(tx, seeing, "risk_found", ticket, entry_id=entry_id, by=SYSTEM, now=now)


async def _score_anew(tx: Transaction, ticket_id: int) -> None:
    sql = "update work_wait set look_at = '-infinity' where ticket_id = %(id)s and offered_to is null"
    await tx.execute(sql, {"id": ticket_id})


async def show_alerts(tx: Transaction, ticket_id: int, *, by: Actor) -> RiskAlerts:
    """The alerts of a ticket.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
    """
    return RiskAlerts(await queries.list_alerts(tx, await require_visible(tx, ticket_id, by=by)))


async def decide_alert(
    tx: Transaction, ticket_id: int, alert_id: int, data: RiskDecisionIn, *, by: Actor, now: datetime
) -> RiskAlert:
    """Confirm an alert or call it false; what was said before is replaced, and the same word changes nothing.

    Words that three different people called a false alarm alarm no more, except where a life is at stake.

    Raises:
        NotFound: there is no such alert, or ``by`` may not see its ticket.

    Emits: RiskDecided, RiskSettingsChanged
    """
    ticket = await lock_visible_ticket(tx, ticket_id, by=by)
    found = await queries.lock_alert(tx, ticket.id, alert_id)
    if found is None:
        raise NotFound
    if (found.state, found.decided_by) == (data.state, by.person_id):
        return found
    found.state, found.decided_by, found.decided_at = data.state, by.person_id or None, now
    sql = "update risk_alert set state = %(state)s, decided_by = %(by)s, decided_at = %(now)s where id = %(id)s"
    await tx.execute(sql, {"state": data.state, "by": found.decided_by, "now": now, "id": found.id})
    fact = RiskDecided(
        ticket_id=ticket.id,
        team_id=ticket.team_id,
        alert_id=found.id,
        entry_id=found.entry_id,
        risk=found.kind,
        state=data.state,
    )
    await emit(tx, fact, by=by, at=now)
    if data.state == "false_alarm":
        await _learn(tx, found.kind, phrase_of(found.words), by=by, now=now)
    await _score_anew(tx, ticket.id)
    return found


async def _learn(tx: Transaction, kind: Kind, phrase: str, *, by: Actor, now: datetime) -> None:
    if kind in NEVER_SILENT | WORDLESS:
        return
    params = {"kind": kind, "phrase": phrase, "now": now, "enough": ENOUGH}
    # Two people who say so at once would each count one too few.
    await hold(tx, "risk", f"{kind} {phrase}")
    # What was said before somebody made the words alarm again does not count.
    sql = """
        insert into risk_silence (kind, phrase, began_at)
        select %(kind)s, %(phrase)s, %(now)s where %(enough)s <= (
            select count(distinct decided_by) from risk_alert
            where kind = %(kind)s and phrase = %(phrase)s and state = 'false_alarm' and decided_at > coalesce(
                (select max(ended_at) from risk_silence where kind = %(kind)s and phrase = %(phrase)s), '-infinity'))
        on conflict (kind, phrase) where ended_at is null do nothing returning id"""
    if await value(tx, int, sql, params) is not None:
        await emit(tx, RiskSettingsChanged(risk=kind, change="silence_began"), by=by, at=now)


async def follow_entries(tx: Transaction, ticket_ids: Sequence[int]) -> None:
    """Take alerts to where their messages are now; doing it twice changes nothing."""
    sql = """
        update risk_alert a set ticket_id = e.ticket_id from entry e
        where e.id = a.entry_id and a.ticket_id = any(%(ids)s::bigint[]) and a.ticket_id <> e.ticket_id"""
    await tx.execute(sql, {"ids": list(ticket_ids)})
    for ticket_id in sorted(ticket_ids):
        await _score_anew(tx, ticket_id)


async def show_settings(tx: Transaction) -> RiskSettings:
    """Who hears of what, and what alarms no more."""
    days = await queries.third_contact_days(tx)
    return RiskSettings(await queries.list_recipients(tx), await queries.list_silences(tx), days)


async def change_recipients(
    tx: Transaction, kind: Kind, data: RiskRecipientsIn, *, by: Actor, now: datetime
) -> RiskSettings:
    """Say who hears of a kind.

    Raises:
        NotFound: there is no such kind.
        Invalid: somebody named does not exist or has left.

    Emits: RiskSettingsChanged
    """
    if kind not in queries.KINDS:
        raise NotFound
    people = sorted(set(data.person_ids))
    sql = "select count(*) from person where id = any(%(ids)s::bigint[]) and deactivated_at is null"
    if await value(tx, int, sql, {"ids": people}) != len(people):
        raise Invalid("Choose people who have a seat.", fields={"person_ids": "unknown"})
    sql = """
        insert into risk_recipients (kind, roles, person_ids) values (%(kind)s, %(roles)s, %(people)s)
        on conflict (kind) do update set roles = excluded.roles, person_ids = excluded.person_ids
        where (risk_recipients.roles, risk_recipients.person_ids) is distinct from
            (excluded.roles, excluded.person_ids) returning 1"""
    params = {"kind": kind, "roles": sorted(set(data.roles)), "people": people}
    if await value(tx, int, sql, params) is not None:
        await emit(tx, RiskSettingsChanged(risk=kind, change="recipients"), by=by, at=now)
    return await show_settings(tx)


async def change_third_contact(tx: Transaction, data: ThirdContactIn, *, by: Actor, now: datetime) -> RiskSettings:
    """Say how far back contacts for the same thing are counted; what is the same already changes nothing.

    Emits: RiskSettingsChanged
    """
    if data.days != await queries.third_contact_days(tx):
        sql = """
            insert into setting (name, value) values (%(name)s, to_jsonb(%(days)s::int))
            on conflict (name) do update set value = excluded.value"""
        await tx.execute(sql, {"name": queries.SETTING, "days": data.days})
        await emit(tx, RiskSettingsChanged(risk="third_contact", change="days"), by=by, at=now)
    return await show_settings(tx)


async def end_silence(tx: Transaction, silence_id: int, *, by: Actor, now: datetime) -> RiskSettings:
    """Let words alarm again; it takes three people anew to silence them.

    Raises:
        NotFound: they are not silenced.

    Emits: RiskSettingsChanged
    """
    sql = """
        update risk_silence set ended_at = %(now)s, ended_by = %(by)s
        where id = %(id)s and ended_at is null returning kind"""
    kind = await value(tx, str, sql, {"now": now, "by": by.person_id or None, "id": silence_id})
    if kind is None:
        raise NotFound
    await emit(tx, RiskSettingsChanged(risk=kind, change="silence_ended"), by=by, at=now)
    return await show_settings(tx)


async def doubt_language(tx: Transaction, ticket_id: int, text: str, *, by: Actor) -> LanguageDoubts:
    """Words of a reply that do not become us; nothing is kept, and it can be sent all the same.

    Raises:
        NotFound: the ticket does not exist, or ``by`` may not see it.
    """
    await require_visible(tx, ticket_id, by=by)
    return LanguageDoubts(
        [
            LanguageDoubt(_units(text[: one.start]), _units(text[: one.end]), text[one.start : one.end])
            for one in find_risks(text, "agent")
        ]
    )


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
