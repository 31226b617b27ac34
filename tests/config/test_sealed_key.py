"""The master key in a backup and in its file: what opens it, what it may look like, and where a second one goes."""

import base64
import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ombud.config import sealed_key
from ombud.config.sealed_key import add_key, key_ids, open_key, present_key, seal_key
from ombud.config.settings import Settings
from ombud.shared.installation import InstallationError

PASSPHRASE = "a horse eats no staples"
OLD, NEW = "ab" * 32, "cd" * 32


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return seal_key(OLD, PASSPHRASE)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


def changed(sealed: bytes, **more: Any) -> bytes:
    """The sealed key with other parts."""
    return msgspec.json.encode(msgspec.json.decode(sealed) | more)


def test_seal_key_twice_differs_and_tells_nothing_of_the_key(sealed: bytes) -> None:
    again = seal_key(OLD, PASSPHRASE)
    assert again != sealed
    assert OLD.encode() not in sealed
    assert base64.b64encode(OLD.encode()) not in sealed
    assert open_key(again, PASSPHRASE) == open_key(sealed, PASSPHRASE) == OLD


@pytest.mark.parametrize(
    "harm",
    [
        {"salt": ""},
        {"nonce": ""},
        {"nonce": "!!!"},
        {"data": ""},
        {"data": "AAAA"},
        {"cost": 3},
        {"cost": 0},
        {"cost": -1},
        {"cost": "much"},
        {"salt": None},
    ],
)
def test_open_key_that_was_harmed_says_that_it_does_not_open(sealed: bytes, harm: dict[str, Any]) -> None:
    with pytest.raises(InstallationError, match="does not open the key"):
        open_key(changed(sealed, **harm), PASSPHRASE)


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"\xff\xfe", b"null"])
def test_open_key_of_something_else_says_that_it_does_not_open(text: bytes) -> None:
    with pytest.raises(InstallationError, match="does not open the key"):
        open_key(text, PASSPHRASE)


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE.upper(), f"{PASSPHRASE} "])
def test_open_key_with_nearly_the_passphrase_does_not_open(sealed: bytes, passphrase: str) -> None:
    with pytest.raises(InstallationError, match="does not open the key"):
        open_key(sealed, passphrase)


def test_seal_key_with_a_chinese_passphrase_opens_again() -> None:
    passphrase = "春眠不觉晓处处闻啼鸟夜来"
    assert open_key(seal_key(OLD, passphrase), passphrase) == OLD


@pytest.mark.parametrize("text", ["ab", "zz" * 32, "ab" * 31, f"{OLD} zz", f"{OLD}{NEW}"])
def test_key_ids_of_what_is_no_key_are_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InstallationError, match="64 hexadecimal digits") as refused:
        key_ids(text)
    assert text not in str(refused.value)


def test_key_ids_of_several_keys_are_in_their_order() -> None:
    [old], [new] = key_ids(OLD), key_ids(NEW.upper())
    assert old != new
    assert key_ids(f"{NEW}\n{OLD}\n") == [new, old]
    assert key_ids("") == key_ids(" \n") == []


def test_add_key_to_none_makes_a_private_file(settings: Settings) -> None:
    assert present_key(settings) == ""
    assert add_key(settings, OLD) == key_ids(OLD)
    assert settings.key_file.read_text() == f"{OLD}\n"
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
    assert [one.name for one in settings.data.iterdir()] == ["key"]


def test_add_key_to_another_stands_behind_it_and_once(settings: Settings) -> None:
    add_key(settings, NEW)
    assert add_key(settings, f"{OLD}\n{NEW}") == key_ids(OLD)
    assert add_key(settings, OLD) == []
    assert present_key(settings).split() == [NEW, OLD]


def test_add_key_that_the_environment_holds_changes_nothing(settings: Settings) -> None:
    given = msgspec.structs.replace(settings, key=f"{NEW} {OLD}")
    assert add_key(given, OLD) == []
    assert not given.key_file.exists()
    assert present_key(given) == f"{NEW} {OLD}"
    with pytest.raises(InstallationError, match="OMBUD_KEY is set"):
        add_key(msgspec.structs.replace(settings, key=NEW), OLD)


def test_add_key_that_is_none_leaves_the_file_alone(settings: Settings) -> None:
    add_key(settings, OLD)
    with pytest.raises(InstallationError):
        add_key(settings, "not a key")
    assert settings.key_file.read_text() == f"{OLD}\n"


def test_present_key_that_cannot_be_read_says_so(settings: Settings) -> None:
    settings.key_file.mkdir(parents=True)
    with pytest.raises(InstallationError, match=r"key cannot be read: Is a directory\."):
        present_key(settings)


def test_sealing_costs_as_much_as_its_limits_say() -> None:
    assert sealed_key.COST <= sealed_key.MAX_COST
    assert sealed_key.MIN_PASSPHRASE_LENGTH >= 12
