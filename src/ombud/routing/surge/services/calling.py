"""Calling reserve agents: a message on their screen and a mail; those who accept belong to the team while it lasts."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ombud.accounts.services.system_mail import SystemMail
from ombud.routing.floor.services.presence import choose_presence
from ombud.routing.surge.events import SurgeChanged
from ombud.routing.surge.schemas import BothWords, CallAnswerIn
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, execute, row, rows, value
from ombud.shared.errors import NotFound
from ombud.shared.events import emit


async def call_reserve(tx: Transaction, run_id: int, team_ids: Sequence[int], *, now: datetime) -> int:
    """Call everybody who is marked as reserve; how many. Whoever is online is given nothing before they come.

    Each is called for one team: their own one of the plan's if there is one, else the one where most waits.
    """
    sql = """
        insert into surge_call (run_id, person_id, team_id, called_at)
        select %(run)s, p.id, coalesce(
            (select m.team_id from membership m join team t on t.id = m.team_id and t.archived_at is null
                where m.person_id = p.id and (%(teams)s::bigint[] = '{}' or m.team_id = any(%(teams)s))
                order by m.team_id limit 1),
            (select t.id from team t where t.archived_at is null and t.routing = 'push'
                and (%(teams)s::bigint[] = '{}' or t.id = any(%(teams)s))
                order by (select count(*) from work_wait w where w.team_id = t.id) desc, t.id limit 1)) as team_id,
            %(now)s
        from agent_routing a join person p on p.id = a.person_id
        where a.is_reserve and a.suspended_at is null and p.deactivated_at is null
            and p.role in ('agent', 'supervisor')
            and exists (select from team t where t.archived_at is null
                and (%(teams)s::bigint[] = '{}' or t.id = any(%(teams)s)))
        on conflict do nothing"""
    return await execute(tx, sql, {"run": run_id, "teams": list(team_ids), "now": now})


class _Open(Struct):
    plan_id: int
    team_id: int
    answer: str | None


async def answer_call(tx: Transaction, run_id: int, data: CallAnswerIn, *, by: Actor, now: datetime) -> None:
    """Come, or say that one cannot; another answer replaces the first, the same changes nothing.

    Whoever comes belongs to the team until the plan ends, and is online.

    Raises:
        NotFound: nobody called, or it is over.

    Emits: SurgeChanged, PresenceChanged
    """
    sql = """
        select r.plan_id, c.team_id, c.answer from surge_call c join surge_run r on r.id = c.run_id
        where c.run_id = %(run)s and c.person_id = %(me)s and r.ended_at is null for update of c"""
    found = await row(tx, _Open, sql, {"run": run_id, "me": by.person_id})
    if found is None:
        raise NotFound
    if found.answer == data.answer:
        return
    sql = """
        update surge_call set answer = %(answer)s, answered_at = %(now)s
        where run_id = %(run)s and person_id = %(me)s"""
    params: dict[str, object] = {"run": run_id, "me": by.person_id, "team": found.team_id}
    params |= {"answer": data.answer, "now": now}
    await tx.execute(sql, params)
    if data.answer == "accepted":
        await _lend(tx, params)
        await choose_presence(tx, "online", by=by, now=now)
    fact = SurgeChanged(run_id=run_id, plan_id=found.plan_id, change="answered", cause=data.answer)
    await emit(tx, fact, by=by, at=now)


async def _lend(tx: Transaction, params: dict[str, object]) -> None:
    sql = """
        insert into membership (team_id, person_id) values (%(team)s, %(me)s) on conflict do nothing
        returning true"""
    if await value(tx, bool, sql, params):
        sql = "update surge_call set is_lent = true where run_id = %(run)s and person_id = %(me)s"
        await tx.execute(sql, params)


async def send_home(tx: Transaction) -> int:
    """Take lent memberships back of plans that have ended, once nothing of the team is in hand; how many.

    Until then nothing new is given to them: what they began they bring to an end.
    """
    sql = """
        with over as (
            select c.run_id, c.person_id, c.team_id from surge_call c join surge_run r on r.id = c.run_id
            where c.is_lent and r.ended_at is not null
                and not exists (select from ticket t where t.assignee_id = c.person_id and t.team_id = c.team_id
                    and t.is_open and t.category in ('new', 'open'))
            for update of c
        ), kept as (
            -- another plan in force has called them for the same team: its run takes the membership over
            update surge_call k set is_lent = true from over o, surge_run r
            where k.person_id = o.person_id and k.team_id = o.team_id and k.run_id <> o.run_id
                and k.answer = 'accepted' and r.id = k.run_id and r.ended_at is null
            returning k.person_id, k.team_id
        ), gone as (
            delete from membership m using over o where m.person_id = o.person_id and m.team_id = o.team_id
                and not exists (select from kept k where (k.person_id, k.team_id) = (o.person_id, o.team_id))
        )
        update surge_call c set is_lent = false from over o
        where c.run_id = o.run_id and c.person_id = o.person_id"""
    return await execute(tx, sql)


SEEN_WITHIN = timedelta(minutes=1)


class _Uncalled(Struct):
    run_id: int
    person_id: int
    email: str
    locale: str
    name_en: str
    name_zh: str
    team: str
    words: BothWords


MAILS = {
    "en": ("{plan}: please come", "{words}You are asked to help the team {team} until the surge is over.\n\n{link}\n"),
    "zh-CN": ("{plan}：请上线支援", "{words}请支援团队「{team}」，直至本次激增结束。\n\n{link}\n"),
}


async def mail_calls(tx: Transaction, *, mail: SystemMail, address: str, now: datetime) -> int:
    """Write to those who were called and have not answered; how many mails.

    Whoever sits at their screen has a minute to see it there.
    """
    sql = """
        update surge_call c set mailed_at = %(now)s
        from surge_run r join surge_plan_version v on v.plan_id = r.plan_id and v.version = r.version, person p, team t
        where r.id = c.run_id and r.ended_at is null and c.mailed_at is null and c.answer is null
            and p.id = c.person_id and t.id = c.team_id
            and (c.called_at < %(before)s or not exists (
                select from present n where n.person_id = c.person_id and n.there_until > %(now)s))
        returning c.run_id, c.person_id, p.email, p.locale, v.spec ->> 'name_en' as name_en,
            v.spec ->> 'name_zh' as name_zh, t.name as team,
            coalesce(v.spec -> 'measures' -> 'reserve_words', '{}') as words"""
    found = await rows(tx, _Uncalled, sql, {"now": now, "before": now - SEEN_WITHIN})
    for one in found:
        is_chinese = one.locale == "zh-CN"
        own = (one.words.zh or one.words.en) if is_chinese else (one.words.en or one.words.zh)
        subject, text = MAILS["zh-CN" if is_chinese else "en"]
        given = {
            "plan": one.name_zh if is_chinese else one.name_en,
            "words": f"{own}\n\n" if own else "",
            "team": one.team,
            "link": address,
        }
        await mail(tx, to=one.email, subject=subject.format(**given), text=text.format(**given), now=now)
    return len(found)
