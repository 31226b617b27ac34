"""Say where questions are answered by a machine, and how."""

from datetime import datetime

from ombud.assistance.answering import queries
from ombud.assistance.answering.events import AnswerRuleChanged
from ombud.assistance.answering.schemas import AnswerRule, AnswerRuleIn
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, value
from ombud.shared.errors import Conflict, Invalid, NotFound
from ombud.shared.events import emit


class RuleChanged(Conflict):
    """Somebody changed this place meanwhile. Look at what they set, and say again what you want."""

    code = "answer_rule_changed"


async def change_rule(
    tx: Transaction, channel_id: int | None, data: AnswerRuleIn, *, by: Actor, now: datetime
) -> AnswerRule:
    """Say how a channel, or the help centre (None), answers; the same again changes nothing.

    Raises:
        NotFound: there is no such channel, or it answers nothing.
        Invalid: a category is not there.
        RuleChanged: it is not what was read any more.

    Emits: AnswerRuleChanged
    """
    rule = await queries.find_rule(tx, channel_id)
    if rule is None:
        raise NotFound
    if rule.version != data.version:
        raise RuleChanged
    wanted = sorted(set(data.category_ids)) if data.category_ids is not None else None
    await _check_categories(tx, wanted)
    names = [name for name in AnswerRuleIn.__struct_fields__ if name != "version"]
    new = {name: getattr(data, name) for name in names} | {"category_ids": wanted}
    if rule.version and all(getattr(rule, name) == new[name] for name in names):
        return rule
    sql = f"""
        insert into answer_rule as r (place, channel_id, {", ".join(names)})
        values (%(place)s, %(channel)s, {", ".join(f"%({name})s" for name in names)})
        on conflict (place, coalesce(channel_id, 0)) do update set
            {", ".join(f"{name} = excluded.{name}" for name in names)}, version = r.version + 1
        where r.version = %(version)s returning id"""
    params = new | {"place": rule.place, "channel": channel_id, "version": data.version}
    rule_id = await value(tx, int, sql, params)
    if rule_id is None:
        raise RuleChanged
    await emit(tx, AnswerRuleChanged(rule_id=rule_id), by=by, at=now)
    return await queries.find_rule(tx, channel_id) or rule


async def _check_categories(tx: Transaction, category_ids: list[int] | None) -> None:
    sql = "select count(*) from knowledge_category where id = any(%(ids)s) and archived_at is null"
    if category_ids and await value(tx, int, sql, {"ids": category_ids}) != len(category_ids):
        raise Invalid("Choose categories that there are.", fields={"category_ids": "unknown"})
