"""What surrounds the demo's articles: a notice with questions, guidance, wordings, requests, feedback, searches."""

import random
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from ombud.accounts.permissions import ROLES, Role
from ombud.assistance.guidance.schemas import CardIn, CardWords, Listener, VariantIn, VariantsIn
from ombud.assistance.guidance.services.cards import add_card
from ombud.assistance.guidance.services.scripts import keep_variants
from ombud.assistance.upkeep.queries import placed_texts
from ombud.knowledge.notices.schemas import NoticeAnswers, NoticeIn, NoticeOption, NoticeQuestion
from ombud.knowledge.notices.services.reading import answer_questions, open_notice, read_notice
from ombud.knowledge.notices.services.writing import publish_notice, write_notice
from ombud.knowledge.reports.rules import Passage
from ombud.knowledge.reports.schemas import FeedbackIn, FeedbackReason, Place, RequestIn, RequestPatch, Use
from ombud.knowledge.reports.services import note_feedback, note_search, note_use
from ombud.knowledge.reports.services.findings import find_contradictions
from ombud.knowledge.reports.services.requests import ask_for_article, change_request
from ombud.shared.actor import Actor
from ombud.shared.database import Transaction, rows, value, values

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
BATCH = "M-0915"
MANUAL = "manual-m-0915"
WORKING: tuple[Role, ...] = ("agent", "supervisor")
SEARCHES = (
    ("以旧换新 怎么拆旧机", "zh-CN", 0, 9),
    ("地暖 不热", "zh-CN", 0, 7),
    ("invoice for a company abroad", "en", 0, 5),
    ("退款多久到账", "zh-CN", 3, 14),
    ("track my parcel", "en", 4, 8),
    ("E4 故障", "zh-CN", 2, 11),
    ("steam mop", "en", 0, 3),
    ("预约安装", "zh-CN", 5, 12),
)
REQUESTS = (
    ("境外公司怎么开发票？", "每周有两三位客户问，目前只能转财务。", "taken", ""),
    ("How to remove an old built-in oven for trade-in", "Technicians ask for photos.", "open", ""),
    ("退款到账时间按银行列表", "客户常问具体银行要几天。", "answered", "refund-times"),
    ("蒸汽拖把使用说明", "这款产品我们不卖。", "declined", ""),
)
VARIANTS: dict[str, tuple[tuple[str, Listener, str], ...]] = {
    "script-calming": (
        (
            "zh-CN",
            "angry",
            "{{customer.name}}，您说得对，是我们没做好，我先向您道歉。现在由我负责到底，今天下班前给您准信。",
        ),
        ("zh-CN", "anxious", "{{customer.name}}，我知道您急着用，别担心，我马上去催，有消息第一时间告诉您。"),
        ("zh-CN", "elderly", "{{customer.name}}您好，您慢慢说，不着急。我帮您办，您不用自己操作，办好了我给您打电话。"),
        (
            "en",
            "angry",
            "You are right, {{customer.name}}, and I am sorry. From now on this is mine until it is solved.",
        ),
        (
            "en",
            "anxious",
            "Time is short, {{customer.name}}, I see that. I am chasing it and will write at once.",
        ),
        ("en", "vip", "{{customer.name}}, thank you for your patience. I am your one contact for this, start to end."),
    ),
}
CARD_WORDS = [
    CardWords(
        "zh-CN",
        "说明书批次 M-0915：进出水管图印反",
        "R3 地区 9 月批次的说明书第 4 步把进水管和出水管画反了，装反会漏水。",
        ["先请客户关闭进水阀", "发送正确接法的图和视频", "客户不便自己改接的，免费预约上门"],
        "{{customer.name}}您好，您手上的说明书第 4 步印错了，是我们的责任。请先关上进水阀，我把正确的接法发给您；"
        "您不方便动手的话，我们免费上门。",
    ),
    CardWords(
        "en",
        "Manual of batch M-0915 shows the pipes the wrong way round",
        "Step 4 of the manual of the September batch for R3 swaps inlet and outlet. Connected like that, it leaks.",
        ["Have the customer shut the inlet valve first", "Send the right picture and the video", "Offer a free visit"],
        "Dear {{customer.name}}, step 4 of your manual is misprinted, and that is our fault. Please shut the inlet "
        "valve first. I am sending you the right connection, and we come to you free of charge if you prefer.",
    ),
]


