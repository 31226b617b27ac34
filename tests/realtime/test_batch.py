"""The numbers that frames of a batch carry on one stream: whoever comes back with one misses and repeats nothing."""

from hypothesis import given
from hypothesis import strategies as st

from ombud.realtime.batch import Batch, numbers
from ombud.realtime.schemas import Frame


def ticket(*seqs: int) -> Frame:
    return Frame("ticket", {}, seqs[0], last=seqs[-1])


def events_of(frames: list[Frame], parts: list[list[int]]) -> list[int]:
    return [seq for frame in frames for seq in next(part for part in parts if part[0] == frame.seq)]


def test_number_no_frames_gives_none() -> None:
    assert numbers([], upto=9) == []


def test_number_frames_apart_says_up_to_where_all_was_sent() -> None:
    assert numbers([ticket(3), ticket(7)], upto=9) == [6, 9]


def test_number_single_frame_stands_for_the_whole_batch() -> None:
    assert numbers([ticket(2, 4)], upto=5) == [5]


def test_number_before_an_event_of_the_frame_was_passed_by_another_is_none() -> None:
    assert numbers([ticket(1, 3), ticket(2), ticket(4)], upto=4) == [None, 3, 4]


def test_number_two_frames_of_one_event_only_the_second_has_it() -> None:
    assert numbers([ticket(4), ticket(4)], upto=4) == [None, 4]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_number_cut_anywhere_repeats_and_misses_nothing_after_it(owners: list[int]) -> None:
    parts = [[seq for seq, one in enumerate(owners, 1) if one == owner] for owner in sorted(set(owners))]
    frames = sorted((ticket(*part) for part in parts), key=lambda frame: frame.seq or 0)
    given = numbers(frames, upto=len(owners))
    assert given[-1] == len(owners)
    for place, number in enumerate(given):
        if number is not None:
            assert sorted(events_of(frames[: place + 1], parts)) == list(range(1, number + 1))


def test_pack_numbers_each_stream_by_what_it_hears_itself() -> None:
    own, others = Frame("ticket", {}, 6, team_id=1), Frame("message", {}, 6, topic="visitor")
    batch = Batch([own, others], upto=6)
    assert batch.pack([0]) == b"id: 6\nevent: ticket\ndata: {}\n\n"
    assert batch.pack([1]) == b"id: 6\nevent: message\ndata: {}\n\n"


def test_pack_same_choice_of_frames_is_put_together_once() -> None:
    batch = Batch([ticket(2), ticket(1)], upto=2)
    assert [frame.seq for frame in batch.frames] == [1, 2]
    assert batch.pack([0, 1]) is batch.pack([0, 1])
    assert batch.pack([]) == b""
