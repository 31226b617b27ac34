"""Personal data in texts: what proves itself, what is only a suspect, and what is neither."""

import random
from datetime import date, timedelta
from itertools import pairwise

import pytest

from ombud.intelligence.personal_data.finding import find_personal_data
from ombud.intelligence.personal_data.numbers import is_id_number, passes_luhn
from ombud.intelligence.personal_data.schemas import Finding, Redacted
from ombud.intelligence.personal_data.services import redact, restore

ID_NUMBER = "11010519491231002X"  # the example of GB 11643-1999
CARD = "6222020318328454059"


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find_personal_data(text)]


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        (f"我的身份证是{ID_NUMBER}。", "id_number", ID_NUMBER),
        ("税号:11010519491231002x", "id_number", "11010519491231002x"),
        (f"号:{'420113200310105863'}241757", "id_number", "420113200310105863"),
        (f"卡号{CARD}尽快退", "bank_card", CARD),
        ("card 4111 1111 1111 1111 please", "bank_card", "4111 1111 1111 1111"),
        ("手机13800138000谢谢", "phone", "13800138000"),
        ("请打138-0013-8000", "phone", "138-0013-8000"),
        ("call +8613800138000", "phone", "+8613800138000"),
        ("call me on +44 7700 900123", "phone", "+44 7700 900123"),
        ("座机0571-56935229", "phone", "0571-56935229"),
        ("座机021-60436415转8", "phone", "021-60436415"),
        ("(415) 555-0132 after six", "phone", "(415) 555-0132"),
        ("发到ann.lee+shop@mail.example.org吧", "email", "ann.lee+shop@mail.example.org"),
        ("18599866357ann@example.org", "email", "ann@example.org"),
        ("车牌京A·12345被拖了", "plate", "京A·12345"),
        ("车牌粤BD12345", "plate", "粤BD12345"),
        ("护照E12345678", "passport", "E12345678"),
        ("My passport number is 533401234", "passport", "533401234"),
    ],
)
def test_find_piece_that_proves_itself_is_found_exactly(text: str, kind: str, piece: str) -> None:
    assert (kind, piece) in found(text)


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        ("收货人:王小明,电话稍后给", "name", "王小明"),
        ("请联系欧阳娜娜女士", "name", "欧阳娜娜"),
        ("我叫李雷", "name", "李雷"),
        ("张丽华投诉了三次", "name", "张丽华"),
        ("My name is Sarah O'Neill and", "name", "Sarah"),
        ("地址:浙江省杭州市西湖区文三路478号3幢502室", "address", "浙江省杭州市西湖区文三路478号3幢502室"),
        ("送到海淀区中关村大街27号", "address", "海淀区中关村大街27号"),
        ("We live at 12 Baker Street, Flat 3", "address", "12 Baker Street, Flat 3"),
    ],
)
def test_find_name_or_address_is_a_suspect(text: str, kind: str, piece: str) -> None:
    hits = [one for one in find_personal_data(text) if one.kind == kind]
    assert hits
    assert hits[0].is_suspect
    assert piece.startswith(text[hits[0].start : hits[0].end])


@pytest.mark.parametrize(
    "text",
    [
        "订单号:13205804709",
        "订单20260930123456789012345发货了吗",
        "退款3980.50元,3-5个工作日",
        "我们9点到18点上班",
        "110105194912310021",
        "6222020318328454058",
        "洗衣机XQG100-BA12",
        "高清电视万一坏了方便换吗",
        "版本1.2.3.4567890123",
        "The order is 10029384756.",
        "",
    ],
)
def test_find_in_ordinary_text_finds_nothing(text: str) -> None:
    assert found(text) == []


def test_find_full_width_digits_are_read_and_places_kept() -> None:
    assert found("电话:13800138000") == [("phone", "13800138000")]


def test_find_several_pieces_come_in_order_and_never_overlap() -> None:
    text = f"收货人:王小明 13800138000 {ID_NUMBER} 浙江省杭州市西湖区文三路478号 a@b.example {CARD}"
    pieces = find_personal_data(text)
    assert [one.kind for one in pieces] == ["name", "phone", "id_number", "address", "email", "bank_card"]
    assert all(one.end <= other.start for one, other in pairwise(pieces))


