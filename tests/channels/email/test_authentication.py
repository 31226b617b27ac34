# ruff: noqa: E501 -- pieces of mails stand as they are sent
import pytest

from ombud.channels.email.parse import parse_mail
from ombud.channels.email.resolver import Records
from tests.channels.email.signing import RAW, RECORD, signed

NO_POLICY: Records = {"_dmarc.qq.com": None}
KNOWN: Records = {"s1._domainkey.qq.com": RECORD, "s1._domainkey.evil.cn": None, **NO_POLICY}


def test_parse_mail_with_good_signature_is_aligned() -> None:
    found = parse_mail(signed(), records=KNOWN).authentication
    assert (found.dkim, found.dkim_domains, found.is_aligned, found.dmarc) == ("pass", ["qq.com"], True, "none")


@pytest.mark.parametrize(
    "raw",
    [
        signed().replace(b"hello", b"hellO"),
        signed("evil.cn"),
        b"DKIM-Signature: v=1; d=qq.com; b=x\r\n" + RAW,
        signed(length=True) + b"and pay here: http://evil.example\r\n",
    ],
)
def test_parse_mail_with_bad_signature_is_not_aligned(raw: bytes) -> None:
    found = parse_mail(raw, records=KNOWN).authentication
    assert (found.dkim, found.dkim_domains, found.is_aligned) == ("fail", [], False)


def test_parse_mail_with_unreachable_key_is_undecided() -> None:
    found = parse_mail(signed(), records={}).authentication
    assert (found.dkim, found.dmarc, found.is_aligned) == ("temperror", "", False)


def test_parse_mail_without_signature_is_none() -> None:
    assert parse_mail(RAW, records={}).authentication.dkim == "none"


def test_parse_mail_without_records_checks_nothing() -> None:
    found = parse_mail(signed()).authentication
    assert (found.dkim, found.dmarc, found.spf, found.is_aligned) == ("", "", "", False)


def test_parse_mail_signed_by_another_domain_is_not_aligned() -> None:
    raw = signed().replace(b"From: Li <li@qq.com>", b"From: Li <li@bank.cn>")
    assert not parse_mail(raw, records=KNOWN).authentication.is_aligned


def test_parse_mail_with_a_second_from_line_above_is_not_aligned() -> None:
    # The signature is of the lower line; the upper one is what people are shown.
    found = parse_mail(b"From: Bank <help@qq.com>\r\n" + signed(), records=KNOWN).authentication
    assert not found.is_aligned


@pytest.mark.parametrize(
    ("author", "policy", "result"),
    [
        ("qq.com", b"v=DMARC1; p=reject", "pass"),
        ("mail.qq.com", b"v=DMARC1; p=none; adkim=r", "pass"),
        ("mail.qq.com", b"v=DMARC1; adkim=s; p=none", ""),
        ("other.cn", b"v=DMARC1; p=reject", ""),
    ],
)
def test_parse_mail_with_a_policy_passes_if_aligned(author: str, policy: bytes, result: str) -> None:
    raw = signed(raw=RAW.replace(b"li@qq.com", b"li@" + author.encode()))
    records: Records = {"_dmarc.mail.qq.com": None, "_dmarc.qq.com": None, "_dmarc.other.cn": None}
    records |= {"_dmarc.qq.com" if "qq" in author else "_dmarc.other.cn": policy}
    assert parse_mail(raw, records={**KNOWN, **records}).authentication.dmarc == result


RESULTS = b"Authentication-Results: %b; spf=pass smtp.mailfrom=qq.com; dkim=pass (ok) header.d=qq.com;\r\n dmarc=%b header.from=qq.com\r\n"


def test_parse_mail_trusts_results_under_our_own_name() -> None:
    found = parse_mail(RESULTS % (b"mx.shop.example", b"pass") + RAW, authserv_id="mx.shop.example").authentication
    assert (found.spf, found.dkim, found.dmarc, found.is_aligned) == ("pass", "pass", "pass", True)


@pytest.mark.parametrize("server", [b"mx.evil.example", b"mx.shop.example.evil.example", b""])
def test_parse_mail_ignores_results_under_another_name(server: bytes) -> None:
    found = parse_mail(RESULTS % (server, b"pass") + RAW, authserv_id="mx.shop.example").authentication
    assert (found.dmarc, found.is_aligned) == ("", False)


def test_parse_mail_takes_the_topmost_results_of_ours() -> None:
    raw = RESULTS % (b"mx.shop.example", b"fail") + RESULTS % (b"mx.shop.example", b"pass") + RAW
    assert parse_mail(raw, authserv_id="mx.shop.example").authentication.dmarc == "fail"


def test_parse_mail_without_our_name_trusts_nobody() -> None:
    assert not parse_mail(RESULTS % (b"mx.shop.example", b"pass") + RAW).authentication.is_aligned


def test_parse_mail_with_two_authors_is_never_aligned() -> None:
    raw = RESULTS % (b"mx.shop.example", b"pass") + RAW.replace(b"<li@qq.com>", b"<li@qq.com>, b@evil.cn")
    assert not parse_mail(raw, authserv_id="mx.shop.example").authentication.is_aligned


def test_parse_mail_with_trusted_results_checks_nothing_itself() -> None:
    raw = RESULTS % (b"mx.shop.example", b"fail") + signed()
    found = parse_mail(raw, authserv_id="mx.shop.example", records=KNOWN).authentication
    assert (found.dmarc, found.dkim_domains, found.is_aligned) == ("fail", [], False)
