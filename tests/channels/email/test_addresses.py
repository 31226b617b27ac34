import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.channels.email import tokens
from ombud.channels.email.addresses import (
    HeaderInjection,
    add_plus,
    check_header,
    format_address,
    is_address,
    is_no_reply,
    is_own_address,
    parse_addresses,
    split_plus,
)
from ombud.channels.email.schemas import MailAddress

KEY = b"k" * 32


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("li@qq.com", [("", "li@qq.com")]),
        ("Li Wei <li@qq.com>", [("Li Wei", "li@qq.com")]),
        ('"Wei, Li" <li@qq.com>, b@x.cn', [("Wei, Li", "li@qq.com"), ("", "b@x.cn")]),
        ("=?utf-8?B?5p2O5Lyf?= <li@qq.com>", [("李伟", "li@qq.com")]),
        ('"=?utf-8?B?5p2O5Lyf?=" <li@qq.com>', [("李伟", "li@qq.com")]),
        ("=?utf-8?Q?Wei,_Li?= <li@qq.com>", [("Wei, Li", "li@qq.com")]),
        ("li@qq.com (Li Wei)", [("Li Wei", "li@qq.com")]),
        ("Team: a@x.cn, b@x.cn; c@x.cn", [("", "a@x.cn"), ("", "b@x.cn"), ("", "c@x.cn")]),
        ("undisclosed-recipients:;", []),
        ("<li@qq.com", [("", "li@qq.com")]),
        ('"Li <li@qq.com>, b@x.cn', [("Li", "li@qq.com"), ("", "b@x.cn")]),
        ("'li@qq.com' <li@qq.com>", [("", "li@qq.com")]),
        ("Li; b@x.cn", [("Li", ""), ("", "b@x.cn")]),
        ("Whomever", [("Whomever", "")]),
        ("<mailto:li@qq.com>", [("", "li@qq.com")]),
        ("<@relay.cn:li@qq.com>", [("", "li@qq.com")]),
        ("<>", []),
        ("", []),
        (",,,", []),
    ],
)
def test_parse_addresses_of_any_spelling_finds_them(value: str, expected: list[tuple[str, str]]) -> None:
    assert [tuple(address) for address in parse_addresses(value)] == expected


@given(st.text(max_size=300))
def test_parse_addresses_of_any_text_never_raises(value: str) -> None:
    assert len(parse_addresses(value, limit=5)) <= 5


@pytest.mark.parametrize("value", ["a\nBcc: x@y.cn", "a\r\nb", "a\rb", "a\x00b", "a\x0bb", "a\u2028b", "a\x85b"])
def test_check_header_with_line_break_refuses(value: str) -> None:
    with pytest.raises(HeaderInjection):
        check_header(value)


@pytest.mark.parametrize(
    "address", ["", "a", "a b@c.cn", "a@b@c.cn", "a@b.cn\nBcc: x@y.cn", "a,b@c.cn", "<a@b.cn>", "a@b..cn"]
)
def test_format_address_of_no_address_refuses(address: str) -> None:
    with pytest.raises(HeaderInjection):
        format_address(MailAddress("Li", address))


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40))
def test_format_address_read_again_gives_the_same_address(name: str) -> None:
    (found,) = parse_addresses(format_address(MailAddress(name, "li@qq.com")))
    assert found.address == "li@qq.com"


def test_is_address_accepts_other_scripts() -> None:
    assert is_address("李伟@例子.cn")
    assert is_address("a.b+c@x-y.co.uk")


def test_split_plus_and_add_plus_are_inverse() -> None:
    assert split_plus("help+t5@x.cn") == ("help@x.cn", "t5")
    assert add_plus("help+old@x.cn", "t6") == "help+t6@x.cn"
    assert split_plus("nobody") == ("nobody", "")


@pytest.mark.parametrize(
    ("address", "expected"),
    [("Help@X.cn", True), ("help+t1-abc@x.cn", True), ("any@own.cn", True), ("help@x.cn.evil.cn", False), ("", False)],
)
def test_is_own_address_ignores_case_and_plus(address: str, *, expected: bool) -> None:
    assert is_own_address(address, ["help@x.cn", "@own.cn"]) is expected


@pytest.mark.parametrize(
    "local",
    ["noreply", "no-reply", "no_reply", "DoNotReply", "mailer-daemon", "postmaster", "bounce+x", "shop-noreply"],
)
def test_is_no_reply_knows_the_usual_names(local: str) -> None:
    assert is_no_reply(f"{local}@x.cn")


@pytest.mark.parametrize("local", ["li", "reply", "no", "bob.bounce", "noreen"])
def test_is_no_reply_of_person_is_false(local: str) -> None:
    assert not is_no_reply(f"{local}@x.cn")


@given(st.integers(1, 10**15))
def test_reply_address_read_with_its_key_gives_the_ticket(ticket_id: int) -> None:
    signed = tokens.sign_reply_address(ticket_id, KEY, "help@x.cn")
    assert is_address(signed)
    assert tokens.read_reply_token(signed.upper(), KEY) == ticket_id
    assert tokens.read_reply_token(signed, b"other") is None


@pytest.mark.parametrize(
    "address", ["help@x.cn", "help+t5@x.cn", "help+t5-aaaaaaaaaaaa@x.cn", "", "+@", "help+t-@x.cn"]
)
def test_read_reply_token_of_forged_address_gives_none(address: str) -> None:
    assert tokens.read_reply_token(address, KEY) is None


def test_read_reply_token_moved_to_another_ticket_or_address_gives_none() -> None:
    signed = tokens.sign_reply_address(12, KEY, "help@x.cn")
    assert tokens.read_reply_token(signed.replace("t12-", "t13-"), KEY) is None
    assert tokens.read_reply_token(signed.replace("help", "sales"), KEY) is None


def test_sign_subject_twice_keeps_one_token() -> None:
    once = tokens.sign_subject(5, KEY, "Order")
    assert tokens.sign_subject(5, KEY, f"Re: {once}").count("[#") == 1
    assert tokens.read_subject_token(f"回复: {once}", KEY) == 5
    assert tokens.read_subject_token("[#5-aaaaaa] Order", KEY) is None


def test_make_message_id_is_random_and_signed() -> None:
    first, second = (tokens.make_message_id(7, KEY, "x.cn") for _ in range(2))
    assert first != second
    assert tokens.read_message_ids(["a@b", first, "ombud.8.aaaaaaaaaaaa.0@x.cn"], KEY) == 7
    assert tokens.read_message_ids([first.replace("ombud.7", "ombud.8")], KEY) is None
