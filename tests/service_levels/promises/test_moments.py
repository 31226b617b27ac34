"""When promises fall due: lengths, days, times of day, the calendar, and changes of the clocks."""

import pytest

from tests.service_levels.promises.said import BEFORE_NATIONAL_DAY, due, promises

# All said on Monday 2026-11-23 at 10:05.
CHINESE = [
    ("24小时内给您回复", "11-24 10:05"),
    ("半小时内给您回复", "11-23 10:35"),
    ("一个半小时内给您回复", "11-23 11:35"),
    ("一刻钟后给您回电", "11-23 10:20"),
    ("48h内回您", "11-25 10:05"),
    ("三个工作日内给您退款", "11-27 00:00"),
    ("一到三个工作日给您退款", "11-27 00:00"),
    ("3-5个工作日内给您退款", "12-01 00:00"),
    ("2个工作小时内给您回复", "11-23 13:35"),
    ("两三天内给您回复", "11-27 00:00"),
    ("一周内给您答复", "12-01 00:00"),
    ("半个月内给您答复", "12-09 00:00"),
    ("一个月内给您答复", "12-24 00:00"),
    ("今天给您处理", "11-24 00:00"),
    ("今晚给您处理", "11-24 00:00"),
    ("今晚8点前给您处理", "11-23 20:00"),
    ("今晚12点前给您处理", "11-24 00:00"),
    ("今晚零点前给您处理", "11-24 00:00"),
    ("明天下午三点前给您答复", "11-24 15:00"),
    ("明天下午三点半给您答复", "11-24 15:30"),
    ("明天9点一刻给您答复", "11-24 09:15"),
    ("明天3点给您回电", "11-24 15:00"),
    ("明天上午给您寄出", "11-24 12:00"),
    ("明天中午12点前给您寄出", "11-24 12:00"),
    ("明天中午一点给您寄出", "11-24 13:00"),
    ("明天傍晚给您寄出", "11-24 18:00"),
    ("大后天给您寄出", "11-27 00:00"),
    ("3点前给您回电", "11-23 15:00"),
    ("9点前给您回电", "11-23 21:00"),
    ("09:00给您回电", "11-23 09:00"),
    ("下午2点到4点之间给您回电", "11-23 16:00"),
    ("下班前给您结果", "11-23 18:00"),
    ("明天下班之前给您结果", "11-24 18:00"),
    ("周三前给您结果", "11-26 00:00"),
    ("下周三前给您结果", "12-03 00:00"),
    ("礼拜天给您结果", "11-30 00:00"),
    ("周一9点给您打电话", "11-30 09:00"),
    ("本周内给您结果", "11-30 00:00"),
    ("下周给您结果", "12-07 00:00"),
    ("月底前给您结果", "12-01 00:00"),
    ("下个月5号前给您结果", "12-06 00:00"),
    ("25号给您结果", "11-26 00:00"),
    ("3号给您结果", "12-04 00:00"),
    ("12月3日15:00到17:00之间给您送到", "12-03 17:00"),
    ("十二月三号前给您送到", "12-04 00:00"),
    ("2026-12-01前给您送到", "12-02 00:00"),
    ("12/1前给您送到", "12-02 00:00"),
    ("年底前给您送到", "01-01 00:00"),
    ("下一个工作日给您答复", "11-25 00:00"),
    ("给我十分钟，我去查", "11-23 10:15"),
    ("周二(11月24日)下午1点到3点给您送", "11-24 15:00"),
    ("明天（11月24日）上午给您回电", "11-24 12:00"),
    ("11月25日（周三）下午三点前给您回电", "11-25 15:00"),
    ("下周三（12月2日）前给您结果", "12-03 00:00"),
]
ENGLISH = [
    ("We will call you on Tuesday (24 November) at 3 pm.", "11-24 15:00"),
    ("We will send it on November 25th (Wednesday) before noon.", "11-25 12:00"),
    ("You will have it by Thurs (26 Nov) 5pm.", "11-26 17:00"),
    ("We'll reply within 24 hours.", "11-24 10:05"),
    ("We'll reply in half an hour.", "11-23 10:35"),
    ("We'll reply in an hour and a half.", "11-23 11:35"),
    ("We'll reply in an hour or two.", "11-23 12:05"),
    ("We'll reply in a couple of hours.", "11-23 12:05"),
    ("We'll reply within the hour.", "11-23 11:05"),
    ("We'll reply in 15.", "11-23 10:20"),
    ("We'll call twenty minutes from now.", "11-23 10:25"),
    ("We'll refund you within 5 working days.", "12-01 00:00"),
    ("We'll refund you in 3 to 5 business days.", "12-01 00:00"),
    ("We'll refund you within two working hours.", "11-23 13:35"),
    ("We'll reply in two weeks.", "12-08 00:00"),
    ("We'll reply within a month.", "12-24 00:00"),
    ("We'll reply within a fortnight.", "12-08 00:00"),
    ("We'll fix it today.", "11-24 00:00"),
    ("We'll fix it tonight.", "11-24 00:00"),
    ("We'll call at 7 tonight.", "11-23 19:00"),
    ("We'll call tomorrow at 10.", "11-24 10:00"),
    ("We'll call tomorrow at 3.", "11-24 15:00"),
    ("We'll call by 5.", "11-23 17:00"),
    ("We'll call at 9 am.", "11-24 09:00"),
    ("We'll call at 4.30 p.m. today.", "11-23 16:30"),
    ("We'll call at half past two.", "11-23 14:30"),
    ("We'll call at a quarter to five.", "11-23 16:45"),
    ("We'll call at 5 o'clock.", "11-23 17:00"),
    ("We'll call at noon.", "11-23 12:00"),
    ("We'll call by midnight.", "11-24 00:00"),
    ("We'll call in the afternoon.", "11-23 18:00"),
    ("We'll call the day after tomorrow.", "11-26 00:00"),
    ("We'll call the next business day.", "11-25 00:00"),
    ("We'll call between 2 and 4 pm on Wednesday.", "11-25 16:00"),
    ("We'll call between 8am and noon on Thursday.", "11-26 12:00"),
    ("We'll call on Friday between 10 and 11.", "11-27 11:00"),
    ("We'll call on Monday at 9.", "11-30 09:00"),
    ("We'll send it by end of day.", "11-23 18:00"),
    ("We'll send it by COB Thursday.", "11-26 18:00"),
    ("We'll send it by the end of the week.", "11-27 18:00"),
    ("We'll send it by Friday.", "11-28 00:00"),
    ("We'll send it before Friday.", "11-27 00:00"),
    ("We'll send it on or before Friday.", "11-28 00:00"),
    ("We'll send it next Monday.", "12-01 00:00"),
    ("We'll send it this week.", "11-30 00:00"),
    ("We'll send it next month.", "01-01 00:00"),
    ("We'll send it by the end of the year.", "01-01 00:00"),
    ("We'll send it by 8 December.", "12-09 00:00"),
    ("We'll send it on Dec. 1st.", "12-02 00:00"),
    ("We'll send it by December 1, 2026.", "12-02 00:00"),
    ("We'll send it by 2026-12-01.", "12-02 00:00"),
    ("We'll send it by the 27th.", "11-28 00:00"),
    ("We'll send it on Saturday 28 November.", "11-29 00:00"),
    ("We'll send it today or tomorrow.", "11-25 00:00"),
]