def test_find_numbers_beside_each_other_are_each_found() -> None:
    assert [kind for kind, _ in found("13800138000 13900139000")] == ["phone", "phone"]


def test_find_made_id_numbers_are_found_and_wrong_check_signs_are_not() -> None:
    dice = random.Random(7)  # noqa: S311 – no secret
    for _ in range(200):
        number = made_id_number(dice)
        assert is_id_number(number)
        wrong = dice.choice([sign for sign in "0123456789X" if sign != number[-1]])
        assert not is_id_number(number[:-1] + wrong)
        assert found(f"证件{number}!") == [("id_number", number)]


def test_find_made_cards_pass_and_any_changed_digit_fails() -> None:
    dice = random.Random(8)  # noqa: S311 – no secret
    for _ in range(200):
        card = made_card(dice)
        place = dice.randrange(len(card))
        changed = card[:place] + str((int(card[place]) + dice.randint(1, 9)) % 10) + card[place + 1 :]
        assert passes_luhn(card)
        assert not passes_luhn(changed)


@pytest.mark.parametrize("number", ["", "1" * 18, "990105194912310020", "110105194913310020", "110105179912310028"])
def test_is_id_number_of_impossible_numbers_says_no(number: str) -> None:
    assert not is_id_number(number)


def test_find_survives_a_long_text_of_one_kind() -> None:
    assert len(find_personal_data("13800138000," * 2000)) == 2000
    assert find_personal_data("1" * 50_000) == []
    find_personal_data("路" * 5_000)
    find_personal_data("a@" * 5_000)


def made_id_number(dice: random.Random) -> str:
    """A number with the right check sign: counted here in another way than in the product."""
    born = date(1950, 1, 1) + timedelta(days=dice.randrange(20_000))
    digits = f"{dice.choice(['110105', '310101', '440304', '510107'])}{born:%Y%m%d}{dice.randrange(1000):03d}"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(digits))
    return digits + "10X98765432"[total % 11]


def made_card(dice: random.Random) -> str:
    """A card of 16 to 19 digits whose last one is tried until it fits."""
    start = "62" + "".join(str(dice.randrange(10)) for _ in range(dice.randint(13, 16)))
    return next(start + str(digit) for digit in range(10) if passes_luhn(start + str(digit)))


def test_redact_text_with_two_numbers_names_each_and_restores() -> None:
    text = "我的电话是13800138000,公司电话 13900139000,还是打 138 0013 8000 吧"
    gone = redact(text)
    assert gone.text == "我的电话是[PHONE_1],公司电话 [PHONE_2],还是打 [PHONE_1] 吧"
    assert gone.kept == {"[PHONE_1]": "13800138000", "[PHONE_2]": "13900139000"}
    assert restore("请打 [PHONE_2],不是 [EMAIL_1]", gone.kept) == "请打 13900139000,不是 [EMAIL_1]"


def test_redact_several_texts_of_one_exchange_names_the_same_piece_alike() -> None:
    first = redact("写信到 ann@example.org")
    second = redact("ANN@example.org 或 13800138000", known=first.kept)
    assert second.text == "[EMAIL_1] 或 [PHONE_1]"
    assert set(second.kept) == {"[EMAIL_1]", "[PHONE_1]"}


def test_redact_text_with_a_placeholder_that_somebody_wrote_never_takes_its_number() -> None:
    gone = redact("[PHONE_1] is 13800138000")
    assert gone.text == "[PHONE_1] is [PHONE_2]"
    assert restore(gone.text, gone.kept) == "[PHONE_1] is 13800138000"


def test_redact_text_without_personal_data_changes_nothing() -> None:
    assert redact("灯不亮了") == Redacted("灯不亮了", {})


def test_find_digits_of_an_identifier_of_a_machine_are_nobodys() -> None:
    assert find_personal_data("Request 0f3c1d2e-1111-4222-8333-013812345678 failed, 13812345678 knows") == [
        Finding("phone", 53, 64)
    ]


def test_find_number_of_an_order_that_passes_luhn_is_no_card() -> None:
    assert found(f"订单号：{CARD}") == []
    assert found(f"tracking number is {CARD}") == []
    assert found(f"卡号：{CARD}") == [("bank_card", CARD)]