def _question(zh: str, en: str, *options: tuple[str, str], right: int) -> NoticeQuestion:
    made = [NoticeOption(text_en, text_zh, is_right=at == right) for at, (text_zh, text_en) in enumerate(options)]
    return NoticeQuestion("single", made, en, zh)


QUESTIONS = [
    _question(
        "客户说按说明书安装后漏水，第一步做什么？",
        "A customer followed the manual and it leaks. What comes first?",
        ("请客户关闭进水阀", "Have them shut the inlet valve"),
        ("建退货单", "Make a return"),
        ("转投诉组", "Hand over to complaints"),
        right=0,
    ),
    _question(
        "哪个批次的说明书第 4 步有误？",
        "In which batch is step 4 of the manual wrong?",
        ("M-0815", "M-0815"),
        ("M-0915", "M-0915"),
        ("所有批次", "In every batch"),
        right=1,
    ),
]


class _Person(Struct):
    id: int
    name: str
    role: Role
    locale: str

    def actor(self) -> Actor:
        """As who they act; the demo's past asks nobody's leave."""
        return Actor("person", self.id, self.name, ROLES[self.role], None, locale=self.locale)


async def make_notices(tx: Transaction, by: Actor, *, now: datetime) -> None:
    """Fill what surrounds the articles, by the same verbs as people's; the same seed makes the same."""
    sql = """
        select id, name, role, locale from person
        where role in ('agent', 'supervisor') and deactivated_at is null and id <> %(you)s order by id"""
    found = await rows(tx, _Person, sql, {"you": by.person_id})
    people = [one.actor() for one in found]
    boss = next((one.actor() for one in found if one.role == "supervisor"), by)
    rng = random.Random(7)
    await _make_notice(tx, boss, people, now=now)
    await _make_guidance(tx, boss, now=now)
    await _make_past(tx, people or [by], rng, now=now)
    await _make_requests(tx, boss, people or [by], now=now)
    await _look_for_contradictions(tx, now=now)


async def _make_notice(tx: Transaction, boss: Actor, people: list[Actor], *, now: datetime) -> None:
    began = now - 2 * DAY
    article = await value(tx, int, "select id from article where slug = %(slug)s", {"slug": MANUAL})
    data = NoticeIn(
        from_at=began,
        title_zh="必读：M-0915 批次说明书第 4 步有误",
        title_en="Must read: step 4 of manual M-0915 is wrong",
        body_zh="<p>R3 地区 M-0915 批次的说明书第 4 步把进水管和出水管画反。</p>"
        "<p>客户来问漏水时，先请其关闭进水阀，再发正确接法，需要时免费上门。工单打标签 M-0915。</p>",
        body_en="<p>In region R3 step 4 of the manual of batch M-0915 swaps inlet and outlet.</p>"
        "<p>When it leaks: valve first, then the right picture, a free visit if they want. Tag the ticket M-0915.</p>",
        article_id=article,
        roles=list(WORKING),
        until_at=now + 20 * DAY,
        remind_hours=24,
        most_tries=3,
        questions=QUESTIONS,
    )
    notice = await write_notice(tx, data, by=boss, now=began)
    notice = await publish_notice(tx, notice.id, by=boss, now=began)
    for place, one in enumerate(people):
        at = began + (place + 1) * HOUR
        if place % 4 == 0:
            continue
        await open_notice(tx, notice.id, by=one, now=at)
        if place % 4 > 1:
            await read_notice(tx, notice.id, notice.edition, by=one, now=at)
            chosen = [[0], [1]] if place % 3 else [[0], [2]]
            await answer_questions(tx, notice.id, NoticeAnswers(notice.edition, chosen), by=one, now=at)


