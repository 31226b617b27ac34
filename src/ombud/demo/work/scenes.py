"""What people have done together on the demo desk by now: three processes on their way, and dispatches of each kind."""

from datetime import datetime, timedelta

from msgspec import Struct, structs

from ombud.demo.work.cast import RESEARCH, Cast, gather_cast
from ombud.demo.work.story import Matter, Story
from ombud.processes.queries import find_process
from ombud.processes.schemas import ProcessIn, Stage
from ombud.processes.services.definitions import change_process, take_example
from ombud.shared.actor import Actor
from ombud.shared.calendars.schemas import Span
from ombud.shared.database import Transaction, rows, value
from ombud.shared.sequencer import sequence_events
from ombud.teamwork.schemas import DispatchIn, ReasonIn, SupervisionIn, TaskIn, TaskItemPatch, TaskResult, UrgeIn
from ombud.teamwork.services import tasks
from ombud.teamwork.services.dispatching import accept_dispatch, dispatch_ticket, return_dispatch
from ombud.teamwork.services.urging import supervise, urge_ticket

# Which of a shipped process's stages and tasks belong to which team, by the first words of the teams' names.
OWNERS = {
    "technical_complaint": {"diagnosis": "技术支持", "research": RESEARCH.partition(" ")[0]},
    "refund": {"finance": "退换账款", "execution": "退换账款"},
    "vip_complaint": {"task_force": "投诉与VIP"},
}
HOURS_8 = Span(8, "working_hours")


async def show_work(tx: Transaction, you: Actor, *, now: datetime) -> None:
    """Let people have worked together; all that was said of it is history by then."""
    cast = await gather_cast(tx, you, now=now - timedelta(days=30))
    types = {key: await _take(tx, cast, key, now=now - timedelta(days=20)) for key in OWNERS}
    for tag, key, play, hours in (
        ("净水机漏水·leak", "technical_complaint", _technical, 21),
        ("扣款错误·wrong charge", "refund", _refund, 2),
        ("VIP", "vip_complaint", _vip, 22),
    ):
        began = now - timedelta(hours=hours)
        for matter in await _matters(tx, tag, before=began, most=1):
            story = Story(tx, cast, matter, began)
            await story.begin(types[key])
            await play(story, now)
    await _dispatch(tx, cast, now=now)
    # Warnings of the past were given.
    sql = """
        update clock set fired = '{0}', next_at = due_at
        where policy_version_id is null and state <> 'ended' and next_at <= %(now)s and due_at > %(now)s"""
    await tx.execute(sql, {"now": now})
    while await sequence_events(tx, now=now):
        pass


async def _take(tx: Transaction, cast: Cast, key: str, *, now: datetime) -> int:
    made = await take_example(tx, key, by=cast.you, now=now)
    stages = [_owned(stage, cast, OWNERS[key].get(stage.key)) for stage in made.spec.stages]
    spec = structs.replace(made.spec, stages=stages)
    await change_process(tx, made.id, ProcessIn(spec), by=cast.you, now=now + timedelta(hours=1))
    found = await find_process(tx, made.id)
    return found.spec.type_id if found else 0


def _owned(stage: Stage, cast: Cast, owner: str | None) -> Stage:
    research, delivery = cast.teams[RESEARCH.partition(" ")[0]], cast.teams["物流配送"]
    helpers = [research, delivery] if stage.key == "task_force" else [cast.teams["退换账款"]]
    tasks_ = [structs.replace(one, team_id=helpers[place % len(helpers)]) for place, one in enumerate(stage.tasks)]
    if stage.key == "task_force":
        # Nothing of it is late on a desk that opens now, whatever the hour.
        tasks_ = [structs.replace(task, span=Span(2, "working_days")) for task in tasks_]
        stage = structs.replace(stage, span=Span(36, "natural_hours"))
    return structs.replace(stage, tasks=tasks_, team_id=cast.teams[owner] if owner else stage.team_id)


async def _matters(tx: Transaction, tag: str, *, before: datetime, most: int) -> list[Matter]:
    """Open tickets on which nothing happened since: those with a tag first, then those of Chinese customers."""
    sql = """
        select t.id, c.locale from ticket t join customer c on c.id = t.customer_id and not c.is_blocked
        join channel h on h.id = t.channel_id and h.kind in ('email', 'chat')
        where t.is_open and t.merged_into_id is null and t.snoozed_until is null
            and t.category in ('new', 'open', 'waiting')
            and not exists (select from entry e where e.ticket_id = t.id and e.at >= %(before)s)
            and not exists (select from process_run r where r.ticket_id = t.id)
            and not exists (select from dispatch d where d.ticket_id = t.id)
            and not exists (select from ticket_shift s where t.id in (s.from_id, s.to_id))
        order by %(tag)s = any(t.tags) desc, c.locale = 'zh-CN' desc, t.activity_at desc, t.id limit %(most)s"""
    return await rows(tx, Matter, sql, {"tag": tag, "before": before, "most": most})


