"""Pure rules of tickets: subjects, previews, when an answer reopens, placeholders, texts of files."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from defusedxml.common import DefusedXmlException
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.errors import Unprocessable
from ombud.tickets.rules import (
    SUBJECT_LENGTH,
    is_mail_address,
    is_too_old_to_reopen,
    load_points,
    preview_of,
    subject_of,
)
from ombud.tickets.schemas import Address, Category
from ombud.tickets.search.moments import turned
from ombud.tickets.search.texts import MAX_TEXT_LENGTH, MAX_UNPACKED_BYTES, docx_text, plain_text
from ombud.tickets.services.placeholders import Unfilled, check_filled, fill, fill_lines
from ombud.tickets.services.replies import clean_addresses

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KNOWN = {"customer.name": "Rosa", "ticket.id": "7", "agent.name": "", "brand.name": " Kaffee & Co "}


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("Re: AW: Fwd: WG: Machine", "Machine"),
        ("RE[2]: fw : Machine", "Machine"),
        ("回复：转发：机器坏了", "机器坏了"),
        ("答复: Re：机器", "机器"),
        ("Refund: now", "Refund: now"),
        ("Regarding: it", "Regarding: it"),
        ("  Two   words \n", "Two words"),
        ("Re:", "The machine leaks."),
        ("", "The machine leaks."),
        ("\x00", "The machine leaks."),
        ("😀" * 400, "😀" * SUBJECT_LENGTH),
    ],
)
def test_subject_of_a_mail_is_bare_of_its_chain_or_the_first_words(subject: str, shown: str) -> None:
    assert subject_of(subject, "The machine\nleaks.") == shown


def test_subject_of_nothing_at_all_says_so() -> None:
    assert subject_of(" ", " \n ") == "(no subject)"


@given(st.text(max_size=400), st.text(max_size=400))
def test_subject_of_anything_is_one_line_that_fits_and_is_never_empty(subject: str, text: str) -> None:
    found = subject_of(subject, text)
    assert 1 <= len(found) <= SUBJECT_LENGTH
    assert "\n" not in found
    assert found == found.strip()


@pytest.mark.parametrize(
    ("text", "shown"), [("a\n\n b\t c", "a b c"), ("长" * 300, "长" * 160), (" " * 700 + "late", ""), ("", "")]
)
def test_preview_of_a_message_is_its_first_words_on_one_line(text: str, shown: str) -> None:
    assert preview_of(text) == shown


@pytest.mark.parametrize(
    ("category", "days", "is_too_old"),
    [
        ("open", 9_999, False),
        ("waiting", 9_999, False),
        ("solved", 7, False),
        ("solved", 7.001, True),
        ("solved", None, False),
        ("solved", -1, False),
        ("closed", 0, True),
        ("closed", None, True),
    ],
)
def test_answer_reopens_what_was_solved_lately(category: Category, days: float | None, *, is_too_old: bool) -> None:
    solved_at = None if days is None else NOW - timedelta(days=days)
    assert is_too_old_to_reopen(category, solved_at, now=NOW, reopen_days=7) is is_too_old


@pytest.mark.parametrize(("kind", "points"), [("chat", 2), ("email", 1), ("form", 1), ("fax", 1), (None, 1), ("", 1)])
def test_load_points_of_unknown_channels_are_those_of_a_mail(kind: str | None, points: int) -> None:
    assert load_points(kind) == points


@pytest.mark.parametrize(
    "address", ["a@b", "rosa+x@example.com", "玫瑰@例子.中国", "o'neil@example.com", "a@[192.0.2.1]"]
)
def test_clean_addresses_leaves_what_can_be_written_to(address: str) -> None:
    given = [Address(address, "Rosa Müller"), Address("b@c", "")]
    assert is_mail_address(address)
    assert clean_addresses(given) is given


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("", ""),
        ("rosa", ""),
        ("a@b@c", ""),
        ("a b@c", ""),
        ("a@b, c@d", ""),
        ("<a@b>", ""),
        ("a@b\r\nBcc: c@d", ""),
        ("a@b\u2028", ""),
        ('"a"@b', ""),
        ("a@b", "Rosa\nBcc: x@y"),
        ("a@b", "Rosa\x00"),
    ],
)
def test_clean_addresses_refuses_what_a_header_could_take_for_more(address: str, name: str) -> None:
    with pytest.raises(Unprocessable):
        clean_addresses([Address("good@example.com", ""), Address(address, name)])


@pytest.mark.parametrize(
    ("text", "filled", "missing"),
    [
        ("Dear {{customer.name}}, {{ ticket.id }}", "Dear Rosa, 7", []),
        ("{{brand.name}}", "Kaffee & Co", []),
        ("{{agent.name}} {{agent.name}} {{x.y}}", "{{agent.name}} {{agent.name}} {{x.y}}", ["agent.name", "x.y"]),
        ("{{Customer.Name}} {customer.name} {{}}", "{{Customer.Name}} {customer.name} {{}}", []),
        ("{{{customer.name}}}", "{Rosa}", []),
        ("", "", []),
    ],
)
def test_fill_puts_in_what_is_known_and_names_the_rest(text: str, filled: str, missing: list[str]) -> None:
    found = fill(text, KNOWN)
    assert (found.text, found.missing) == (filled, missing)


def test_fill_does_not_take_a_customers_name_for_a_template() -> None:
    assert fill("{{customer.name}}", KNOWN | {"customer.name": "{{ticket.id}} \\1 \\g<0>"}).text == (
        "{{ticket.id}} \\1 \\g<0>"
    )


def test_fill_lines_leaves_out_each_line_that_lacks_something() -> None:
    assert fill_lines("Dear {{customer.name}},\n{{agent.name}} here\n\nBye", KNOWN) == "Dear Rosa,\n\nBye"


def test_check_filled_refuses_our_own_placeholders_alone() -> None:
    check_filled(None, "", "{{ your.template }}", "{{customer}}", "Dear Rosa")
    with pytest.raises(Unfilled) as told:
        check_filled("{{ticket.id}} {{ agent.name }}", None, "{{ticket.id}}")
    assert told.value.extra() == {"missing": ["agent.name", "ticket.id"]}


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("2026-02-01..2026-01-01", "2026-01-01..2026-02-01"),
        ("2026-01-01..2026-02-01", None),
        ("2026-01-01..2026-01-01", None),
        ("2026-02-30..2026-01-01", None),
        ("today", None),
        ("", None),
    ],
)
def test_turned_offers_a_range_the_right_way_round(typed: str, right: str | None) -> None:
    assert turned(typed) == right


# ── texts of files ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030"])
def test_plain_text_of_a_few_words_is_read_in_any_charset_of_ours(charset: str) -> None:
    assert plain_text("订单 10086".encode(charset)) == "订单 10086"


@pytest.mark.parametrize("spaces", [0, 1, 2])
def test_plain_text_of_a_long_chinese_file_is_read_though_it_is_cut_within_a_sign(spaces: int) -> None:
    text = plain_text((" " * spaces + "长" * 200_000).encode())
    assert len(text) >= MAX_TEXT_LENGTH
    assert set(text) <= {" ", "长"}


@given(st.binary(max_size=80))
def test_plain_text_of_any_bytes_is_text(data: bytes) -> None:
    assert isinstance(plain_text(data), str)


def word(body: str) -> bytes:
    """A Word document with a body."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", body)
    return file.getvalue()


NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_docx_text_has_a_line_for_each_paragraph_and_nothing_of_its_markup() -> None:
    body = f"""<w:document {NAMESPACE}><w:p><w:t>退款</w:t><w:tab/><w:t>now</w:t></w:p>
        <w:p><w:t>a</w:t><w:br/><w:t>b</w:t></w:p><w:instr>HYPERLINK</w:instr></w:document>"""
    assert docx_text(word(body)) == "退款 now\na\nb\n"


def test_docx_text_of_a_bomb_is_refused_before_it_is_read() -> None:
    with pytest.raises(ValueError, match="unpacks to more"):
        docx_text(word("x" * (MAX_UNPACKED_BYTES + 10)))


def test_docx_text_that_defines_entities_is_refused() -> None:
    body = f'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document {NAMESPACE}><w:p><w:t>&a;</w:t></w:p></w:document>'
    with pytest.raises(DefusedXmlException):
        docx_text(word(body))