async def _make_guidance(tx: Transaction, boss: Actor, *, now: datetime) -> None:
    article = await value(tx, int, "select id from article where slug = %(slug)s", {"slug": MANUAL})
    condition: dict[str, Any] = {
        "any": [
            {"field": "tags", "op": "any_of", "value": [BATCH]},
            {"field": "message", "op": "contains", "value": BATCH},
        ]
    }
    card = CardIn(
        name=f"说明书 {BATCH} × R3",
        condition=condition,
        words=CARD_WORDS,
        from_at=now - 5 * DAY,
        places=["workspace", "bot", "portal"],
        until_at=now + 40 * DAY,
        article_id=article,
    )
    await add_card(tx, card, by=boss, now=now - 5 * DAY)
    for slug, variants in VARIANTS.items():
        script = await value(tx, int, "select id from article where slug = %(slug)s", {"slug": slug})
        if script is not None:
            items = [VariantIn(locale, listener, text) for locale, listener, text in variants]
            await keep_variants(tx, script, VariantsIn(items), by=boss, now=now - 4 * DAY)


async def _make_past(tx: Transaction, people: list[Actor], rng: random.Random, *, now: datetime) -> None:
    """Searches, uses and feedback of the last month."""
    for text, locale, results, times in SEARCHES:
        for _ in range(times):
            place: Place = rng.choice(("widget", "help_centre", "workspace"))
            at = now - rng.random() * 28 * DAY
            await note_search(tx, text=text, locale=locale, place=place, results=results, now=at)
    sql = """
        select a.id from article a join article_version v on v.article_id = a.id
        where v.state = 'published' and v.locale = a.default_locale and a.archived_at is null order by a.id"""
    articles = await values(tx, int, sql)
    tickets = await values(tx, int, "select id from ticket order by id desc limit 200")
    reasons: tuple[FeedbackReason, ...] = ("outdated", "unclear", "incomplete", "")
    for number, article in enumerate(articles):
        for _ in range(rng.randrange(6)):
            by, ticket = rng.choice(people), rng.choice(tickets) if tickets else None
            use = Use(article_id=article, person_id=by.person_id or None, ticket_id=ticket)
            await note_use(tx, [use], now=now - rng.random() * 20 * DAY)
        # one article in twelve helps few: its readers say why
        liked = 0.25 if number % 12 == 5 else 0.85  # noqa: PLR2004 – see above
        for _ in range(rng.randrange(4, 9)):
            helped = rng.random() < liked
            data = FeedbackIn(helped=helped, reason="" if helped else rng.choice(reasons))
            at = now - rng.random() * 5 * DAY
            await note_feedback(tx, article, data, place=rng.choice(("widget", "help_centre")), now=at)


async def _make_requests(tx: Transaction, boss: Actor, people: list[Actor], *, now: datetime) -> None:
    tickets = await values(tx, int, "select id from ticket order by id desc limit 40")
    for place, (title, note, state, slug) in enumerate(REQUESTS):
        at = now - (6 - place) * DAY
        ticket = tickets[place * 9] if len(tickets) > place * 9 else None
        by = people[(place * 5) % len(people)]
        asked = await ask_for_article(tx, RequestIn(title, note, ticket_id=ticket), by=by, now=at)
        article = await value(tx, int, "select id from article where slug = %(slug)s", {"slug": slug})
        patch = {
            "taken": RequestPatch(state="taken"),
            "answered": RequestPatch(state="answered", article_id=article, answer="已补充到退款文章，请看表格。"),
            "declined": RequestPatch(state="declined", answer="这款产品不在售，不写条目。"),
        }.get(state)
        if patch is not None and (state != "answered" or article is not None):
            await change_request(tx, asked.id, patch, by=boss, now=at + 5 * HOUR)


async def _look_for_contradictions(tx: Transaction, *, now: datetime) -> None:
    texts = [one for one in await placed_texts(tx) if one.kind not in {"article", "block"}]
    others = [Passage((one.kind, one.id), one.locale, one.plain, one.title) for one in texts]
    for article in await values(tx, int, "select id from article where archived_at is null order by id"):
        await find_contradictions(tx, article, others=others, now=now - HOUR)
