"""Keys, seals and signatures: what was sealed for one place opens there alone, and by its key alone."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.crypto import KEY_BYTES, KeyMissing, KeyRing, hash_token, new_token
from ombud.shared.errors import OmbudError

OLD, NEW = b"o" * KEY_BYTES, b"n" * KEY_BYTES


@given(st.binary(max_size=200), st.text(max_size=30))
def test_open_gives_back_what_was_sealed_for_the_same_place(plain: bytes, place: str) -> None:
    ring = KeyRing(NEW)
    sealed = ring.seal(plain, place=place)
    assert ring.open(sealed, place=place) == plain
    assert ring.seal(plain, place=place) != sealed


def test_open_in_another_place_or_with_another_key_is_refused() -> None:
    sealed = KeyRing(NEW).seal(b"secret", place="channel.secrets.7")
    for ring, place in ((KeyRing(NEW), "channel.secrets.8"), (KeyRing(OLD), "channel.secrets.7")):
        with pytest.raises(KeyMissing):
            ring.open(sealed, place=place)


@given(st.integers(0, 200), st.integers(1, 255))
def test_open_of_damaged_bytes_is_refused(place: int, change: int) -> None:
    ring = KeyRing(NEW)
    sealed = bytearray(ring.seal(b"secret", place="a.b.1"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(KeyMissing):
        ring.open(bytes(sealed), place="a.b.1")


@pytest.mark.parametrize("length", [0, 3, 4, 10, 16, 17, 31])
def test_open_of_bytes_cut_short_is_refused_and_never_another_error(length: int) -> None:
    ring = KeyRing(NEW)
    with pytest.raises(KeyMissing):
        ring.open(ring.seal(b"secret", place="a.b.1")[:length], place="a.b.1")


def test_old_key_opens_and_verifies_what_it_did_and_seals_nothing_more() -> None:
    before, after = KeyRing(OLD), KeyRing(NEW, OLD)
    assert after.open(before.seal(b"x", place="p"), place="p") == b"x"
    assert after.verify("link", b"m", before.sign("link", b"m"))
    assert not before.verify("link", b"m", after.sign("link", b"m"))
    with pytest.raises(KeyMissing):
        before.open(after.seal(b"x", place="p"), place="p")
    assert (before.id, after.id) == (KeyRing(OLD).id, KeyRing(NEW).id)


@pytest.mark.parametrize("length", [0, 1, 3])
def test_verify_of_a_signature_too_short_proves_nothing(length: int) -> None:
    ring = KeyRing(NEW)
    assert not ring.verify("link", b"m", ring.sign("link", b"m")[:length])


def test_signature_for_one_purpose_is_worth_nothing_for_another() -> None:
    ring = KeyRing(NEW)
    assert not ring.verify("file", b"m", ring.sign("link", b"m"))
    assert ring.derive("file") != ring.derive("link")
    assert len(ring.derive("file")) == KEY_BYTES


@pytest.mark.parametrize("keys", [(), (b"",), (b"short",), (NEW, b"x" * 31), (NEW + b"x",)])
def test_ring_of_keys_that_are_none_is_refused(keys: tuple[bytes, ...]) -> None:
    with pytest.raises(OmbudError):
        KeyRing(*keys)


@pytest.mark.parametrize("text", ["zz", "ab", "not hex at all", NEW.hex() + " 12", NEW.hex()[:-1]])
def test_load_of_a_key_that_is_none_says_so_without_telling_it(tmp_path: Path, text: str) -> None:
    with pytest.raises(OmbudError) as told:
        KeyRing.load(tmp_path / "key", text=text)
    assert text not in str(told.value)
    assert not (tmp_path / "key").exists()


def test_load_makes_a_key_that_only_we_can_read_and_finds_it_again(tmp_path: Path) -> None:
    path = tmp_path / "data" / "key"
    made = KeyRing.load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyRing.load(path).id == made.id
    assert [one.name for one in path.parent.iterdir()] == ["key"]


def test_load_takes_the_newest_key_first_from_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(f"{NEW.hex()}\n\n{OLD.hex()}\n")
    ring = KeyRing.load(path)
    assert ring.id == KeyRing(NEW).id
    assert ring.open(KeyRing(OLD).seal(b"x", place="p"), place="p") == b"x"


def test_load_by_many_at_once_makes_one_key_for_all(tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / f"key{number}"
        with ThreadPoolExecutor(8) as pool:
            rings = list(pool.map(KeyRing.load, [path] * 8))
        assert len({one.id for one in rings}) == 1


def test_tokens_are_unguessable_safe_in_addresses_and_kept_as_digests() -> None:
    made = {new_token("k_") for _ in range(200)}
    assert len(made) == 200
    assert all(one.startswith("k_") and len(one) == 34 for one in made)
    assert all(sign.isalnum() or sign in "-_" for one in made for sign in one)
    assert len({hash_token(one) for one in made}) == 200
