# ruff: noqa: E501 -- pieces of mails stand as they are sent
from base64 import b64encode

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ombud.channels.email.parse import parse_mail

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
RAW = b"From: Li <li@qq.com>\r\nTo: help@shop.example\r\nSubject: x\r\n\r\nhello\r\n"


def _dns(name: bytes, timeout: int = 5) -> bytes | None:
    assert timeout
    return b"v=DKIM1; k=rsa; p=" + b64encode(PUBLIC) if name == b"s1._domainkey.qq.com." else None


def _signed(domain: bytes = b"qq.com") -> bytes:
    return bytes(dkim.sign(RAW, b"s1", domain, PRIVATE)) + RAW


def test_parse_mail_with_good_signature_is_aligned() -> None:
    found = parse_mail(_signed(), dns=_dns).authentication
    assert (found.dkim, found.dkim_domains, found.is_aligned) == ("pass", ["qq.com"], True)


@pytest.mark.parametrize(
    "raw", [_signed().replace(b"hello", b"hellO"), _signed(b"evil.cn"), b"DKIM-Signature: v=1; d=qq.com; b=x\r\n" + RAW]
)
def test_parse_mail_with_bad_signature_is_not_aligned(raw: bytes) -> None:
    found = parse_mail(raw, dns=_dns).authentication
    assert (found.dkim, found.dkim_domains, found.is_aligned) == ("fail", [], False)


def test_parse_mail_signed_by_another_domain_is_not_aligned() -> None:
    raw = _signed().replace(b"From: Li <li@qq.com>", b"From: Li <li@bank.cn>")
    assert not parse_mail(raw, dns=_dns).authentication.is_aligned


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
