"""Pieces of commands: labels as the data writes them, figures of agreement, and where a passphrase comes from."""

import argparse
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ombud.cli.evaluations.labels import Answer, as_written, measured, print_figures, write_answers
from ombud.cli.passphrase import add_options, read_passphrase
from ombud.shared.installation import InstallationError
from ombud.shared.postgres import tuning


@pytest.mark.parametrize(
    ("label", "written"),
    [
        ("3", 3),
        ("-1", -1),
        ("007", 7),
        ("--5", "--5"),
        ("-", "-"),
        ("", ""),
        ("²", "²"),
        ("٣", "٣"),
        ("1.5", "1.5"),
        ("退款", "退款"),
    ],
)
def test_label_is_written_as_a_number_where_it_is_one(label: str, written: str | int) -> None:
    assert as_written(label) == written


@given(st.text(max_size=12))
def test_label_of_any_text_is_written_without_fail(label: str) -> None:
    assert isinstance(as_written(label), str | int)


def test_measured_is_what_one_counts_by_hand() -> None:
    truths, guessed = list("aaaabbbccc"), list("aaabbbcccc")
    found = measured(truths, guessed)
    # right: 3 of a, 2 of b, 3 of c
    assert found.accuracy == pytest.approx(0.8)
    assert found.recalls == pytest.approx({"a": 3 / 4, "b": 2 / 3, "c": 1.0})
    assert found.macro_f1 == pytest.approx((6 / 7 + 4 / 6 + 6 / 7) / 3)
    # by chance: (4*3 + 3*3 + 3*4) of a hundred
    assert found.kappa == pytest.approx((0.8 - 0.33) / (1 - 0.33))


@pytest.mark.parametrize(
    ("truths", "guessed", "accuracy", "kappa"),
    [("ab", "ab", 1, 1), ("ab", "ba", 0, -1), ("aa", "aa", 1, 1), ("aabb", "abab", 0.5, 0), ("aa", "ab", 0.5, 0)],
)
def test_measured_of_the_extremes(truths: str, guessed: str, accuracy: float, kappa: float) -> None:
    found = measured(list(truths), list(guessed))
    assert (found.accuracy, found.kappa) == pytest.approx((accuracy, kappa))


def test_answers_are_one_object_a_line_and_say_unknown_only_where_it_is_asked(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    write_answers(out, [Answer("退款", 0.5), Answer(3, 1.0, unknown=True)])
    assert [json.loads(line) for line in out.read_text().splitlines()] == [
        {"label": "退款", "confidence": 0.5},
        {"label": 3, "confidence": 1.0, "unknown": True},
    ]
    write_answers(out, [])
    assert out.read_bytes() == b""


@pytest.mark.parametrize(("as_json", "lines"), [(False, ["Fine."]), (True, ["Fine.", '{"f1": 0.6667}'])])
def test_figures_are_said_and_given_to_programs_on_the_last_line(
    capsys: pytest.CaptureFixture[str], *, as_json: bool, lines: list[str]
) -> None:
    print_figures(argparse.Namespace(json=as_json), {"f1": 2 / 3}, "Fine.")
    assert capsys.readouterr().out.splitlines() == lines


def asked(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return parser.parse_args(arguments)


@pytest.mark.parametrize(
    ("text", "passphrase"),
    [
        ("four words in a row\n", "four words in a row"),
        ("first\r\nsecond\r\n", "first"),
        (" 密码 短语 ", " 密码 短语 "),
    ],
)
def test_passphrase_is_the_first_line_of_its_file(tmp_path: Path, text: str, passphrase: str) -> None:
    path = tmp_path / "phrase"
    path.write_text(text, newline="")
    assert read_passphrase(asked("--passphrase-file", str(path)), twice=True) == passphrase


@pytest.mark.parametrize("text", ["", "\n", "\nsecond"])
def test_passphrase_of_an_empty_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "phrase"
    path.write_text(text)
    with pytest.raises(InstallationError, match="is empty"):
        read_passphrase(asked("--passphrase-file", str(path)), twice=False)


def test_passphrase_of_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(InstallationError, match="cannot be read"):
            read_passphrase(asked("--passphrase-file", str(path)), twice=False)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InstallationError, match="cannot be read"):
        read_passphrase(asked("--passphrase-file", str(tmp_path / "bytes")), twice=False)


def test_passphrase_is_asked_for_twice_where_a_slip_would_lose_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = iter(["one", "one", "one", "other", "one"])
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    assert read_passphrase(asked("--ask-passphrase"), twice=True) == "one"
    with pytest.raises(InstallationError, match="not the same"):
        read_passphrase(asked("--ask-passphrase"), twice=True)
    assert read_passphrase(asked("--ask-passphrase"), twice=False) == "one"
    assert read_passphrase(asked(), twice=True) is None


@pytest.mark.parametrize(
    ("limit", "mib", "buffers", "cache", "upkeep"),
    [
        ("268435456\n", 256, "64MB", "128MB", "32MB"),
        ("2147483648", 2_048, "512MB", "1024MB", "64MB"),
        ("1", 0, "64MB", "128MB", "32MB"),
    ],
)
def test_machine_settings_keep_within_the_containers_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str, mib: int, buffers: str, cache: str, upkeep: str
) -> None:
    (tmp_path / "max").write_text(limit)
    monkeypatch.setattr(tuning, "CGROUP_LIMITS", (tmp_path / "max", tmp_path / "none"))
    assert tuning.memory_mib() == mib
    chosen = tuning.machine_settings()
    assert (chosen["shared_buffers"], chosen["effective_cache_size"]) == (buffers, cache)
    assert chosen["maintenance_work_mem"] == upkeep


def test_machine_settings_without_a_limit_are_durable_and_private(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "max").write_text("max\n")
    monkeypatch.setattr(tuning, "CGROUP_LIMITS", (tmp_path / "max",))
    chosen = tuning.machine_settings()
    assert tuning.memory_mib() > 0
    assert (chosen["fsync"], chosen["listen_addresses"], chosen["timezone"]) == ("on", "", "UTC")
    assert not set(tuning.FORGETFUL.items()) & set(chosen.items())
