"""What is a promise and what is none, where its phrase stands, and what any text may do."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ombud.service_levels.promises.rules import recognise
from ombud.service_levels.promises.schemas import PromiseKind
from ombud.shared.calendars.opening import Calendar
from ombud.shared.calendars.schemas import CalendarSpec
from tests.service_levels.promises.said import SHANGHAI, calendar, promises

WORDS = [
    *(
        "我们",
        "会",
        "在",
        "三个工作日",
        "内",
        "给您",
        "退款",
        "请",
        "如果",
        "昨天",
        "明天",
        "下午三点",
        "前",
        "吗",
        "?",
        "。",
    ),
    *(
        ",",
        "!",
        "不能",
        "尽快",
        "客服",
        "“",
        "”",
        ">",
        "\n",
        "24小时",
        "下班前",
        "12月",
        "3日",
        "we",
        "will",
        "refund you",
    ),
    *(
        "within",
        "5 working days",
        ".",
        "if",
        "please",
        "yesterday",
        "by friday",
        "at 3 pm",
        "asap",
        "not",
        "'",
        '"',
        "your",
    ),
]
texts = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)


def phrases(text: str) -> list[str]:
    """The words of each promise of a text."""
    return [text[promise.start : promise.end] for promise in promises(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您好，我们会在24小时内给您回复。", ["我们会在24小时内给您回复"]),
        ("2小时内回电，请保持手机畅通。", ["2小时内回电"]),
        ("24小时内，我们会给您回复。", ["24小时内,我们会给您回复"]),
        ("我让他给您回电话，大概4点左右。", ["我让他给您回电话，大概4点左右"]),
        ("配件明天给您寄出，单号我尽快发您。", ["配件明天给您寄出", "单号我尽快发您"]),
        ("我这就去催，一小时内给您反馈。", ["我这就去催，一小时内给您反馈"]),
        ("我明天给您回电，您看可以吗？", ["我明天给您回电"]),
        ("Hi Ann. We will call you by 3 pm, ok?", ["We will call you by 3 pm"]),
        ("I'll call you by 3 and email the report tomorrow.", ["I'll call you by 3", "and email the report tomorrow"]),
        ("Within 48h we'll give you an answer.", ["Within 48h we'll give you an answer"]),
        ("We'll refund you by Dec. 1st at 4 p.m. Sorry!", ["We'll refund you by Dec. 1st at 4 p.m"]),
    ],
)
def test_recognise_promise_gives_its_phrase(text: str, expected: list[str]) -> None:
    assert phrases(text) == [phrase.replace(",", "，") if "，" in text else phrase for phrase in expected]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我会尽快给您答复。", PromiseKind.VAGUE),
        ("稍后给您回电。", PromiseKind.VAGUE),
        ("过两天给您答复。", PromiseKind.VAGUE),
        ("We'll reply asap.", PromiseKind.VAGUE),
        ("I'll be in touch shortly.", PromiseKind.VAGUE),
        ("收到货后3个工作日内给您退款。", PromiseKind.ON_EVENT),
        ("待您确认后，我们24小时内发货。", PromiseKind.ON_EVENT),
        ("We will refund you within 2 business days of receiving the parcel.", PromiseKind.ON_EVENT),
        ("Once it is back, we'll refund you within 3 days.", PromiseKind.ON_EVENT),
    ],
)
def test_recognise_without_moment_tells_why(text: str, kind: PromiseKind) -> None:
    [promise] = promises(text)
    assert (promise.kind, promise.due_at, promise.is_vague) == (kind, None, kind is PromiseKind.VAGUE)


@pytest.mark.parametrize(
    "text",
    [
        "需要24小时内回复吗？",
        "您希望我们明天给您回电吗？",
        "昨天已经给您退款了。",
        "如果今天付款，我们明天给您发货。",
        "根据规定，退款需要5个工作日到账。",
        "请您在24小时内回复我们。",
        "您明天可以到店来取。",
        "我们不能保证明天给您送到。",
        "快递员今天下午会给您打电话。",
        "您说“明天给您退款”，是哪位客服说的？",
        "> 24小时内给您回复\n这条我查过了。",
        "我们每天9点到18点为您服务。",
        "Do you need a reply within 24 hours?",
        "Will we hear from you by Friday?",
        "We refunded you within 2 days.",
        "If you send us the photos by Friday, we will refund you within 2 days.",
        "Our policy says we will refund you within 5 working days.",
        "Please reply within 24 hours.",
        "We will not be able to refund you by Friday.",
        "We can't promise that we'll have it by Friday.",
        "FedEx says they'll deliver it by Friday.",
        'You wrote "we will refund you within 5 days".',
        "> I'll call you tomorrow at 3",
        "We will close this ticket on Friday if we don't hear from you.",
        "We're open until 6 pm today.",
        "Thank you for your order of 20 November. We will remember it.",
        "",
    ],
)
def test_recognise_what_binds_nobody_finds_nothing(text: str) -> None:
    assert promises(text) == []


def test_recognise_stressed_figure_is_not_taken_for_a_quotation() -> None:
    assert phrases("我们会在“3个工作日内”给您退款。") == ["我们会在“3个工作日内”给您退款"]


def test_recognise_full_width_and_long_lower_case_keep_places() -> None:
    assert phrases("İİİ。２４小时内给您回复！") == ["２４小时内给您回复"]


@given(texts | st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_recognise_any_text_gives_phrases_in_order_within_it(text: str) -> None:
    found = promises(text)
    places = [place for promise in found for place in (promise.start, promise.end)]
    assert places == sorted(places)
    assert all(0 <= promise.start < promise.end <= len(text) for promise in found)
    assert all(promise.due_at is None or promise.due_at.tzinfo is SHANGHAI for promise in found)


@given(texts)
@settings(max_examples=100, deadline=None)
def test_recognise_same_text_behind_a_greeting_finds_the_same(text: str) -> None:
    greeting = "Hello Ms Lee.\n"
    moved = [(one.start + len(greeting), one.end + len(greeting), one.due_at) for one in promises(text)]
    assert [(one.start, one.end, one.due_at) for one in promises(greeting + text)] == moved


@pytest.mark.parametrize(
    "text", ["一" * 5_000, "我们会在三天内给您答复，" * 1_000, "we will call by friday and " * 500, "1" * 9_999]
)
@pytest.mark.timeout(30)
def test_recognise_endless_sentence_is_read_in_bounded_time(text: str) -> None:
    assert len(promises(text)) <= 1_000


def test_recognise_calendar_without_open_hours_gives_no_moment() -> None:
    closed = Calendar(CalendarSpec("Asia/Shanghai"))
    now = datetime(2026, 11, 23, tzinfo=UTC)
    [promise] = recognise("3个工作日内给您退款", sent_at=now, tz=SHANGHAI, calendar=closed)
    assert (promise.kind, promise.due_at) == (PromiseKind.FIXED, None)


def test_recognise_moment_in_utc_is_the_customers_day() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
    [promise] = recognise("今天给您退款", sent_at=late, tz=SHANGHAI, calendar=calendar())
    assert promise.due_at == datetime(2026, 11, 25, tzinfo=SHANGHAI)