@pytest.mark.parametrize(("text", "expected"), CHINESE)
def test_recognise_chinese_time_gives_its_moment(text: str, expected: str) -> None:
    assert due(text) == expected


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_recognise_english_time_gives_its_moment(text: str, expected: str) -> None:
    assert due(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2个工作小时内给您回复", "10-08 10:30"),
        ("24小时内给您回复", "10-01 17:30"),
        ("3个工作日内给您回复", "10-11 00:00"),
        ("5个工作日内给您回复", "10-14 00:00"),
        ("节后第一个工作日给您回复", "10-09 00:00"),
        ("下班前给您回复", "09-30 18:00"),
        ("We will reply within 3 working days.", "10-11 00:00"),
    ],
)
def test_recognise_before_holiday_counts_in_calendar(text: str, expected: str) -> None:
    assert due(text, BEFORE_NATIONAL_DAY) == expected


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("We'll reply within 24 hours.", "2026-10-31T15:00", "11-01 14:00"),
        ("We'll call tomorrow at 3 pm.", "2026-10-31T15:00", "11-01 15:00"),
        ("We'll reply in 12 hours.", "2026-03-07T20:00", "03-08 09:00"),
        ("We'll call at 2:30 am tomorrow.", "2026-03-07T20:00", "03-08 03:30"),
    ],
)
def test_recognise_over_change_of_clocks_keeps_the_wall_or_the_length(text: str, at: str, expected: str) -> None:
    assert due(text, at, "America/New_York") == expected


@pytest.mark.parametrize(("zone", "expected"), [("America/New_York", "12-11 00:00"), ("Europe/London", "10-13 00:00")])
def test_recognise_figures_of_date_go_by_the_zone(zone: str, expected: str) -> None:
    assert due("We'll send it by 12/10.", "2026-09-23T10:00", zone) == expected


@pytest.mark.parametrize(
    ("text", "at", "expected"),
    [
        ("下班前给您结果", "2026-11-23T19:00", "11-24 18:00"),
        ("中午之前给您结果", "2026-11-28T11:00", "11-28 12:00"),
        ("下班前给您结果", "2026-11-28T11:00", "11-30 18:00"),
        ("周六下班前给您结果", "2026-11-27T11:00", "11-29 00:00"),
        ("By noon we will call you.", "2026-11-23T14:00", "11-24 12:00"),
        ("1月5日前给您结果", "2026-12-30T11:00", "01-06 00:00"),
        ("3号给您结果", "2026-12-30T11:00", "01-04 00:00"),
        ("2月28日给您结果", "2026-12-30T11:00", "03-01 00:00"),
    ],
)
def test_recognise_at_another_time_takes_the_next_occasion(text: str, at: str, expected: str) -> None:
    assert due(text, at) == expected


@pytest.mark.parametrize("text", ["2月30日给您退款", "We'll refund you on 31 February.", "25:70给您退款"])
def test_recognise_day_that_does_not_exist_is_no_moment(text: str) -> None:
    assert [promise.due_at for promise in promises(text) if promise.due_at] == []
