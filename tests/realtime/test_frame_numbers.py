"""The numbers that frames of a batch carry."""

from ombud.realtime.hub import _numbered
from ombud.realtime.schemas import Frame


def numbers(*seqs: int, last: int) -> list[int | None]:
    return [frame.seq for frame in _numbered([Frame("ticket", {}, seq) for seq in seqs], last)]


def test_number_batch_without_frames_gives_none() -> None:
    assert numbers(last=9) == []


def test_number_frames_in_order_says_up_to_where_all_was_sent() -> None:
    assert numbers(7, 3, last=9) == [6, 9]


def test_number_single_frame_stands_for_the_whole_batch() -> None:
    assert numbers(2, last=5) == [5]