async def _technical(story: Story, now: datetime) -> None:
    """The diagnosis was late and moved on to research; a partner of theirs works on what was asked."""
    leak = story.say("净水机重装两次后仍漏水", "The purifier leaks after two installations")
    await story.answer(summary=leak, severity="important")
    await story.reply(
        "您好，我是您这次问题的专属负责人，之后都由我跟您联系。", "Hello, I am in charge of your case from now on."
    )
    await story.go_on()
    await story.fail("重置传感器", "Reset the sensor")
    if not await story.miss():
        return
    await story.urge("今天能不能解决？", "Can it be solved today?")
    cast, tx, items = story.cast, story.tx, ["核对批次 M-0915", "复现漏水", "给出结论"]
    ask = TaskIn(
        cast.teams[RESEARCH.partition(" ")[0]],
        "分析净水机控制板批次",
        HOURS_8,
        text="两次更换密封圈后仍漏水，固件 3.2。请确认是否为批次问题。",
        items=items,
    )
    made = await tasks.give_task(tx, story.ticket, ask, by=cast.you, now=min(story.later(20), now))
    await tasks.accept_task(tx, made.id, by=cast.partner, now=min(story.later(15), now))
    tick = TaskItemPatch(is_done=True)
    await tasks.tick_item(tx, made.id, made.items[0].id, tick, by=cast.partner, now=min(story.later(25), now))


async def _refund(story: Story, now: datetime) -> None:
    """A wrong charge waits for finance."""
    del now
    await story.answer(order="LJ2026110045", amount=299, proof=story.say("两笔扣款截图", "Screenshot of two charges"))
    await story.reply(
        "已收到您的扣款截图，财务正在核查，1个工作日内给您答复。",
        "We have your screenshot. Finance checks it and we answer within one working day.",
    )
    await story.go_on()


async def _vip(story: Story, now: datetime) -> None:
    """A named owner, a task force of two departments, of which one has reported, and word to the customer each day."""
    cast, tx = story.cast, story.tx
    await story.answer(owner_name=cast.you.name, demand=story.say("更换整机并道歉", "A new machine and an apology"))
    await story.reply(
        "您好，我是您的专属负责人，24小时内给您处理方案。", "I am in charge of your case and answer daily."
    )
    await story.go_on()
    watch = SupervisionIn(Span(24, "natural_hours"), note="VIP，每日18:00前汇报")
    await supervise(tx, story.ticket, watch, by=cast.supervisor, now=story.later(5))
    for task_id in await story.tasks():
        task = await value(tx, int, "select team_id from task where id = %(id)s", {"id": task_id})
        if task == cast.teams["物流配送"]:
            done = TaskResult("备用机明天上午送到。")
            await tasks.finish_task(tx, task_id, done, by=cast.you, now=min(story.later(180), now))
    story.later(600)
    await story.reply(
        "技术部门正在复现问题，结论出来后我第一时间告诉您。", "Our engineers reproduce the fault; I will write again."
    )


class _Kind(Struct):
    """One dispatch of the demo."""

    hours: float
    is_accepted: bool = False
    is_returned: bool = False
    urges: int = 0


KINDS = (
    _Kind(0.4),
    _Kind(3, is_accepted=True),
    _Kind(6, is_accepted=True, urges=3),
    _Kind(20, is_returned=True),
    _Kind(2.5, is_accepted=True, urges=1),
)


async def _dispatch(tx: Transaction, cast: Cast, *, now: datetime) -> None:
    """Work orders to technicians: one waits, some are at work, one came back, some are urged."""
    team = cast.teams["安装维修"]
    worker = cast.agents["安装维修"]
    for kind in KINDS:
        at = now - timedelta(hours=kind.hours)
        for matter in await _matters(tx, "", before=at, most=8):
            if await _team_of(tx, matter.id) == team:
                continue
            await _dispatch_one(tx, cast, matter, kind, worker, team, at)
            break


async def _team_of(tx: Transaction, ticket_id: int) -> int | None:
    return await value(tx, int, "select team_id from ticket where id = %(id)s", {"id": ticket_id})


async def _dispatch_one(
    tx: Transaction, cast: Cast, matter: Matter, kind: _Kind, worker: Actor, team: int, at: datetime
) -> None:
    order = DispatchIn(team, HOURS_8, note="请联系客户约定上门时间")
    await dispatch_ticket(tx, matter.id, order, by=cast.you, now=at)
    if kind.is_returned:
        reason = ReasonIn("机器不在我们的服务区，请转当地网点")
        await return_dispatch(tx, matter.id, reason, by=worker, now=at + timedelta(minutes=18))
    if kind.is_accepted:
        await accept_dispatch(tx, matter.id, by=worker, now=at + timedelta(minutes=12))
    for number in range(kind.urges):
        words = UrgeIn(("什么时候上门？", "怎么还没人联系我？", "再不来我就投诉了！")[number])
        await urge_ticket(tx, matter.id, words, by=cast.you, now=at + timedelta(minutes=40 + 30 * number))
