"""Names of files, time zones and pages: what others send is made safe, and nothing of it is lost that counts."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.shared.clock import known_zone, zone_of
from ombud.shared.errors import Invalid
from ombud.shared.files import FileStore
from ombud.shared.markup import MAX_DEPTH, cap_depth
from ombud.shared.paging import checked_limit, decode_cursor, encode_cursor, page
from ombud.shared.uploads import LONGEST_NAME, clean_name, type_of


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("report.pdf", "report.pdf"),
        ("C:\\Users\\rosa\\订单.xlsx", "订单.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie x.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ('"><script>.txt', "script.txt"),
        (" . ", "file"),
        ("...", "file"),
        ("folder/", "file"),
        ("", "file"),
        ("😀.png", "😀.png"),
        ("长" * 200 + ".pdf", "长" * 146 + ".pdf"),
        ("x" * 200 + "." + "y" * 40, "x" * 150),
        ("x" * 200, "x" * 150),
        ("." * 200 + "a.b", "a.b"),
    ],
)
def test_clean_name_is_a_name_alone_and_keeps_its_end(name: str, clean: str) -> None:
    assert clean_name(name) == clean


@given(st.text(max_size=300))
def test_clean_name_of_anything_is_safe_short_and_stays_so(name: str) -> None:
    clean = clean_name(name)
    assert 1 <= len(clean) <= LONGEST_NAME
    assert clean_name(clean) == clean
    assert not set(clean) & set('/\\"<>|:*?\r\n\x00')
    assert clean == clean.strip(". ")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.PDF", "application/pdf"),
        ("a.png", "image/png"),
        ("a", "application/octet-stream"),
        ("a.订单", "application/octet-stream"),
    ],
)
def test_type_of_a_file_is_told_by_its_name(name: str, kind: str) -> None:
    assert type_of(name) == kind


async def test_store_keeps_files_apart_and_forgets_them(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = FileStore(tmp_path_factory.mktemp("store"))
    one, same = await store.put(b"hello"), await store.put(b"hello")
    assert one.token != same.token
    assert (one.sha256, one.size) == (same.sha256, 5)
    await store.delete(one.token)
    await store.delete(one.token)
    assert await store.get(same.token) == b"hello"
    for gone in (one.token, "aa", "none-such-token"):
        with pytest.raises(Exception, match="not in the store"):
            await store.get(gone)


@pytest.mark.parametrize("size", [0, 1, 12_000_000])
async def test_store_gives_back_any_size_in_pieces(tmp_path_factory: pytest.TempPathFactory, size: int) -> None:
    store = FileStore(tmp_path_factory.mktemp("store"))
    data = b"\xff" * size
    stored = await store.put(data)
    pieces = [piece async for piece in store.chunks(stored.token)]
    assert b"".join(pieces) == data
    assert max(map(len, pieces), default=0) <= 16 * 1024 * 1024


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "../../etc/passwd", "/etc/passwd", "Asia", "a\x00b", "x" * 5_000, "Asia/上海", "Asia/"]
)
def test_zone_that_is_none_is_known_as_such_and_counts_as_utc(name: str) -> None:
    assert known_zone(name) is None
    assert zone_of(name) == ZoneInfo("UTC")


@given(st.lists(st.integers(), max_size=30), st.integers(1, 10))
def test_pages_put_together_are_the_whole_list(rows: list[int], limit: int) -> None:
    numbered, found, after = list(enumerate(rows)), [], -1
    while True:
        got = page([one for one in numbered if one[0] > after][: limit + 1], limit, lambda one: one[0])
        found += got.items
        if got.next is None:
            break
        after = decode_cursor(got.next, int)
    assert found == numbered


@pytest.mark.parametrize("cursor", ["", "!", "a", "bm90IGpzb24", "WzEsMl0", "\x00", "é", "==", "MS41", "x" * 10_000])
def test_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        decode_cursor(cursor, int)


def test_cursor_of_two_keys_comes_back_and_is_safe_in_addresses() -> None:
    key = ("订单?&=/", 7)
    cursor = encode_cursor(key)
    assert cursor.isascii()
    assert not set(cursor) & set("?&=/+ ")
    assert decode_cursor(cursor, tuple[str, int]) == key


@pytest.mark.parametrize(
    ("limit", "is_fine"), [(1, True), (100, True), (0, False), (-1, False), (101, False), (2**63, False)]
)
def test_limit_lies_between_one_and_a_hundred(limit: int, *, is_fine: bool) -> None:
    if is_fine:
        assert checked_limit(limit) == limit
    else:
        with pytest.raises(Invalid):
            checked_limit(limit)


def test_cap_depth_leaves_what_people_write_and_flattens_what_they_do_not() -> None:
    plain = "<p>" + "<b>x</b><br>" * 500 + "</p>"
    assert cap_depth(plain) == plain
    deep = "<div>" * (MAX_DEPTH * 5 + 1) + "seen"
    assert cap_depth(deep).split() == ["seen"]
    assert "seen" in cap_depth("</div>" * 2_000 + deep)
