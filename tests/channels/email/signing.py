"""Mails signed as a provider signs them, with a key that the tests made."""

from base64 import b64encode

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)
PUBLIC = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
RECORD = b"v=DKIM1; k=rsa; p=" + b64encode(PUBLIC)
RAW = b"From: Li <li@qq.com>\r\nTo: help@shop.example\r\nSubject: x\r\n\r\nhello\r\n"


def signed(domain: str = "qq.com", raw: bytes = RAW, **options: object) -> bytes:
    """A mail with a signature of the domain, under the selector ``s1``."""
    return bytes(dkim.sign(raw, b"s1", domain.encode(), PRIVATE, **options)) + raw


def zone_texts(record: bytes = RECORD) -> list[str]:
    """A key as a zone file holds it: in strings of at most 255 characters, in quotes."""
    text = record.decode()
    return [" ".join(f'"{text[start : start + 200]}"' for start in range(0, len(text), 200))]
