"""What whoever may not see personal data gets to see in its place."""

from typing import Annotated

import pytest
from msgspec import Meta, Struct

from ombud.intelligence.personal_data.finding import find_personal_data
from ombud.intelligence.personal_data.masking import hide, mask_html, mask_text, mask_tree
from ombud.intelligence.personal_data.schemas import Kind
from ombud.shared.personal import Personal, PersonalCut, PersonalHtml, PersonalValue

NUMBERS = frozenset({"id_number", "bank_card", "phone", "passport"})
EVERYTHING = NUMBERS | {"email", "address", "name", "plate"}
ID_NUMBER = "11010519491231002X"
CARD = "6222020318328454059"


class Said(Struct):
    text: Personal
    html: PersonalHtml | None = None
    preview: PersonalCut = ""
    note: str = ""


class Change(Struct, frozen=True):
    before: PersonalValue


class Page(Struct):
    items: list[Said]
    change: Change | None = None
    limited: Annotated[str, Meta(max_length=40)] = ""
    below: "Page | None" = None


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("打 13800131234 吧", "打 138****1234 吧"),
        ("打 138 0013 1234 吧", "打 138 **** 1234 吧"),
        (f"身份证{ID_NUMBER}", "身份证110***********002X"),
        (f"卡号 {CARD}。", "卡号 622************4059。"),
        ("护照 E12345678", "护照 E1*****78"),
        ("订单 20261122", "订单 20261122"),
        ("没有", "没有"),
    ],
)
def test_mask_text_with_a_number_shows_its_start_and_end(text: str, masked: str) -> None:
    assert mask_text(text, NUMBERS) == masked


@pytest.mark.parametrize(
    ("kind", "piece", "masked"),
    [
        ("email", "rosa@example.com", "r***@example.com"),
        ("name", "王小明", "王**"),
        ("name", "Rosa Diaz", "R*** ****"),
        ("address", "浙江省杭州市文三路12号", "浙江省*********"),
        ("address", "12 High Street", "** **** ******"),
        ("plate", "京A12345", "京A****5"),
        ("phone", "+1 415 555 0132", "+1 41* *** 0132"),
        ("phone", "66778899", "66****99"),
        ("passport", "123456", "****56"),
    ],
)
def test_hide_piece_keeps_its_length_and_what_tells_it_from_others(kind: Kind, piece: str, masked: str) -> None:
    assert hide(kind, piece) == masked
    assert len(masked) == len(piece)


def test_mask_text_of_every_kind_leaves_nothing_that_is_found_again() -> None:
    text = f"我叫王小明,电话13800131234,{ID_NUMBER},{CARD},rosa@example.com,浙江省杭州市西湖区文三路12号3幢,浙A12345"
    masked = mask_text(text, EVERYTHING)
    assert len(masked) == len(text)
    proven = {one.kind for one in find_personal_data(text)} - {"name", "address"}
    assert proven == {"phone", "id_number", "bank_card", "email", "plate"}
    assert not proven & {one.kind for one in find_personal_data(masked)} - {"email"}
    assert "13800131234" not in masked
    assert "文三路" not in masked
    assert "rosa" not in masked


def test_mask_text_of_other_kinds_stays_as_it_is() -> None:
    assert mask_text("打 13800131234", frozenset({"bank_card"})) == "打 13800131234"


def test_mask_beginning_that_ends_within_a_number_hides_the_half() -> None:
    text = "x" * 80 + " 我的身份证是 1101051949"
    assert mask_text(text, NUMBERS, is_cut=True).endswith(" 110*******")
    assert mask_text(text, NUMBERS) == text
    whole = "x" * 80 + " 13800131234"
    assert mask_text(whole, frozenset({"id_number"}), is_cut=True) == whole


@pytest.mark.parametrize(
    ("html", "masked"),
    [
        ("<p>打 <b>13800131234</b> 吧</p>", "<p>打 <b>138****1234</b> 吧</p>"),
        ("<p>a &amp; b 13800131234</p>", "<p>a &amp; b 138****1234</p>"),
        ("<p>a &amp; b</p>", "<p>a &amp; b</p>"),
        ('<a href="tel:13800131234">call</a>', '<a href="#">call</a>'),
        ('<img src="x" alt="13800131234">', '<img src="x" alt="138****1234">'),
        ("<p>1&#51;800131234</p>", "<p>138****1234</p>"),
    ],
)
def test_mask_html_hides_text_and_attributes(html: str, masked: str) -> None:
    assert mask_html(html, NUMBERS) == masked


def test_mask_html_with_a_number_that_tags_tear_apart_gives_nothing() -> None:
    assert mask_html("<p>138<b>0013</b>1234</p>", NUMBERS) is None


def test_mask_tree_copies_what_changes_and_shares_the_rest() -> None:
    plain, personal = Said("没有"), Said("打 13800131234", "<i>13800131234</i>", note="13800131234")
    page = Page([plain, personal], Change(["13800131234", {"a": "13800131234", "b": 1}]), below=Page([personal]))
    masked = mask_tree(page, NUMBERS)
    assert masked.items[0] is plain
    assert masked.items[1] == Said("打 138****1234", "<i>138****1234</i>", note="13800131234")
    assert masked.change == Change(["138****1234", {"a": "138****1234", "b": 1}])
    assert masked.below.items[0].text == "打 138****1234"
    assert personal.text == "打 13800131234"


def test_mask_tree_without_personal_data_is_the_very_same() -> None:
    page = Page([Said("没有")])
    assert mask_tree(page, NUMBERS) is page
    assert mask_tree(page, frozenset()) is page
    assert mask_tree({"a": (Said("13800131234"),)}, NUMBERS)["a"][0].text == "138****1234"
