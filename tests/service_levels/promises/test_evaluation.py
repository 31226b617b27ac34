"""The measurement of promises, and what it measures on the sentences of this repository."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from ombud.service_levels.promises.evaluation import Answer, Row, Score, Spotted, answer, matched, score

FOLDER = Path(__file__).parent
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def rows(name: str) -> list[Row]:
    """The sentences of a file."""
    return [msgspec.json.decode(line, type=Row) for line in (FOLDER / name).read_bytes().splitlines()]


def measured(name: str) -> Score:
    """The scores of a file's sentences."""
    given = rows(name)
    return score(given, [answer(row) for row in given])


def is_chinese(row: Row) -> bool:
    """Whether a row is in Chinese."""
    return any("\u4e00" <= sign <= "\u9fff" for sign in row.text)


@pytest.mark.parametrize("name", ["seen.jsonl", "held_out.jsonl"])
def test_score_of_our_sentences_keeps_what_was_reached(name: str) -> None:
    found = measured(name)
    assert found.precision >= 0.97
    assert found.recall >= 0.93
    assert found.due_accuracy >= 0.97


def test_sentences_are_balanced_and_held_apart() -> None:
    seen, held_out = rows("seen.jsonl"), rows("held_out.jsonl")
    every = [*seen, *held_out]
    assert len(every) >= 400
    assert 0.4 <= sum(bool(row.promises) for row in every) / len(every) <= 0.6
    assert 0.4 <= sum(map(is_chinese, every)) / len(every) <= 0.6
    assert not {row.text for row in seen} & {row.text for row in held_out}


def test_matched_pairs_each_promise_once_by_half_of_the_shorter_phrase() -> None:
    true = [Spotted((0, 10), NOON), Spotted((20, 30))]
    found = [Spotted((4, 60), NOON), Spotted((0, 6)), Spotted((70, 80))]
    assert matched(true, found) == [(true[0], found[1]), (true[1], found[0])]
    assert matched(true, found[:1]) == [(true[0], found[0])]
    assert matched([], found) == matched(true, []) == []


def test_score_counts_right_ones_and_right_moments() -> None:
    given = [
        Row("a", NOON, promises=[Spotted((0, 10), NOON), Spotted((20, 30), NOON)]),
        Row("b", NOON, promises=[]),
        Row("c", NOON),
    ]
    said = [Answer([Spotted((0, 10), NOON), Spotted((21, 29))]), Answer([Spotted((0, 3))]), Answer([Spotted((0, 3))])]
    found = score(given, said)
    assert found == Score(rows=2, true=2, found=3, right=2, right_due=1)
    assert (found.precision, found.recall, found.due_accuracy) == (2 / 3, 1.0, 0.5)


def test_score_of_nothing_is_faultless() -> None:
    nothing = score([], [])
    assert (nothing.precision, nothing.recall, nothing.due_accuracy) == (1.0, 1.0, 1.0)


def test_answer_to_time_without_zone_reads_it_in_the_rows_zone() -> None:
    row = Row("2小时内给您回复", datetime(2026, 11, 23, 10), tz="Asia/Shanghai")  # noqa: DTZ001 – as files may hold it
    assert [one.due_at for one in answer(row).promises] == [datetime(2026, 11, 23, 4, tzinfo=UTC)]
